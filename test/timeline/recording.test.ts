import { describe, expect, test } from 'vitest'
import { type BlockStore, blocksInMemory } from '../../src/base/block-store.js'
import { AS_LONG, BEGIN, CallLogs, END, MIGRATE, Recording } from '../../src/timeline/logs/index.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { ignored, tee } from '../../src/timeline/sinks/index.js'
import { randomIntegers } from '../analyze/random-timeline.js'
import { capture, captures } from '../captures.js'
import { oddCalls } from '../emit/timelines.js'
import { readCapture, readTrace } from '../read-trace.js'

/** Every call of every verb, a line each. */
class Told {
  readonly lines: string[] = []
  readonly sink = Object.fromEntries(
    Object.keys(ignored).map(verb => [verb, this.#note(verb)]),
  ) as unknown as TimelineSink

  #note(verb: string) {
    return (...args: unknown[]) => {
      // Optional values may also be undefined.
      while (args.at(-1) === undefined) args.pop()
      this.lines.push(
        `${verb} ${JSON.stringify(args, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`,
      )
    }
  }
}

function replayed(recording: Recording): string {
  const again = new Told()
  recording.replay(again.sink)
  return again.lines.join('\n')
}

describe('a recording tells what it was told', () => {
  test.each(captures)('%s', async path => {
    const recording = new Recording()
    const told = new Told()
    const { replay } = await capture(path)
    replay(tee([told.sink, recording]))
    expect(replayed(recording) === told.lines.join('\n')).toBe(true)
  })

  test('odd calls, twice', () => {
    const recording = new Recording()
    const told = new Told()
    oddCalls(tee([told.sink, recording]))
    for (let i = 0; i < 2; i++) expect(replayed(recording)).toBe(told.lines.join('\n'))
  })
})

describe('a log of calls', () => {
  test('takes less than four bytes an event of a deep capture', () => {
    let bytes = 0
    const store: BlockStore = {
      add: block => {
        bytes += block.length
        return 0
      },
      get: () => new Uint8Array(0),
    }
    const recording = new Recording(store)
    let events = 0
    const count = () => {
      events++
    }
    const counting = { ...ignored, begin: count, end: count }
    readTrace(readCapture('test/bench/plain.txt.gz'), tee([counting, recording]))
    expect(bytes / events).toBeLessThan(4)
  })

  test('has the names that came late, and durations of any size', () => {
    const log = new CallLogs({ add: () => 0, get: () => new Uint8Array(0) }).log(0)
    const far = 2 ** 53 - 1
    log.begin(UNNAMED, 0)
    log.begin(UNNAMED, 1)
    log.end(UNNAMED, 5, UNMEASURED)
    log.begin(3, 6)
    log.end(3, 7, far)
    log.end(2, far, 0)
    const seen: unknown[] = []
    for (const events = log.read(); events.next(); ) {
      const { kind, func, at, isLate, begin, duration } = events
      seen.push(kind === BEGIN ? [func, at, isLate] : [func, at, begin, duration])
    }
    expect(seen).toEqual([
      [2, 0, true],
      [UNNAMED, 1, true],
      [UNNAMED, 5, 1, UNMEASURED],
      [3, 6, false],
      [3, 7, 6, far],
      [2, far, 0, 0],
    ])
  })

  test('is one of many, deep ones too, one after the other and side by side', () => {
    const logs = new CallLogs(blocksInMemory())
    const random = randomIntegers(1)
    const tracks = Array.from({ length: 3000 }, () => ({ last: 0, open: [] as number[][] }))
    const expected: number[][][] = tracks.map(() => [])
    const numbers = new Int32Array(2)
    const times = new Float64Array(2)
    for (let step = 0; step < 200_000; step++) {
      const id = step < 100_000 ? random(3) : random(tracks.length)
      const log = logs.log(id)
      const { open } = tracks[id]
      const at = tracks[id].last + random(random(100) === 0 ? 2 ** 40 : 1000)
      tracks[id].last = at
      if (random(20) === 0) {
        const cpu = random(512)
        log.migrate(cpu, at)
        expected[id].push([MIGRATE, cpu, at])
      } else if (open.length === 0 || random(100) < (step < 100_000 ? 95 : 40)) {
        const func = random(10) === 0 ? UNNAMED : 1 + random(100_000)
        const event = [BEGIN, func, at, Number(func === UNNAMED)]
        log.begin(func, at)
        open.push(event)
        expected[id].push(event)
      } else {
        const begin = open.pop() as number[]
        const late = random(2) * (1 + random(100_000))
        const func = begin[1] === UNNAMED ? late : begin[1]
        const length = at - begin[2]
        const told = [length, length + 5, Math.max(0, length - 5), UNMEASURED, AS_LONG][random(5)]
        // By itself or as one of many, what follows is the same.
        numbers.set([id * 4 + 1, func])
        times.set([at, told])
        if (random(2) === 0) log.end(func, at, told)
        else logs.callEvents({ numbers, times }, 0, 1)
        begin[1] = func
        expected[id].push([END, func, at, begin[2], Number.isNaN(told) ? length : told])
      }
    }
    const busyOf = (events: number[][]) => {
      let level = 0
      return events.reduce((sum, [kind, , at, begin]) => {
        if (kind === BEGIN) level++
        return kind === END && --level === 0 ? sum + at - begin : sum
      }, 0)
    }
    expect(tracks.map((_, id) => logs.log(id).busy)).toEqual(expected.map(busyOf))
    expect(tracks.map((_, id) => logs.log(id).last)).toEqual(tracks.map(({ last }) => last))
    const seen: number[][][] = tracks.map(() => [])
    const readers = tracks.map((_, id) => logs.log(id).read())
    for (let isMore = true; isMore; ) {
      isMore = false
      readers.forEach((events, id) => {
        for (let left = 100; left > 0 && events.next(); left--) {
          const { kind, func, at, cpu } = events
          if (kind === BEGIN) seen[id].push([kind, func, at, Number(events.isLate)])
          else if (kind === END) seen[id].push([kind, func, at, events.begin, events.duration])
          else seen[id].push([kind, cpu, at])
          isMore = true
        }
      })
    }
    expect(seen).toEqual(expected)
  })
})
