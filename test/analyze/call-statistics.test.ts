import { describe, expect, test } from 'vitest'
import type { GroupedBy } from '../../src/analyze/call-row.js'
import { CallStatistics, type SubjectRow } from '../../src/analyze/call-statistics.js'
import { compareNames, subjectName } from '../../src/analyze/report.js'
import { checked } from '../../src/timeline/checked.js'
import { functionName, trackName } from '../../src/timeline/names.js'
import type { KernelFunction } from '../../src/timeline/sink.js'
import { tee } from '../../src/timeline/sinks/index.js'
import { capture, corpus } from '../captures.js'
import { tellRandom } from './random-timeline.js'
import { isRecursive, namedCaller, type RecordedCall, RecordedCalls } from './recorded-calls.js'

/** Contexts depend on when a name is known: they have tests of their own. */
type PlainlyGrouped = Exclude<GroupedBy, 'context'>

const groups: readonly PlainlyGrouped[] = ['function', 'module', 'task', 'cpu', 'caller']

describe('the same as added up call by call', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))('random timeline %d', seed => {
    for (const by of groups) {
      const statistics = new CallStatistics({ by })
      const recorded = new RecordedCalls()
      tellRandom(tee([statistics, recorded]), seed, 20 * (seed + 1))
      expect(figures(statistics.rows())).toEqual(plainFigures(recorded, by))
      expect(statistics.outermost).toBe(plainOutermost(recorded))
    }
  })

  test('a call that never ends is around thousands', () => {
    const statistics = new CallStatistics({ by: 'function' })
    const recorded = new RecordedCalls()
    const sink = checked(tee([statistics, recorded]))
    sink.start({ dialect: '', columns: [], clock: 'timestamps', origin: '' })
    sink.defineTrack(0, { pid: 1, comm: '', cpu: undefined })
    for (const id of [1, 2, 3]) sink.defineFunction(id, { name: `f${id}`, module: '' })
    sink.begin(0, 0, 0)
    sink.begin(0, 1, 1)
    for (let call = 0; call < 3000; call++) {
      sink.begin(0, 1 + (call % 3), call + 1)
      if (call % 700 === 0) sink.begin(0, 0, call + 1)
      if (call % 700 === 0) sink.end(0, 0, call + 1, -1)
      sink.end(0, 1 + (call % 3), call + 2, call)
    }
    sink.end(0, 1, 4000, 5e6)
    sink.end(0, 2, 4000, 6e6)
    expect(figures(statistics.rows())).toEqual(plainFigures(recorded, 'function'))
  })
})

test('only some functions have rows', () => {
  for (const by of groups) {
    const statistics = new CallStatistics({ by, only: ({ name }) => name === 'a' || name === 'c' })
    const recorded = new RecordedCalls()
    tellRandom(tee([statistics, recorded]), 3, 300)
    const isWanted = ({ func }: RecordedCall) => func === 1 || func === 3
    expect(figures(statistics.rows())).toEqual(plainFigures(recorded, by, isWanted))
  }
})

test('modules have the total of what is called from outside of them', () => {
  const statistics = new CallStatistics({ by: 'module' })
  const names: readonly KernelFunction[] = [
    { name: 'write', module: '' },
    { name: 'fs_write', module: 'fs' },
    { name: 'fs_map', module: 'fs' },
  ]
  statistics.defineTrack(0, { pid: 1, comm: '', cpu: undefined })
  names.forEach((func, index) => {
    statistics.defineFunction(index + 1, func)
  })
  for (const id of [1, 2, 3]) statistics.begin(0, id)
  statistics.end(0, 3, 0, 300)
  statistics.end(0, 2, 0, 700)
  statistics.end(0, 1, 0, 1000)
  expect(figures(statistics.rows())).toEqual({
    '[kernel]': { calls: 1, incomplete: 0, duration: 1000, total: 1000, self: 300 },
    fs: { calls: 2, incomplete: 0, duration: 1000, total: 700, self: 700 },
  })
})

