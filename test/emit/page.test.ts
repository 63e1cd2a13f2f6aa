/** What the page works out before it draws: rows, stacks, wake-ups, changes. */
import { describe, expect, test } from 'vitest'
import { Model } from '../../src/emit/browser/page/app.js'
import { AwayCalls } from '../../src/emit/browser/page/away.js'
import { rangeCosts } from '../../src/emit/browser/page/costs.js'
import type { Trace } from '../../src/emit/browser/page/data.js'
import { changesSince } from '../../src/emit/browser/page/flame-changes.js'
import {
  type FlameTree,
  flameTreeOf,
  orderedTreeOf,
  sandwichOf,
} from '../../src/emit/browser/page/flame-tree.js'
import { extent, placesOf } from '../../src/emit/browser/page/group-places.js'
import { failedCalls } from '../../src/emit/browser/page/notes.js'
import { RowList } from '../../src/emit/browser/page/row-list.js'
import { wakeUpsOf } from '../../src/emit/browser/page/wake-ups.js'
import { openHtml } from '../../src/emit/html/html.js'
import type { TimelineSink } from '../../src/timeline/sink.js'
import { OFF_CPU } from '../../src/timeline/sleep-functions.js'
import { decodeHtml } from '../decode/html.js'
import { defineFunctions, written } from './captures.js'

describe('stacks', () => {
  const model = modelOf(sink => {
    defineFunctions(sink, 'a', 'b', 'c')
    sink.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined })
    // a(b 10, c 20, b 10) 50, c(a(b 5) 8) 10
    call(sink, 1, 0, 50, () => {
      call(sink, 2, 0, 10)
      call(sink, 3, 10, 20)
      call(sink, 2, 30, 10)
    })
    call(sink, 3, 60, 10, () => call(sink, 1, 61, 8, () => call(sink, 2, 62, 5)))
  })
  const { trace, costs, names } = model

  test('the heaviest first, or in order of time', () => {
    expect(
      rowsOf(
        flameTreeOf(trace, costs, () => true),
        names,
      ),
    ).toEqual(['all 60', 'a 50, c 10', 'b 20, c 20, a 8', 'b 5'])
    expect(
      rowsOf(
        orderedTreeOf(trace, costs, () => true),
        names,
      ),
    ).toEqual(['all 60', 'a 50, c 10', 'b 10, c 20, b 10, a 8', 'b 5'])
  })

  test('a function between its callers and its callees', () => {
    const tree = sandwichOf(trace, costs, 2, () => true)
    expect(rowsOf(tree, names)).toEqual(['c 5', 'a 25', 'b 25'])
    expect(
      rowsOf(
        sandwichOf(trace, costs, 1, () => true),
        names,
      ),
    ).toEqual(['c 8', 'a 58', 'b 25, c 20'])
  })

  test('nothing of tracks that are not chosen', () => {
    expect(flameTreeOf(trace, costs, () => false).totals).toEqual([0])
  })
})

test('sleep and idle cpus count only if that is set, and the time that is shown tells what ran', () => {
  const model = modelOf(sink => {
    defineFunctions(sink, 'read', '', 'do_idle', 'sysvec_apic_timer_interrupt', 'schedule')
    sink.defineFunction(2, { name: OFF_CPU, module: '' })
    sink.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined })
    sink.defineTrack(1, { pid: 0, comm: '<idle>', cpu: 0 })
    call(sink, 1, 0, 100_000, () => call(sink, 2, 10_000, 80_000))
    call(sink, 5, 110_000, 30_000, () => call(sink, 1, 120_000, 2000))
    call(sink, 3, 10_000, 80_000, () => call(sink, 4, 20_000, 5000, undefined, 1), 1)
  })
  const { trace, names } = model
  const shown = () =>
    rowsOf(
      flameTreeOf(trace, model.costs, () => true),
      names,
    )
  expect(shown()).toEqual([
    'all 27000',
    'read 20000, sysvec_apic_timer_interrupt 5000, schedule 2000',
    'read 2000',
  ])
  expect(model.asleep).toBe(183_000)
  expect(rangeCosts(trace, model.costs, 105_000, 130_000)).toEqual([
    { func: 1, calls: 1, self: 2000, total: 2000 },
    { func: 5, calls: 1, self: 0, total: 2000 },
  ])
  expect(rangeCosts(trace, model.costs, 0, 100_000)).toEqual([
    { func: 1, calls: 1, self: 20_000, total: 20_000 },
    { func: 4, calls: 1, self: 5000, total: 5000 },
  ])
  expect(rangeCosts(trace, model.costs, 0, 100_000, 0)).toHaveLength(1)
  model.settings = { sleep: true, hues: false }
  expect(shown()).toEqual([
    'all 210000',
    'read 100000, do_idle 80000, schedule 30000',
    '[off-cpu] 80000, sysvec_apic_timer_interrupt 5000, read 2000',
  ])
  expect(rangeCosts(trace, model.costs, 0, 100_000)).toHaveLength(4)
  const awayCalls = new AwayCalls(trace)
  const away = trace.groups.map((_, group) => awayCalls.in(group))
  const named = (spans: Int32Array) => [...spans].map(span => names[trace.spans.names[span]])
  expect(away.map(({ asleep }) => named(asleep))).toEqual([['[off-cpu]', 'schedule'], ['do_idle']])
  expect(away.map(({ interrupted }) => named(interrupted))).toEqual([
    [],
    ['sysvec_apic_timer_interrupt'],
  ])
})

