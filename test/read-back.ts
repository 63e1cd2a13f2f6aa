/** Calls and self time of each function, read back from outputs. */
import { functionName } from '../src/timeline/names.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../src/timeline/sink.js'
import { ignored } from '../src/timeline/sinks/index.js'
import type { Capture } from './captures.js'
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

export type ReadBack = Awaited<ReturnType<typeof readBack>>

/** `placed`, `weighed` and `stretched` are what a sink of a few lines makes of the timeline. */
export async function readBack({ outputs, summary, replay }: Capture) {
  const calls = new CallsByFunction()
  replay(calls)
  return {
    summary,
    placed: calls.placed,
    weighed: calls.weighed,
    stretched: calls.stretched,
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

/** Without the functions that have none. */
export function selfOf(totals: ReadonlyMap<string, FunctionTotals>): Map<string, number> {
  return new Map([...totals].flatMap(([name, { self }]) => (self === 0 ? [] : [[name, self]])))
}

/** An open call, and what the calls inside it take. */
interface OpenCall {
  readonly begin: number
  readonly hasEntry: boolean
  /** The last position in it. */
  last: number
  /** By their positions. */
  extents: number
  /** By their durations. */
  durations: number
}

/**
 * The contract of `TimelineSink` in plain code: by extents every named call counts, by
 * durations every measured one. What does not count gives its content to its caller.
 *
 * Where positions are made of durations, a call ends its duration after its begin, or where its
 * last callee has ended. What began before the trace, or has no exit, takes no time of its own.
 */
class CallsByFunction implements TimelineSink {
  readonly placed = new Map<string, FunctionTotals>()
  readonly weighed = new Map<string, FunctionTotals>()
  /** The calls that end later than that. */
  readonly stretched: string[] = []
  readonly #names: string[] = []
  readonly #open: OpenCall[][] = []

  defineFunction: TimelineSink['defineFunction'] = (id, definition) => {
    this.#names[id] = functionName(definition)
  }

  defineTrack: TimelineSink['defineTrack'] = id => {
    this.#open[id] ??= [newCall(UNNAMED, 0)]
  }

  begin: TimelineSink['begin'] = (track, func, at) => {
    this.#open[track]?.push(newCall(func, at))
  }

  end: TimelineSink['end'] = (track, func, at, duration) => {
    const open = this.#open[track]
    const call = open.pop() as OpenCall
    const caller = open.at(-1) as OpenCall
    const name = this.#names[func]
    const extent = at - call.begin
    caller.extents += func === UNNAMED ? call.extents : extent
    caller.durations += Math.max(duration, call.durations)
    caller.last = at
    const due = Math.max(call.last, call.hasEntry ? call.begin + duration : call.begin)
    if (at > due) this.stretched.push(`${name} by ${at - due}`)
    if (func === UNNAMED) return
    count(this.placed, name, extent - call.extents)
    if (duration !== UNMEASURED) {
      count(this.weighed, name, Math.max(0, duration - call.durations))
    }
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

function newCall(func: number, begin: number): OpenCall {
  return { begin, hasEntry: func !== UNNAMED, last: begin, extents: 0, durations: 0 }
}

function count(totals: Map<string, FunctionTotals>, name: string, self: number): void {
  const before = totals.get(name) ?? { calls: 0, self: 0 }
  totals.set(name, { calls: before.calls + 1, self: before.self + self })
}
