import { describe, expect, test } from 'vitest'
import { type ChromeOptions, openChrome } from '../../src/emit/chrome.js'
import { type Clock, type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { defineFunctions, written } from './captures.js'

interface Event {
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly name: string
  readonly ts?: number
  readonly args?: Readonly<Record<string, unknown>>
}

function chrome(
  events: (sink: TimelineSink) => void,
  options: Partial<ChromeOptions> = {},
): string {
  const open: typeof openChrome = (out, all) => openChrome(out, { ...all, ...options })
  return written(open, events).toString()
}

function eventsIn(json: string): readonly Event[] {
  const file = JSON.parse(json)
  return Array.isArray(file) ? file : file.traceEvents
}

/** A task with a lane, the idle tasks of two cpus, interrupts, and a lane of a cpu. */
function everything(sink: TimelineSink): void {
  defineFunctions(sink, 'vfs_read', 'nf_hook [nf_conntrack]')
  sink.defineTrack(0, { pid: 0, comm: 'swapper/1', cpu: 1 })
  sink.defineTrack(1, { pid: 0, comm: 'swapper/0', cpu: 0 })
  sink.defineTrack(2, { pid: undefined, comm: '', cpu: 0 })
  sink.defineTrack(3, { pid: undefined, comm: '', cpu: 1, isInterrupts: true })
  sink.defineLane(0, { kind: 'markers', name: 'markers', owner: { track: 2 } })
  sink.defineLane(1, { kind: 'tasks', name: 'CPU 0 tasks', owner: { cpu: 0 } })
  sink.begin(2, UNNAMED, 0)
  sink.beginSection(0, 1, 'draw')
  sink.begin(2, 2, 1)
  sink.end(2, 2, 1001, 1000)
  sink.defineTrack(2, { pid: 170, comm: 'bash', cpu: undefined })
  sink.end(2, 1, 2002, 2002)
  sink.begin(3, 1, 2000)
  sink.end(3, 1, 2500, 500)
  sink.endSection(0, 2100)
  sink.begin(0, 1, 3000)
  sink.end(0, 1, 3000, UNMEASURED)
  sink.lost(1, 3000, 7)
}

describe('rows', () => {
  const events = eventsIn(chrome(everything))
  const metadata = (name: string, key: 'pid' | 'tid') =>
    new Map(
      events
        .filter(event => event.ph === 'M' && event.name === name)
        .map(event => [event[key], event.args?.name ?? event.args?.sort_index]),
    )

  test('tasks are processes by the names that they had last', () => {
    expect([...metadata('process_name', 'pid').values()].sort()).toEqual(['bash', 'cpus', 'idle'])
    expect([...metadata('thread_name', 'tid').values()].sort()).toEqual([
      'CPU 0 tasks',
      'CPU 1 interrupts',
      'bash-170',
      'markers',
      'swapper/0',
      'swapper/1',
    ])
  })

  test('cpus stand above tasks, idle tasks below, cpus and lanes in their order', () => {
    const order = (names: ReadonlyMap<number, unknown>, indexes: ReadonlyMap<number, unknown>) =>
      [...names].map(([id, name]) => ({ name, index: Number(indexes.get(id)) }))
    const byIndex = (rows: ReturnType<typeof order>) =>
      rows.sort((a, b) => a.index - b.index).map(({ name }) => name)
    const processes = order(metadata('process_name', 'pid'), metadata('process_sort_index', 'pid'))
    expect(byIndex(processes)).toEqual(['cpus', 'bash', 'idle'])
    const threads = order(metadata('thread_name', 'tid'), metadata('thread_sort_index', 'tid'))
    const rank = (name: string) => threads.find(thread => thread.name === name)?.index ?? Number.NaN
    expect(rank('swapper/0')).toBeLessThan(rank('swapper/1'))
    expect(rank('bash-170')).toBeLessThan(rank('markers'))
    expect(rank('CPU 0 tasks')).toBeLessThan(rank('CPU 1 interrupts'))
  })

  test('every thread with events has a name', () => {
    const named = metadata('thread_name', 'tid')
    const threads = events.filter(({ ph }) => ph === 'B' || ph === 'E').map(({ tid }) => tid)
    expect(threads.filter(tid => !named.has(tid))).toEqual([])
  })
})

describe('forms', () => {
  test('the object says what is known', () => {
    const { otherData, metadata, displayTimeUnit } = JSON.parse(chrome(everything))
    expect(displayTimeUnit).toBe('ns')
    expect(metadata).toEqual(otherData)
    expect(otherData).toEqual({
      exporter: 'fgraph',
      title: 'trace.txt',
      dialect: 'tracefs',
      columns: 'CPU, DURATION, FUNCTION CALLS',
      clock: 'timestamps',
      positions: 'the timestamps of the trace',
      origin: '1000.000000',
      span_ns: 5008,
      lost_events: 0,
      times: 'since the start of the trace',
      functions: 2,
      calls: 4,
      incomplete_calls: 1,
    })
  })

  test('the array has the same events', () => {
    expect(eventsIn(chrome(everything, { array: true }))).toEqual(eventsIn(chrome(everything)))
  })

  test('the array can be mended wherever it is cut off behind an event', () => {
    const text = chrome(everything, { array: true })
    // Perfetto looks for the first two bytes of an object in an array.
    expect(text.startsWith('[{"')).toBe(true)
    const ends = [...text.matchAll(/,\n/g)].map(({ index }) => index)
    const all = eventsIn(text)
    expect(ends.map(end => eventsIn(`${text.slice(0, end)}]`))).toEqual(
      ends.map((_, index) => all.slice(0, index + 1)),
    )
  })

  test('a trace without events', () => {
    expect(eventsIn(chrome(() => {}))).toEqual([])
    expect(eventsIn(chrome(() => {}, { array: true }))).toEqual([])
  })
})

test('positions are exact to the nanosecond', () => {
  const far = 104 * 86400e9 + 123_456_789
  const json = chrome(sink => {
    defineFunctions(sink, 'a')
    sink.defineTrack(0, { pid: 1, comm: 'init', cpu: undefined })
    sink.begin(0, 1, 1)
    sink.end(0, 1, far, far - 1)
  })
  expect(json).toContain('"ph":"B","pid":1,"tid":1,"ts":0.001,')
  expect(json).toContain(`"ts":${104 * 86400}123456.789,`)
})

describe('times', () => {
  const told = (origin: string, options: Partial<ChromeOptions>) => {
    const open: typeof openChrome = (out, all) => {
      const sink = openChrome(out, { ...all, ...options })
      return { ...sink, start: facts => sink.start({ ...facts, origin }) }
    }
    const text = written(open, sink => {
      defineFunctions(sink, 'a')
      sink.defineTrack(0, { pid: 1, comm: 'init', cpu: undefined })
      for (const at of [0, 21_000, 999_999, 1_000_000, 123_456_789]) {
        sink.begin(0, 1, at)
        sink.end(0, 1, at, 0)
      }
    }).toString()
    return [...text.matchAll(/"ph":"B".*"ts":([\d.]+),/g)].map(([, ts]) => ts)
  }

  test('count from the start', () => {
    const since = ['0', '21', '999.999', '1000', '123456.789']
    expect(told('606.478818', {})).toEqual(since)
    expect(told('', { absoluteTime: true })).toEqual(since)
  })

  test('are those of the trace if asked for', () => {
    expect(told('606.478818', { absoluteTime: true })).toEqual([
      '606478818',
      '606478839',
      '606479817.999',
      '606479818',
      '606602274.789',
    ])
    expect(told('1789456123.999999999', { absoluteTime: true })).toEqual([
      '1789456123999999.999',
      '1789456124000020.999',
      '1789456124000999.998',
      '1789456124000999.999',
      '1789456124123456.788',
    ])
  })
})

test('arguments say what is noted, what is missing, and a duration of another length', () => {
  const notes = {
    arguments: [{ name: 'fd', value: { text: '3', number: 3n, meaning: '' } }],
    caller: '',
    returned: { text: '0xff', number: 0xffn, meaning: '' },
  }
  const argumentsOf = (clock: Clock) => {
    const open: typeof openChrome = (out, all) => {
      const sink = openChrome(out, all)
      return { ...sink, start: facts => sink.start({ ...facts, clock }) }
    }
    const events = eventsIn(
      written(open, sink => {
        defineFunctions(sink, 'a "b"')
        sink.defineTrack(0, { pid: 1, comm: 'init', cpu: undefined })
        for (const [begin, duration, told] of [
          [1, 2000, undefined],
          [1, 2001, undefined],
          [UNNAMED, 3_000_000_000, undefined],
          [UNNAMED, UNMEASURED, undefined],
          [1, UNMEASURED, notes],
          [1, 0, notes],
          [1, 1000, notes],
        ] as const) {
          sink.begin(0, begin, 0)
          sink.end(0, 1, 1000, duration, told)
        }
      }).toString(),
    )
    return events.filter(({ ph }) => ph !== 'M' && ph !== 'B')
  }
  const noted = { fd: 3, return: '0xff' }
  const told = [
    undefined,
    { 'printed duration (ns)': 2001 },
    { 'no entry': true, 'printed duration (ns)': 3_000_000_000 },
    { 'no entry': true, incomplete: true },
    { ...noted, incomplete: true },
    noted,
    noted,
  ]
  const ends = argumentsOf('timestamps')
  expect(ends.map(({ args }) => args)).toEqual(told)
  expect(new Set(ends.map(({ ph, name }) => `${ph} ${name}`))).toEqual(new Set(['E a "b"']))
  // Only the order is known: no duration was printed.
  expect(argumentsOf('order').map(({ args }) => args)).toEqual([
    undefined,
    undefined,
    { 'no entry': true },
    ...told.slice(3),
  ])
})

test('names of any length and in any script', () => {
  const names = ['', 'é', 'x'.repeat(63), '関数', '\u007f\u{10ffff}', 'y'.repeat(70_000)]
  const events = eventsIn(
    chrome(sink => {
      defineFunctions(sink, ...names)
      sink.defineTrack(0, { pid: 1, comm: 'init', cpu: undefined })
      for (let round = 0; round < 3000; round++) {
        const func = 1 + (round % (round % 1000 === 0 ? names.length : names.length - 1))
        sink.begin(0, func, round)
        sink.end(0, func, round + 1, 1)
      }
    }),
  ).filter(({ ph }) => ph === 'B' || ph === 'E')
  expect(
    events.filter(({ name }, index) => {
      const round = index >> 1
      return name !== names[round % (round % 1000 === 0 ? names.length : names.length - 1)]
    }),
  ).toEqual([])
})

test('events of the scheduler and of interrupts have a category', () => {
  const events: readonly (Event & { cat?: string })[] = eventsIn(
    chrome(sink => {
      sink.defineTrack(0, { pid: 1, comm: 'init', cpu: undefined })
      const names = ['sched_waking', 'softirq_entry', 'local_timer_exit', 'hrtimer_start']
      for (const name of names) sink.instant(0, 1, name, '')
    }),
  )
  expect(events.filter(({ ph }) => ph === 'i').map(({ cat }) => cat)).toEqual([
    'sched',
    'irq',
    'irq',
    undefined,
  ])
})
