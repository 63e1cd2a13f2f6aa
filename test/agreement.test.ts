/**
 * Calls and self time of each function, read back from every format, agree to the nanosecond with
 * one another and with what a sink of a few lines makes of the timeline.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { capture, captures } from './captures.js'
import type { FunctionTotals } from './decode/perfetto.js'
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
