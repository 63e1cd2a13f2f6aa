/**
 * Calls and self time of each function, read back from every format, agree to the nanosecond with
 * one another and with what a sink of a few lines makes of the timeline.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { functionName } from '../src/timeline/names.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../src/timeline/sink.js'
import { ignored } from '../src/timeline/sinks/index.js'
import { capture, captures } from './captures.js'
import { totalsOfRows } from './decode/call-rows.js'
import { totalsOfCallgrind } from './decode/callgrind.js'
import { eventsOfChrome, incompleteOfChrome, totalsOfExtents } from './decode/chrome.js'
import { decodeCsv } from './decode/csv.js'
import { placedOfFirefox, selfOfFirefox } from './decode/firefox.js'
import { selfOfFolded } from './decode/folded.js'
import { decodeNdjson } from './decode/ndjson.js'
import { decodeParquet } from './decode/parquet.js'
import { callsOfPerfetto, type FunctionTotals } from './decode/perfetto.js'
import { totalsOfPprof } from './decode/pprof.js'
import { eventsOfSpeedscope } from './decode/speedscope.js'

describe.each(captures)('%s', path => {
  let read: Awaited<ReturnType<typeof readBack>>

  beforeAll(async () => {
    read = await readBack(path)
  })

  test('what has positions', () => {
    const { placed, summary } = read
    expect(read.chrome).toEqual(placed)
    expect(read.perfetto).toEqual(placed)
    expect(read.speedscope).toEqual(placed)
    expect(read.firefox.placed).toEqual(selfOf(placed))
    expect(read.incomplete).toBe(summary.calls.incomplete)
  })

  test('what has weights', () => {
    const { weighed } = read
    expect(read.pprof).toEqual(weighed)
    expect(read.folded).toEqual(selfOf(weighed))
    expect(read.firefox.weighed).toEqual(selfOf(weighed))
    for (const totals of [read.callgrind, read.csv, read.ndjson, read.parquet]) {
      expect(totals).toEqual(weighed)
    }
  })

  test('one and the other', () => {
    const { placed, weighed, rebuilt, summary } = read
    const callsOf = (totals: ReadonlyMap<string, FunctionTotals>) =>
      sum([...totals.values()].map(({ calls }) => calls))
    expect(callsOf(placed)).toBe(callsOf(weighed) + summary.calls.incomplete)
    // With timestamps the positions are the trace's own; and what callees have too much has a
    // place, but no weight.
    const isExcessive = summary.diagnostics.some(({ name }) => name === 'children-exceed-parent')
    if (summary.clock === 'timestamps' || isExcessive) return
    expect(selfOf(placed)).toEqual(selfOf(rebuilt))
    if (path.startsWith('golden')) expect(selfOf(placed)).toEqual(selfOf(weighed))
  })
})

test('udp_sendmsg, in all of them', async () => {
  const { chrome, perfetto, speedscope, pprof, folded } = await readBack(
    'golden/udp_sendmsg/input.txt',
  )
  for (const totals of [chrome, perfetto, speedscope, pprof]) {
    expect(totals).toEqual(pprof)
    expect(sum([...totals.values()].map(({ calls }) => calls))).toBe(222)
    expect(sum([...totals.values()].map(({ self }) => self))).toBe(78_524)
  }
  expect(folded).toEqual(selfOf(pprof))
  expect(sum([...folded.values()])).toBe(78_524)
})

async function readBack(path: string) {
  const { outputs, summary, replay } = await capture(path)
  const calls = new CallsByFunction()
  replay(calls)
  return {
    summary,
    placed: calls.placed,
    weighed: calls.weighed,
    rebuilt: calls.rebuilt,
    chrome: totalsOfExtents(eventsOfChrome(outputs.chrome)),
    incomplete: incompleteOfChrome(outputs.chrome),
    perfetto: totalsOfExtents(callsOfPerfetto(outputs.perfetto)),
    speedscope: totalsOfExtents(eventsOfSpeedscope(outputs.speedscope)),
    pprof: totalsOfPprof(outputs.pprof),
    folded: selfOfFolded(outputs.folded),
    firefox: {
      placed: placedOfFirefox(outputs.firefox),
      weighed: selfOfFirefox(outputs.firefox),
    },
    callgrind: totalsOfCallgrind(outputs.callgrind),
    csv: totalsOfRows(decodeCsv(outputs.csv)),
    ndjson: totalsOfRows(decodeNdjson(outputs.ndjson)),
    parquet: totalsOfRows((await decodeParquet(outputs.parquet)).rows),
  }
}

/** An open call, and what the calls inside it take. */
interface OpenCall {
  readonly begin: number
  /** By their positions. */
  extents: number
  /** By their durations. */
  durations: number
  /** The nanosecond that stands before whatever a call without a name has called. */
  steps: number
  /** Those that stand in incomplete calls inside. */
  shownSteps: number
}

/**
 * What the contract of `TimelineSink` says, straight: by extents every named call counts, by
 * durations every measured one. What does not count gives its content to its caller.
 *
 * Where positions are made of durations, both agree but for one thing: an incomplete call has no
 * duration, and shows the steps in it as its own time, which its measured caller then lacks.
 */
class CallsByFunction implements TimelineSink {
  readonly placed = new Map<string, FunctionTotals>()
  readonly weighed = new Map<string, FunctionTotals>()
  readonly rebuilt = new Map<string, FunctionTotals>()
  readonly #names: string[] = []
  readonly #open: OpenCall[][] = []

  defineFunction: TimelineSink['defineFunction'] = (id, definition) => {
    this.#names[id] = functionName(definition)
  }

  defineTrack: TimelineSink['defineTrack'] = id => {
    this.#open[id] ??= [newCall(0)]
  }

  begin: TimelineSink['begin'] = (track, _func, at) => {
    this.#open[track]?.push(newCall(at))
  }

  end: TimelineSink['end'] = (track, func, at, duration) => {
    const open = this.#open[track]
    const call = open.pop() as OpenCall
    const caller = open.at(-1) as OpenCall
    const name = this.#names[func]
    const extent = at - call.begin
    caller.extents += func === UNNAMED ? call.extents : extent
    caller.durations += duration === UNMEASURED ? call.durations : duration
    if (duration === UNMEASURED) {
      caller.shownSteps += call.shownSteps + (func === UNNAMED ? 0 : call.steps)
    }
    if (func === UNNAMED) {
      caller.steps += call.steps + 1
      return
    }
    count(this.placed, name, extent - call.extents)
    if (duration === UNMEASURED) {
      count(this.rebuilt, name, call.steps)
      return
    }
    const self = Math.max(0, duration - call.durations)
    count(this.weighed, name, self)
    count(this.rebuilt, name, self - call.shownSteps)
  }

  start = ignored.start
  defineLane = ignored.defineLane
  migrate = ignored.migrate
  instant = ignored.instant
  beginSection = ignored.beginSection
  endSection = ignored.endSection
  count = ignored.count
  lost = ignored.lost
  finish = ignored.finish
}

function newCall(begin: number): OpenCall {
  return { begin, extents: 0, durations: 0, steps: 0, shownSteps: 0 }
}

function count(totals: Map<string, FunctionTotals>, name: string, self: number): void {
  const before = totals.get(name) ?? { calls: 0, self: 0 }
  totals.set(name, { calls: before.calls + 1, self: before.self + self })
}

/** Without the functions that have none. */
function selfOf(totals: ReadonlyMap<string, FunctionTotals>): Map<string, number> {
  return new Map([...totals].flatMap(([name, { self }]) => (self === 0 ? [] : [[name, self]])))
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0)
}
