/**
 * A text of some megabytes, so that every buffer on the way from bytes to files is filled and
 * emptied again: pieces of text, columns of the engine, of modules and of threads, blocks of output.
 * Everything the simulator did must be in every format.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { BLOCK_EVENTS } from '../src/timeline/sinks/index.js'
import { type Capture, readAll } from './captures.js'
import { decodeFlamegraph } from './decode/flamegraph.js'
import { decodeHtml } from './decode/html.js'
import type { FunctionTotals } from './decode/perfetto.js'
import { TimelineDump } from './dump-timeline.js'
import { type ReadBack, readBack, selfOf } from './read-back.js'
import { readTrace } from './read-trace.js'
import { expectedForest } from './simulator/expected.js'
import { callsOf, type Forest, selfByFunction } from './simulator/forest.js'
import { simulate } from './simulator/machine.js'
import { bytesOf, type PrintOptions, printTrace } from './simulator/printer.js'
import { Random } from './simulator/random.js'

/** One for each begin and end: more than a block has room for. */
const RECORDS = BLOCK_EVENTS + 1000
const options: PrintOptions = { abstime: true, cpu: true, proc: true, duration: true, tail: true }

describe('a text of some megabytes', () => {
  let expected: Forest
  let known: Capture
  let read: ReadBack

  beforeAll(async () => {
    const machine = simulate(new Random(1), { cpus: 4, comms: ['bash', 'sh'], records: RECORDS })
    expected = expectedForest(machine, options)
    known = await readAll(bytesOf(printTrace(machine, options)))
    read = await readBack(known)
  })

  test('has every call', () => {
    expect(known.text.length).toBeGreaterThan(4 * 1024 * 1024)
    const calls = callsOf(expected)
    const incomplete = calls.filter(({ duration }) => Number.isNaN(duration)).length
    expect(known.summary.lines.unrecognized).toBe(0)
    expect(known.summary.calls).toEqual({
      complete: calls.length - incomplete,
      incomplete,
      orphan: 0,
    })
    expect(callsIn(read.placed)).toEqual(countsOf(calls))
    expect(selfOf(read.weighed)).toEqual(selfByFunction(expected))
  })

  test.each(['chrome', 'perfetto', 'speedscope'] as const)('%s has every position', format => {
    expect(read[format]).toEqual(read.placed)
  })

  test.each(['pprof', 'callgrind', 'csv', 'ndjson', 'parquet'] as const)(
    '%s has every measurement',
    format => {
      expect(read[format]).toEqual(read.weighed)
    },
  )

  test('folded and firefox have all self times', () => {
    expect(read.folded).toEqual(selfOf(read.weighed))
    expect(read.firefox.weighed).toEqual(selfOf(read.weighed))
    expect(read.firefox.placed).toEqual(selfOf(read.placed))
  })

  test('html has every call, flamegraph all time', () => {
    const { groups } = decodeHtml(known.outputs.html)
    const spans = groups
      .filter(({ kind }) => kind === 'calls')
      .map(({ first, last }) => last - first)
    expect(sum(spans)).toBe(callsOf(expected).length)
    const [all] = decodeFlamegraph(known.outputs.flamegraph)
    expect(all.total).toBe(sum([...read.weighed.values()].map(({ self }) => self)))
  })

  test('function_graph has every event', () => {
    const calls = readTrace(known.outputs.function_graph).calls
    expect(calls).toEqual(known.summary.calls)
  })

  test('in one chunk it tells the same', () => {
    const [whole, pieces] = [new TimelineDump(), new TimelineDump()]
    readTrace(known.text, whole)
    known.replay(pieces)
    expect(whole.lines.join('\n') === pieces.lines.join('\n')).toBe(true)
  })
})

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}

function callsIn(totals: ReadonlyMap<string, FunctionTotals>): Map<string, number> {
  return new Map([...totals].map(([name, { calls }]) => [name, calls]))
}

function countsOf(calls: readonly { readonly name: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { name } of calls) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