test('what stacks took before, new ones and those that are gone', () => {
  const of = (b: number, third: string) =>
    modelOf(sink => {
      defineFunctions(sink, 'a', 'b', third)
      sink.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined })
      call(sink, 1, 0, 100, () => {
        call(sink, 2, 0, b)
        call(sink, 3, 60, 10)
      })
    })
  const [before, after] = [of(20, 'old'), of(50, 'new')]
  const trees = [after, before].map(({ trace, costs }) => flameTreeOf(trace, costs, () => true))
  const changes = changesSince(trees[0], after.names, trees[1], before.names)
  const self = trees[0].functions.map((func, box) => [after.names[func], changes.self[box]])
  expect(self.slice(1)).toEqual([
    ['a', 70],
    ['b', 20],
    ['new', 0],
  ])
  expect(changes).toMatchObject({ most: 30, gone: 10 })
  expect([...changes.totals]).toEqual([100, 100, 20, 0])
})

describe('rows', () => {
  const { trace } = modelOf(sink => {
    defineFunctions(sink, 'f')
    const tasks = [
      ['worker', 30],
      ['bash', 20],
      ['worker', 10],
    ] as const
    for (const [track, [comm, pid]] of tasks.entries()) {
      sink.defineTrack(track, { pid, comm, cpu: undefined })
      call(sink, 1, 100 - pid, pid, undefined, track)
    }
    sink.defineLane(0, { kind: 'interrupts', name: 'CPU 0 interrupts', owner: { cpu: 0 } })
    sink.beginSection(0, 5, 'timer')
    sink.endSection(0, 6)
  })
  const shown = (list: RowList) =>
    list.rows.map(row =>
      'group' in row ? trace.groups[row.group].name : `${row.heading} (${row.tasks})`,
    )
  const indexOf = (name: string) => trace.groups.findIndex(group => group.name === name)

  test('in each order, those of cpus first', () => {
    const list = new RowList(trace)
    expect(shown(list)).toEqual(['CPU 0 interrupts', 'worker-30', 'bash-20', 'worker-10'])
    list.order = 'pid'
    expect(shown(list)).toEqual(['CPU 0 interrupts', 'worker-10', 'bash-20', 'worker-30'])
    list.order = 'time'
    expect(shown(list)).toEqual(['CPU 0 interrupts', 'worker-30', 'bash-20', 'worker-10'])
    list.order = 'name'
    expect(shown(list)).toEqual([
      ...['CPU 0 interrupts', 'bash-20'],
      ...['worker (2)', 'worker-30', 'worker-10'],
    ])
    list.foldedHeadings.add('worker')
    expect(shown(list)).toEqual(['CPU 0 interrupts', 'bash-20', 'worker (2)'])
    list.uncover(indexOf('worker-10'))
    expect(shown(list)).toContain('worker-10')
  })

  test('filtered, pinned and moved', () => {
    const list = new RowList(trace)
    list.togglePin(indexOf('worker-10'))
    expect(shown(list)).toEqual(['CPU 0 interrupts', 'worker-30', 'bash-20'])
    const { groups, pinnedHeight, height } = placesOf(trace.groups, list)
    expect(groups.get(indexOf('worker-10'))).toMatchObject({ top: 0, isPinned: true })
    expect(groups.get(indexOf('CPU 0 interrupts'))?.top).toBe(pinnedHeight)
    expect(height).toBeGreaterThan(pinnedHeight)
    list.togglePin(indexOf('worker-10'))
    list.step(indexOf('bash-20'), -1)
    list.move(indexOf('worker-10'), indexOf('CPU 0 interrupts'))
    expect(shown(list)).toEqual(['worker-10', 'CPU 0 interrupts', 'bash-20', 'worker-30'])
    list.filter = 'WORKER'
    expect(shown(list)).toEqual(['worker-10', 'worker-30'])
    list.step(indexOf('worker-30'), -1)
    expect(shown(list)).toEqual(['worker-30', 'worker-10'])
    list.uncover(indexOf('bash-20'))
    expect(shown(list)).toEqual(['worker-30', 'worker-10', 'CPU 0 interrupts', 'bash-20'])
  })
})