test('contexts have what interrupts the ones before, on the stack of a task too', () => {
  const statistics = new CallStatistics({ by: 'context' })
  const names = ['write', 'do_IRQ', 'handler', 'handle_softirqs']
  statistics.defineTrack(0, { pid: 1, comm: '', cpu: undefined })
  statistics.defineTrack(1, { pid: undefined, comm: '', cpu: 0, isInterrupts: true })
  names.forEach((name, index) => {
    statistics.defineFunction(index + 1, { name, module: '' })
  })
  for (const id of [1, 2, 3, 4, 3]) statistics.begin(0, id)
  for (const [id, duration] of [
    [3, 10],
    [4, 30],
    [3, 60],
    [2, 100],
    [1, 1000],
  ] as const) {
    statistics.end(0, id, 0, duration)
  }
  statistics.begin(1, 3)
  statistics.end(1, 3, 0, 7)
  expect(figures(statistics.rows())).toEqual({
    task: { calls: 1, incomplete: 0, duration: 1000, total: 1000, self: 900 },
    irq: { calls: 3, incomplete: 0, duration: 167, total: 107, self: 77 },
    softirq: { calls: 2, incomplete: 0, duration: 40, total: 30, self: 30 },
  })
})

describe.each(corpus(/^[67].*full/))('%s', path => {
  test.each(groups)('by %s', async by => {
    const statistics = new CallStatistics({ by })
    const recorded = new RecordedCalls()
    const { replay } = await capture(path)
    replay(tee([statistics, recorded]))
    const rows = statistics.rows()
    expect(figures(rows)).toEqual(plainFigures(recorded, by))
    for (const { row } of rows) expect(row.total).toBeLessThanOrEqual(statistics.outermost)
  })
})

interface Figures {
  calls: number
  incomplete: number
  duration: number
  total: number
  self: number
}

function figures(rows: readonly SubjectRow[]): Record<string, Figures> {
  return sortedByName(
    rows.map(({ subject, row }) => [
      subjectName(subject),
      {
        calls: row.durations.count,
        incomplete: row.incomplete,
        duration: row.durations.sum,
        total: row.total,
        self: row.self,
      },
    ]),
  )
}

function plainFigures(
  { named, functions, tracks }: RecordedCalls,
  by: PlainlyGrouped,
  isWanted = (_: RecordedCall) => true,
): Record<string, Figures> {
  const nameOf = (func: number) => functionName(functions[func])
  const rowOf = (call: RecordedCall): string => {
    const { module } = functions[call.func]
    const caller = namedCaller(call)
    switch (by) {
      case 'function':
        return nameOf(call.func)
      case 'module':
        return module || '[kernel]'
      case 'task':
        return trackName(tracks[call.track])
      case 'cpu':
        return call.cpu < 0 ? 'all cpus' : `CPU ${call.cpu}`
      case 'caller':
        return `${nameOf(call.func)} < ${caller ? nameOf(caller.func) : '-'}`
    }
  }
  /** A function stays the same whoever calls it. */
  const keyOf = by === 'caller' ? ({ func }: RecordedCall) => nameOf(func) : rowOf
  const rows: Record<string, Figures> = {}
  for (const call of named.filter(isWanted)) {
    rows[rowOf(call)] ??= { calls: 0, incomplete: 0, duration: 0, total: 0, self: 0 }
    const row = rows[rowOf(call)]
    const isSame = (other: RecordedCall) => isWanted(other) && keyOf(other) === keyOf(call)
    if (!isRecursive(call, isSame)) row.total += Math.max(call.duration, call.inside)
    if (call.duration < 0) {
      row.incomplete++
      continue
    }
    row.calls++
    row.duration += call.duration
    row.self += Math.max(call.duration - call.inside, 0)
  }
  return sortedByName(Object.entries(rows))
}

function plainOutermost({ calls }: RecordedCalls): number {
  const outermost = calls.filter(({ caller }) => !caller)
  return outermost.reduce((sum, { duration, inside }) => sum + Math.max(duration, inside), 0)
}

function sortedByName(entries: readonly (readonly [string, Figures])[]): Record<string, Figures> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => compareNames(a, b)))
}
