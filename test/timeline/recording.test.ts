import { describe, expect, test } from 'vitest'
import type { BlockStore } from '../../src/base/block-store.js'
import { BEGIN, CallLogs } from '../../src/timeline/call-log.js'
import { ignored } from '../../src/timeline/ignored.js'
import { Recording } from '../../src/timeline/recording.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { tee } from '../../src/timeline/tee.js'
import { captures } from '../emit/captures.js'
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
      // What may be left out may be undefined as well.
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
  test.each(captures)('%s', path => {
    const recording = new Recording()
    const told = new Told()
    readTrace(readCapture(path), tee([told.sink, recording]))
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
})
