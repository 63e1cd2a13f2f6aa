/** A rule for every text, however broken: it is read by the contract into one and the same trace, or refused. */
import { expect, vi } from 'vitest'
import { CallStatistics } from '../src/analyze/call-statistics.js'
import { metricNamed } from '../src/analyze/metrics.js'
import { subjectName } from '../src/analyze/report.js'
import { UserError } from '../src/base/user-error.js'
import { FastScanner } from '../src/ingest/lines/fast-scanner.js'
import type { ReadOptions } from '../src/ingest/trace-reader.js'
import { ignored } from '../src/timeline/sinks/index.js'
import { type Capture, readAll } from './captures.js'
import { decodeDot } from './decode/dot.js'
import { decodeFlamegraph } from './decode/flamegraph.js'
import { decodeHtml } from './decode/html.js'
import type { FunctionTotals } from './decode/perfetto.js'
import { TimelineDump } from './dump-timeline.js'
import { readBack, selfOf } from './read-back.js'
import { readTrace } from './read-trace.js'

/** The most output for each byte of a trace, and for any trace at all. */
const BYTES_FOR_ONE = 400
const BYTES_FOR_ANY = 1_000_000

/** Fails unless that text is read well, or refused by an error for its user. */
export async function expectSound(text: Uint8Array, chunkSize: number): Promise<void> {
  const whole = storyOf(text)
  expect(storyOf(text, chunkSize), `in chunks of ${chunkSize}`).toEqual(whole)
  expect(storyOf(text, undefined, { lineByLine: true }), 'line by line').toEqual(whole)
  expect(
    withoutFastScanner(() => storyOf(text)),
    'by the other scanner',
  ).toEqual(whole)
  if ('refusal' in whole) return
  const capture = await readAll(text)
  await expectAgreement(capture)
  expectDecoded(capture)
}

/** The events of a text and the summary; or why it is refused. */
function storyOf(text: Uint8Array, chunkSize?: number, options?: ReadOptions) {
  const dump = new TimelineDump()
  try {
    return { summary: readTrace(text, dump, chunkSize, options), lines: dump.lines }
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    return { refusal: (error as Error).message }
  }
}

function withoutFastScanner<T>(read: () => T): T {
  const scan = vi.spyOn(FastScanner.prototype, 'scan').mockReturnValue(0)
  try {
    return read()
  } finally {
    scan.mockRestore()
  }
}

/** Calls and self time of each function are the same in every format and in the report. */
async function expectAgreement(capture: Capture): Promise<void> {
  const { placed, weighed, pprof, folded, ...others } = await readBack(capture)
  const { callgrind, csv, ndjson, parquet, chrome, perfetto, speedscope } = others
  const weights = inPlainNames(weighed)
  for (const [name, totals] of Object.entries({ pprof, callgrind, csv, ndjson, parquet })) {
    expect(inPlainNames(totals), name).toEqual(weights)
  }
  expect(inPlainNames(reported(capture)), 'report').toEqual(weights)
  expect(sumsOf(folded), 'folded').toEqual(selfOf(weights))
  for (const [name, totals] of Object.entries({ chrome, perfetto, speedscope })) {
    if (name === 'perfetto' && deepest(capture) > DEEPEST_OF_PERFETTO) continue
    expect(inPlainNames(totals), name).toEqual(inPlainNames(placed))
  }
}

/** Deeper calls stand on a row of their own, outside their callers. */
const DEEPEST_OF_PERFETTO = 512

function deepest(capture: Capture): number {
  const depths: number[] = []
  let most = 0
  capture.replay({
    ...ignored,
    begin(track) {
      depths[track] = (depths[track] ?? 0) + 1
      most = Math.max(most, depths[track])
    },
    end(track) {
      depths[track] = (depths[track] ?? 0) - 1
    },
  })
  return most
}

/** Outputs that only their decoders read: an exception says that they cannot. */
function expectDecoded({ outputs, text }: Capture): void {
  decodeDot(outputs.dot)
  decodeFlamegraph(outputs.flamegraph)
  decodeHtml(outputs.html)
  storyOf(outputs.function_graph)
  const most = text.length * BYTES_FOR_ONE + BYTES_FOR_ANY
  for (const [name, bytes] of Object.entries(outputs)) {
    expect(bytes.length, `${name} of ${text.length} bytes`).toBeLessThan(most)
  }
}

function reported(capture: Capture): Map<string, FunctionTotals> {
  const statistics = new CallStatistics({ by: 'function' })
  capture.replay(statistics)
  const calls = metricNamed('calls')
  const self = metricNamed('self')
  const rows = statistics
    .rows()
    .map(({ subject, row }) => [
      subjectName(subject),
      { calls: calls?.of(row) ?? 0, self: self?.of(row) ?? 0 },
    ])
  // Functions of incomplete calls alone have rows, too.
  return new Map((rows as [string, FunctionTotals][]).filter(([, { calls }]) => calls > 0))
}

/** Formats cannot write every character of a name: those that some cannot are alike here. */
function inPlainNames(totals: ReadonlyMap<string, FunctionTotals>): Map<string, FunctionTotals> {
  const plain = new Map<string, FunctionTotals>()
  for (const [name, { calls, self }] of totals) {
    const key = plainName(name)
    const before = plain.get(key) ?? { calls: 0, self: 0 }
    plain.set(key, { calls: before.calls + calls, self: before.self + self })
  }
  return plain
}

function sumsOf(selves: ReadonlyMap<string, number>): Map<string, number> {
  return selfOf(
    inPlainNames(new Map([...selves].map(([name, self]) => [name, { calls: 0, self }]))),
  )
}

function plainName(name: string): string {
  return name.replace(/[^\w.[\]]+/g, '_')
}
