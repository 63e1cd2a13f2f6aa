import { describe, expect, test } from 'vitest'
import { openFirefox } from '../../src/emit/firefox/firefox.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { capture, captures } from '../captures.js'
import { eventsOfChrome, totalsOfExtents } from '../decode/chrome.js'
import {
  categoriesOfFirefox,
  decodeFirefox,
  placedOfFirefox,
  selfOfFirefox,
} from '../decode/firefox.js'
import { defineFunctions, written } from './captures.js'

const decoded = (events: (sink: TimelineSink) => void) =>
  decodeFirefox(written(openFirefox, events))

/** A track with the functions `a`, `b` and `c`. */
const onTrack = (events: (sink: TimelineSink) => void) =>
  decoded(sink => {
    defineFunctions(sink, 'a', 'b', 'c [mod]')
    sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
    events(sink)
  }).threads[0]

describe('samples', () => {
  test('one for each time between events', () => {
    const thread = onTrack(sink => {
      sink.begin(0, 1, 100)
      sink.begin(0, 3, 150)
      sink.end(0, 3, 250, 100)
      sink.end(0, 1, 400, 300)
      sink.begin(0, 2, 1000)
      sink.end(0, 2, 1007, 7)
    })
    expect(thread).toEqual({
      name: 'app-7',
      pid: '7',
      tid: 7,
      samples: [
        { at: 100, weight: 50, stack: ['a'] },
        { at: 150, weight: 100, stack: ['a', 'c [mod]'] },
        { at: 250, weight: 150, stack: ['a'] },
        { at: 400, weight: 0, stack: [] },
        { at: 1000, weight: 7, stack: ['b'] },
        { at: 1007, weight: 0, stack: [] },
      ],
      markers: [],
    })
  })

  test('weigh what was measured: too much is taken from the last, what is missing goes there', () => {
    const thread = onTrack(sink => {
      // 100 ns asleep at the end, and 20 ns more before.
      sink.begin(0, 1, 0)
      sink.begin(0, 2, 50)
      sink.end(0, 2, 60, 30)
      sink.end(0, 1, 160, 60)
    })
    expect(thread?.samples).toEqual([
      { at: 0, weight: 30, stack: ['a'] },
      { at: 50, weight: 30, stack: ['a', 'b'] },
      { at: 60, weight: 0, stack: ['a'] },
      { at: 160, weight: 0, stack: [] },
    ])
  })

  test('a call without any time of its own by its positions', () => {
    const thread = onTrack(sink => {
      sink.begin(0, 1, 0)
      sink.begin(0, 2, 0)
      sink.end(0, 2, 50, 50)
      sink.end(0, 1, 50, 60)
    })
    expect(thread?.samples).toEqual([
      { at: 0, weight: 50, stack: ['a', 'b'] },
      { at: 50, weight: 10, stack: ['a'] },
      { at: 50, weight: 0, stack: [] },
    ])
  })

  test('names that come late, and a gap between, which is its caller', () => {
    const thread = onTrack(sink => {
      sink.begin(0, UNNAMED, 0)
      sink.begin(0, UNNAMED, 1)
      sink.begin(0, 2, 2)
      sink.end(0, 2, 10, 8)
      sink.end(0, UNNAMED, 15, UNMEASURED)
      sink.end(0, 1, 20, 20)
    })
    expect(thread?.samples).toEqual([
      { at: 0, weight: 2, stack: ['a'] },
      { at: 2, weight: 8, stack: ['a', 'b'] },
      { at: 10, weight: 10, stack: ['a'] },
      { at: 20, weight: 0, stack: [] },
    ])
  })

  test('a gap around everything is nothing', () => {
    const thread = onTrack(sink => {
      sink.begin(0, UNNAMED, 0)
      sink.begin(0, 2, 2)
      sink.end(0, 2, 10, 8)
      sink.end(0, UNNAMED, 15, UNMEASURED)
    })
    expect(thread?.samples).toEqual([
      { at: 2, weight: 8, stack: ['b'] },
      { at: 10, weight: 0, stack: [] },
    ])
  })

  test('an incomplete call has its place and a marker, but no weight', () => {
    const thread = onTrack(sink => {
      sink.begin(0, 3, 0)
      sink.begin(0, 2, 2)
      sink.end(0, 2, 10, 8)
      sink.end(0, 3, 15, UNMEASURED)
    })
    expect(thread?.samples).toEqual([
      { at: 0, weight: 0, stack: ['c [mod]'] },
      { at: 2, weight: 8, stack: ['c [mod]', 'b'] },
      { at: 10, weight: 0, stack: ['c [mod]'] },
      { at: 15, weight: 0, stack: [] },
    ])
    expect(thread?.markers).toEqual([
      { name: 'incomplete: c [mod]', at: 0, end: 15, data: { type: 'Call' } },
    ])
  })
})

