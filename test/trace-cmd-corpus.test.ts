/**
 * Real trace-cmd text, read whole, against the finds of plain regular expressions in the same text;
 * and the reports of one recording, each with another option, against one another.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { noLines, type TraceSummary } from '../src/ingest/trace-summary.js'
import { functionName, trackName } from '../src/timeline/names.js'
import { type TimelineSink, type Track, UNMEASURED } from '../src/timeline/sink.js'
import { ignored } from '../src/timeline/sinks/index.js'
import { corpus, isLong } from './captures.js'
import { readCapture, readTrace } from './read-trace.js'

const captures = corpus(/(?:^|-)tc-/)

describe.each(captures)('%s', path => {
  const calls = new CallsByTrack()
  let summary: TraceSummary
  let plain: ReturnType<typeof plainlyRead>

  beforeAll(() => {
    const text = readCapture(path)
    summary = readTrace(text, calls)
    plain = plainlyRead(Buffer.from(text).toString('latin1'))
  })

  test('every line is recognized, and counted as what it is', () => {
    expect(summary.dialect).toBe('trace-cmd')
    expect(summary.lines).toEqual(plain.lines)
    expect(summary.lines.unrecognized).toBe(0)
  })

  test('every call is counted once', () => {
    const { complete, incomplete, orphan } = summary.calls
    const { entry, leaf, exit } = plain.lines
    expect(complete + orphan).toBe(leaf + exit)
    expect(complete + incomplete).toBe(entry + leaf)
  })

  test('every duration is there, to the nanosecond', () => {
    const measured = [...calls.byTrack.values()].flat().map(({ duration }) => BigInt(duration))
    expect(measured.length).toBe(plain.lines.leaf + plain.lines.exit)
    expect(sum(measured)).toBe(plain.nanos)
  })
})

/** By rounding, and by the room that a time without nanoseconds leaves. */
const MOVED = 2000

describe('of one recording', () => {
  let report: ReturnType<typeof callsIn>

  beforeAll(() => {
    report = callsIn('6.12-tc-graph.report.txt.gz')
  })

  test.each([
    '6.12-tc-graph.report-l.txt.gz',
    '6.12-tc-graph.report-tail.txt.gz',
    '6.12-tc-graph.report-tsdiff.txt.gz',
  ])('%s has the same calls at the same times', name => {
    expect(callsIn(name)).toEqual(report)
  })

  test('-t has the same calls at times that were not rounded', () => {
    const exact = callsIn('6.12-tc-graph.report-t.txt.gz')
    expect(withoutTimes(exact)).toEqual(withoutTimes(report))
    for (const [track, calls] of exact) {
      const rounded = report.get(track) ?? []
      calls.forEach(({ end }, index) => {
        expect(Math.abs(end - (rounded[index]?.end ?? 0))).toBeLessThanOrEqual(MOVED)
      })
    }
  })

  test('-R has the same calls, of the same nanoseconds, with the same callers', () => {
    const raw = withoutTimes(callsIn('6.12-tc-graph.report-R.txt.gz'))
    expect(raw.size).toBeGreaterThan(2)
    for (const [track, calls] of raw) {
      // The window of lines is as long, but leaves have two.
      expect(calls).toEqual(withoutTimes(report).get(track)?.slice(0, calls.length))
    }
  })
})

test.runIf(isLong)('the corpus is there', () => {
  expect(captures.length).toBe(17)
})

interface Call {
  /** With its callers, the outermost first. */
  readonly stack: string
  readonly end: number
  readonly duration: number
}

/** The measured calls of each track, in the order of their ends. Tracks go by their pids. */
class CallsByTrack implements TimelineSink {
  readonly byTrack = new Map<string, Call[]>()
  readonly #functions: string[] = []
  readonly #tracks: Track[] = []
  readonly #open: string[][] = []

  defineFunction: TimelineSink['defineFunction'] = (id, definition) => {
    this.#functions[id] = functionName(definition)
  }

  defineTrack: TimelineSink['defineTrack'] = (id, track) => {
    this.#tracks[id] = track
    this.#open[id] ??= []
  }

  begin: TimelineSink['begin'] = (track, func) => {
    this.#open[track]?.push(this.#functions[func] ?? '?')
  }

  end: TimelineSink['end'] = (track, func, end, duration) => {
    const open = this.#open[track]
    open.pop()
    if (duration === UNMEASURED) return
    const { pid, cpu } = this.#tracks[track]
    const key = pid ? `${pid}` : trackName({ pid, comm: '', cpu })
    const stack = [...open, this.#functions[func]].join(';')
    this.byTrack.set(key, [...(this.byTrack.get(key) ?? []), { stack, end, duration }])
  }

  start = ignored.start
  migrate = ignored.migrate
  instant = ignored.instant
  defineLane = ignored.defineLane
  beginSection = ignored.beginSection
  endSection = ignored.endSection
  count = ignored.count
  lost = ignored.lost
  finish = ignored.finish
}

function callsIn(name: string): Map<string, Call[]> {
  const calls = new CallsByTrack()
  readTrace(readCapture(`test/corpus/${name}`), calls)
  return calls.byTrack
}

function withoutTimes(byTrack: Map<string, Call[]>): Map<string, string[]> {
  return new Map(
    [...byTrack].map(([track, calls]) => [
      track,
      calls.map(({ stack, duration }) => `${stack} ${duration}`),
    ]),
  )
}

const EVENT = /\d\.\d{6,9}: +(?:\(\+\d+\) +)?(?<name>\w+): +(?<body>.*)$/
const DURATION = /(?<micros>\d+)(?:\.(?<part>\d{3}))? us +\|/
const TIMES = /calltime=(?<call>[\da-f]+) rettime=(?<returned>[\da-f]+)/

function plainlyRead(text: string) {
  const lines = noLines()
  const nanos: bigint[] = []
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const { name = '', body = '' } = EVENT.exec(line)?.groups ?? {}
    lines.total++
    if (/^CPU:\d+ \[.*EVENTS DROPPED\]$/.test(line)) lines.lost++
    else if (name === '') lines.header++
    else if (!/^f.*graph_/.test(name)) lines.comment++
    else if (/\);/.test(body)) lines.leaf++
    else if (/\}|calltime=/.test(body)) lines.exit++
    else lines.entry++
    if (/graph_/.test(name)) nanos.push(durationIn(body))
  }
  return { lines, nanos: sum(nanos) }
}

function durationIn(body: string): bigint {
  const { micros, part = '000' } = DURATION.exec(body)?.groups ?? {}
  if (micros) return BigInt(micros + part)
  const { call, returned } = TIMES.exec(body)?.groups ?? {}
  return call ? BigInt(`0x${returned}`) - BigInt(`0x${call}`) : 0n
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((all, one) => all + one, 0n)
}