test('from the first event that readies a task to the switch that runs it', () => {
  const { trace } = modelOf(sink => {
    defineFunctions(sink, 'f')
    sink.defineTrack(0, { pid: 10, comm: 'waker', cpu: undefined })
    sink.defineTrack(1, { pid: 20, comm: 'sleeper', cpu: undefined })
    sink.begin(0, 1, 0)
    sink.instant(0, 5, 'sched_waking', 'comm=sleeper pid=20 prio=120 target_cpu=001')
    sink.instant(0, 7, 'sched_wakeup', 'comm=sleeper pid=20 prio=120 target_cpu=001')
    sink.instant(0, 8, 'sched_waking', 'comm=other pid=99 prio=120 target_cpu=001')
    sink.instant(
      0,
      30,
      'sched_switch',
      'prev_comm=waker prev_pid=10 prev_prio=120 prev_state=S ==> next_comm=sleeper next_pid=20 next_prio=120',
    )
    sink.end(0, 1, 40, 40)
    call(sink, 1, 31, 5, undefined, 1)
  })
  const found = wakeUpsOf(trace).map(({ from, to, at, runs }) => ({
    ...{ at, runs },
    from: trace.groups[from].name,
    to: trace.groups[to].name,
  }))
  expect(found).toEqual([{ at: 5, runs: 30, from: 'waker-10', to: 'sleeper-20' }])
})

test('calls that returned an error, and no others', () => {
  const { trace, names } = modelOf(sink => {
    defineFunctions(sink, 'outer', 'fails', 'counts')
    sink.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined })
    const returning = (text: string, meaning: string) => ({
      arguments: [],
      caller: '',
      returned: { text, number: BigInt(text), meaning },
    })
    sink.begin(0, 1, 0)
    sink.begin(0, 2, 1)
    sink.end(0, 2, 2, 1, returning('-22', 'EINVAL'))
    sink.begin(0, 3, 3)
    sink.end(0, 3, 4, 1, returning('5', ''))
    sink.end(0, 1, 5, 5)
  })
  expect(failedCalls(trace).map(span => names[trace.spans.names[span] as number])).toEqual([
    'fails',
  ])
})

test('an empty trace has no extent', () => {
  const { trace } = modelOf(sink => sink.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined }))
  expect(extent(trace, 20)).toBe(undefined)
})

function modelOf(write: (sink: TimelineSink) => void): Model {
  const trace: Trace = decodeHtml(written(openHtml, write))
  return new Model(trace)
}

function call(
  sink: TimelineSink,
  func: number,
  at: number,
  duration: number,
  inside?: () => void,
  track = 0,
): void {
  sink.begin(track, func, at)
  inside?.()
  sink.end(track, func, at + duration, duration)
}

/** `a 10, b 5`, row by row. */
function rowsOf(tree: FlameTree, names: readonly string[]): string[] {
  return tree.rows.map(row =>
    [...row]
      .map(box => {
        const isAll = box === 0 && !tree.isSandwich
        return `${isAll ? 'all' : names[tree.functions[box]]} ${tree.totals[box]}`
      })
      .join(', '),
  )
}