test('markers, by time, on the threads of tasks and of cpus', () => {
  const { threads } = decoded(sink => {
    sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
    sink.defineLane(0, { kind: 'markers', name: 'markers', owner: { track: 0 } })
    sink.defineLane(1, { kind: 'interrupts', name: 'irqs', owner: { cpu: 2 } })
    sink.beginSection(0, 10, 'outer')
    sink.beginSection(0, 20, 'inner')
    sink.instant(0, 25, 'print', 'hello "you"')
    sink.endSection(0, 30)
    sink.endSection(0, 40)
    sink.count(0, 50, 'pages', 1.5)
    sink.instant(0, 60, '<stack trace>', '', ['f', 'main'])
    sink.beginSection(1, 10, 'timer')
    sink.endSection(1, 11)
    sink.lost(2, 12, 5)
    sink.lost(2, 13, 0)
  })
  const list = threads.map(({ name, markers }) => [
    name,
    ...markers.map(({ name, at, end, data }) => `${at}-${end} ${name} ${JSON.stringify(data)}`),
  ])
  expect(list).toEqual([
    [
      'app-7',
      '10-40 outer {"type":"Section","row":"markers"}',
      '20-30 inner {"type":"Section","row":"markers"}',
      '25-undefined print {"type":"Event","text":"hello \\"you\\""}',
      '50-undefined pages {"type":"Counter","value":1.5}',
      '60-undefined <stack trace> {"type":"Event","stack":["f","main"]}',
    ],
    [
      'CPU 2',
      '10-11 timer {"type":"Section","row":"irqs"}',
      '12-undefined lost events {"type":"Lost","events":5}',
      '13-undefined lost events {"type":"Lost"}',
    ],
  ])
})

test('categories of stacks: the kernel, modules, and whatever an interrupt calls', () => {
  const file = written(openFirefox, sink => {
    defineFunctions(sink, 'vfs_read', 'ext4_read [ext4]', '__irq_exit_rcu', 'vring_interrupt')
    sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
    for (const [index, func] of [1, 2, 3, 2].entries()) sink.begin(0, func, index)
    for (const func of [2, 3, 2, 1]) sink.end(0, func, 10, 0)
  })
  expect([...categoriesOfFirefox(file)]).toEqual([
    ['vfs_read', 'Kernel'],
    ['vfs_read ext4_read', 'Module'],
    ['vfs_read ext4_read __irq_exit_rcu', 'Interrupt'],
    ['vfs_read ext4_read __irq_exit_rcu ext4_read', 'Interrupt'],
  ])
})

test('times are those of the trace if asked for', () => {
  const told = (origin: string, absoluteTime: boolean) => {
    const open: typeof openFirefox = (out, options) =>
      openFirefox(out, { ...options, absoluteTime })
    const events = (sink: TimelineSink) => {
      defineFunctions(sink, 'a')
      sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
      sink.begin(0, 1, 0)
      sink.instant(0, 21_000, 'print', '')
      sink.end(0, 1, 1_000_000, 1_000_000)
    }
    const file = written(open, events, { origin }).toString()
    const [, start] = /"profilingStartTime":([^,]+),/.exec(file) ?? []
    const [, marker] = /"startTime":\[([^\]]*)\]/.exec(file) ?? []
    const [, samples, weights] = /"time":\[([^\]]*)\],\n"weight":\[([^\]]*)\]/.exec(file) ?? []
    return [start, marker, samples, weights]
  }
  const since = ['0', '0.021000', '0,1', '1,0']
  expect(told('606.478818', false)).toEqual(since)
  expect(told('', true)).toEqual(since)
  expect(told('606.478818', true)).toEqual([
    '606478.818',
    '606478.839000',
    '606478.818000,606479.818000',
    '1,0',
  ])
})

test('categories of markers', () => {
  const file = written(openFirefox, sink => {
    sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
    sink.defineLane(0, { kind: 'interrupts', name: 'irqs', owner: { cpu: 2 } })
    sink.instant(0, 1, 'sched_waking', '')
    sink.instant(0, 2, 'irq_handler_entry', '')
    sink.instant(0, 3, 'print', '')
    sink.beginSection(0, 4, 'timer')
    sink.endSection(0, 5)
  })
  const { meta, threads } = JSON.parse(file.toString())
  const names = threads.flatMap(({ markers }: { markers: { category: number[] } }) =>
    markers.category.map(category => meta.categories[category].name),
  )
  expect(names).toEqual(['Scheduler', 'Interrupt', 'Other', 'Interrupt'])
})

test('threads: the busiest first, idle tasks last, ids of their own', () => {
  const { threads, meta } = decoded(sink => {
    defineFunctions(sink, 'a')
    sink.defineTrack(0, { pid: 0, comm: 'swapper/0', cpu: 0 })
    sink.defineTrack(1, { pid: 7, comm: 'app', cpu: undefined })
    sink.defineTrack(2, { pid: 7, comm: 'again', cpu: undefined })
    sink.defineTrack(3, { pid: undefined, comm: '', cpu: 3 })
    sink.defineTrack(4, { pid: 8, comm: 'nothing', cpu: undefined })
    for (const [track, duration] of [9000, 10, 100, 1].entries()) {
      sink.begin(track, 1, 5)
      sink.end(track, 1, 5 + duration, duration)
    }
  })
  expect(threads.map(({ name, tid }) => [name, tid])).toEqual([
    ['again-7', 7],
    ['app-7', 4194305],
    ['CPU 3', 4194306],
    ['swapper/0', 4194307],
  ])
  expect(meta).toMatchObject({ initialVisibleThreads: [0, 1, 2, 3], initialSelectedThreads: [0] })
})

test('an empty trace', () => {
  expect(decoded(() => {}).threads).toEqual([])
})

describe.each(captures)('%s', path => {
  test('weights are measurements', async () => {
    const { outputs, totals } = await capture(path)
    const self = [...totals].flatMap(([name, { self }]) =>
      self > 0 ? [[name, self] as const] : [],
    )
    expect(selfOfFirefox(outputs.firefox)).toEqual(new Map(self))
  })

  test('positions are those of Chrome', async () => {
    const { outputs } = await capture(path)
    const chrome = totalsOfExtents(eventsOfChrome(outputs.chrome))
    const self = [...chrome].flatMap(([name, { self }]) =>
      self > 0 ? [[name, self] as const] : [],
    )
    expect(placedOfFirefox(outputs.firefox)).toEqual(new Map(self))
  })
})
