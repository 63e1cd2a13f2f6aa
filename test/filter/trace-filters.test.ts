/** Each filter against what it means, said of whole trees of calls instead of events. */
import { beforeAll, describe, expect, test } from 'vitest'
import { type FilterOptions, TraceFilters } from '../../src/filter/trace-filters.js'
import { TraceReader } from '../../src/ingest/trace-reader.js'
import { checked } from '../../src/timeline/checked.js'
import { functionPattern } from '../../src/timeline/function-pattern.js'
import type { TimelineSink } from '../../src/timeline/sink.js'
import { tellRandom } from '../analyze/random-timeline.js'
import { readCapture } from '../read-trace.js'
import { type Call, callsIn, type Forest, ForestKeeper, mapped } from './forest.js'

/** How a timeline is told: the same one each time. */
type Tell = (sink: TimelineSink, filters: TraceFilters) => void

const random = Array.from({ length: 30 }, (_, seed): [string, Tell, FilterOptions[]] => [
  `random timeline ${seed}`,
  (sink, filters) => {
    const source = { origin: '', line: 0 }
    const first = checked(filters.through(checked(sink), source))
    tellRandom(first, seed, 20 * (seed + 1))
    first.finish({
      dialect: '',
      columns: [],
      clock: 'order',
      origin: '',
      span: 0,
      lostEvents: 0,
    })
  },
  [
    { filter: ['a'] },
    { filter: ['a', '/[de]/'] },
    { notrace: ['b'] },
    { caller: ['c'] },
    { hide: ['a', 'd'] },
    { depth: 2 },
    { minDuration: 1000 },
    { modules: ['mod'] },
    { modules: ['kernel'] },
    { cpus: [1] },
    { tasks: ['2'] },
    { tasks: ['task', 'bash'] },
    { filter: ['a'], notrace: ['b'], depth: 3 },
    { caller: ['c'], hide: ['a'], minDuration: 100, depth: 2 },
  ],
])

const captures = [
  ['6.12-full-proc-abstime-tail', ['*page*'], ['*alloc*'], 'ext4_*'],
  ['6.12-opt-default', ['vfs_*'], ['*lock*'], '_raw_spin_unlock'],
  ['6.12-opt-nocpu', ['*read*'], ['*lock*'], 'dput'],
  ['6.12-pipe-lost-proc-abstime', ['*rcu*'], ['*sched*'], '*timer*'],
  ['7.2-opt-proc-abstime', ['*fault*'], ['irq_enter_rcu'], '*tick*'],
  ['5.10-arm64-full-tail-overrun', ['*irq*'], ['*lock*'], 'gic_*'],
].map(([name, filter, notrace, caller]): [string, Tell, FilterOptions[]] => [
  name as string,
  (sink, { through }) => {
    const reader = new TraceReader(checked(sink), {
      through: (to, source) => checked(through(to, source)),
    })
    reader.push(readCapture(`test/corpus/${name}.txt.gz`))
    reader.endInput()
    reader.finish()
  },
  [
    { filter: filter as string[] },
    { notrace: notrace as string[] },
    { caller: [caller as string] },
    { hide: filter as string[] },
    { depth: 1 },
    { depth: 4 },
    { minDuration: 5000 },
    { cpus: [0] },
    { filter: filter as string[], notrace: notrace as string[], minDuration: 1000, depth: 3 },
  ],
])

describe.each([...random, ...captures])('%s', (_, tell, all) => {
  const whole = new ForestKeeper()

  beforeAll(() => tell(whole, new TraceFilters()))

  test.each(all)('%j', options => {
    const filters = new TraceFilters(options)
    const kept = new ForestKeeper()
    tell(kept, filters)
    expect(kept.forest).toEqual(filtered(whole.forest, options))
    const removed = filters.removals.reduce((sum, { calls }) => sum + calls, 0)
    expect(filters.left).toBe(callsIn(kept.forest))
    expect(filters.left + removed).toBe(callsIn(whole.forest))
  })
})

/** The meaning of the filters, in the order in which they apply. */
function filtered(forest: Forest, options: FilterOptions): Forest {
  const { filter, notrace, caller, hide, depth, minDuration, cpus, tasks, modules } = options
  const steps: ((forest: Forest) => Forest)[] = []
  const matcher = (texts: readonly string[]) => {
    const patterns = texts.map(functionPattern)
    return ({ func }: Call) => patterns.some(matches => matches(func))
  }
  if (tasks) {
    const matches = (track: string) => tasks.includes('task') || tasks.includes(track.trim())
    steps.push(all => new Map([...all].filter(([track]) => matches(track))))
  }
  if (filter) steps.push(all => onlyRoots(all, matcher(filter)))
  if (notrace) {
    const matches = matcher(notrace)
    steps.push(all => mapped(all, (call, callees) => (matches(call) ? [] : [{ ...call, callees }])))
  }
  if (caller) {
    const matches = matcher(caller)
    steps.push(all => onPaths(all, matches))
  }
  if (minDuration !== undefined) {
    const length = ({ duration, begin, end }: Call) => (duration < 0 ? end - begin : duration)
    steps.push(all => onPaths(all, call => length(call) >= minDuration))
  }
  if (hide) steps.push(all => hiding(all, matcher(hide)))
  if (modules) {
    steps.push(all => hiding(all, ({ func }) => !modules.includes(func.module || 'kernel')))
  }
  if (cpus) steps.push(all => hiding(all, ({ cpu }) => !cpus.includes(cpu)))
  if (depth !== undefined) {
    steps.push(all =>
      mapped(all, (call, callees, callers) =>
        callers.length < depth ? [{ ...call, callees }] : [],
      ),
    )
  }
  return steps.reduce((all, step) => step(all), forest)
}

function onlyRoots(forest: Forest, matches: (call: Call) => boolean): Forest {
  const outermost = (call: Call): readonly Call[] =>
    matches(call) ? [call] : call.callees.flatMap(outermost)
  const kept = [...forest].map(([track, calls]) => [track, calls.flatMap(outermost)] as const)
  return new Map(kept.filter(([, calls]) => calls.length > 0))
}

function onPaths(forest: Forest, matches: (call: Call) => boolean): Forest {
  return mapped(forest, (call, callees) =>
    matches(call) || callees.length > 0 ? [{ ...call, callees }] : [],
  )
}

function hiding(forest: Forest, isHidden: (call: Call) => boolean): Forest {
  return mapped(forest, (call, callees) => (isHidden(call) ? callees : [{ ...call, callees }]))
}
