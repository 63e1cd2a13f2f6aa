/**
 * Calls and self time of each function, read back from every format, agree to the nanosecond with
 * one another and with what a sink of a few lines makes of the timeline.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { CallStatistics } from '../src/analyze/call-statistics.js'
import { functionGraph } from '../src/analyze/merged-calls.js'
import { subjectName } from '../src/analyze/report.js'
import { functionName } from '../src/timeline/names.js'
import { capture, captures } from './captures.js'
import { totalsOfFolded } from './decode/folded.js'
import type { FunctionTotals } from './decode/perfetto.js'
import { inclusiveOfPprof } from './decode/pprof.js'
import { type ReadBack, readBack, selfOf } from './read-back.js'

describe.each(captures)('%s', path => {
  let read: ReadBack

  beforeAll(async () => {
    read = await readBack(await capture(path))
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
    const { placed, weighed, stretched, summary } = read
    const { calls, clock, tracks, cpus, diagnostics } = summary
    const callsOf = (totals: ReadonlyMap<string, FunctionTotals>) =>
      sum([...totals.values()].map(({ calls }) => calls))
    expect(callsOf(placed)).toBe(callsOf(weighed) + calls.incomplete)
    // With timestamps the positions are the trace's own; what has been off its cpu goes on later.
    if (clock === 'timestamps' || tracks > Math.max(cpus.length, 1)) return
    expect(stretched).toEqual([])
    const isExcessive = diagnostics.some(({ name }) => name === 'children-exceed-parent')
    if (isExcessive || calls.orphan + calls.incomplete > 0) return
    expect(selfOf(placed)).toEqual(selfOf(weighed))
  })
})

/** Whole or cut: what is seen of a call without an exit counts everywhere. */
test.each(captures)('the total of each function of %s', async path => {
  const { replay, outputs, weights } = await capture(path)
  const statistics = new CallStatistics({ by: 'function' })
  replay(statistics)
  const rows = statistics.rows().filter(({ row }) => row.total > 0)
  const reported = new Map(rows.map(each => [subjectName(each.subject), each.row.total]))
  const { functions } = weights
  const graphed = [...reported.keys()].map(name => {
    const graph = functionGraph(weights, id => functionName(functions[id]) === name)
    return [name, graph?.callees.total] as const
  })
  expect(new Map(graphed)).toEqual(reported)
  expect(totalsOfFolded(outputs.folded)).toEqual(reported)
  expect(inclusiveOfPprof(outputs.pprof)).toEqual(reported)
})

test('udp_sendmsg, in all of them', async () => {
  const { chrome, perfetto, speedscope, pprof, folded } = await readBack(
    await capture('golden/udp_sendmsg/input.txt'),
  )
  for (const totals of [chrome, perfetto, speedscope, pprof]) {
    expect(totals).toEqual(pprof)
    expect(sum([...totals.values()].map(({ calls }) => calls))).toBe(222)
    expect(sum([...totals.values()].map(({ self }) => self))).toBe(78_524)
  }
  expect(folded).toEqual(selfOf(pprof))
  expect(sum([...folded.values()])).toBe(78_524)
})

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0)
}
