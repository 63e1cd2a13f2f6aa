import { describe, expect, test } from 'vitest'
import { timelineOf } from '../dump-timeline.js'
import { readTrace } from '../read-trace.js'

const HEADER = [
  '# tracer: function_graph',
  '#',
  '# entries-in-buffer/entries-written: 408/408   #P:1',
  '#',
  '#                              _-----=> irqs-off',
  '#           TASK-PID   CPU#  ||||    TIMESTAMP  FUNCTION',
  '#              | |       |   ||||       |         |',
]

function textOf(...lines: string[]): string {
  return `${[...HEADER, ...lines].join('\n')}\n`
}

function at(micros: number, event: string, head = '     spidev_test-1818  [000] ....'): string {
  return `${head}   221.${String(micros).padStart(6, '0')}: ${event}`
}

test('depths are how many calls are open, durations how long', () => {
  const text = textOf(
    at(92, 'graph_ent: func=spidev_ioctl'),
    at(101, 'graph_ent: func=preempt_count_add'),
    at(104, 'graph_ret: func=preempt_count_add'),
    at(110, 'graph_ret: func=spidev_ioctl'),
  )
  expect(timelineOf(text)).toEqual([
    'spidev_test-1818 0 spidev_ioctl {',
    'spidev_test-1818 9000 preempt_count_add {',
    'spidev_test-1818 12000 } preempt_count_add 3000',
    'spidev_test-1818 18000 } spidev_ioctl 18000',
  ])
  const { dialect, columns, lines, calls } = readTrace(text)
  expect(dialect).toBe('android')
  expect(columns).toEqual(['TIME', 'CPU', 'TASK/PID'])
  expect(lines).toMatchObject({ header: 7, entry: 2, exit: 2, unrecognized: 0 })
  expect(calls).toEqual({ complete: 2, incomplete: 0, orphan: 0 })
})

test('atrace -k, with what programs mark', () => {
  const text = [
    'capturing trace... done',
    'TRACE:',
    ...HEADER,
    'Binder_2-127  ( 127) [001] ....  3431.906759: graph_ent: func=sys_write',
    'Binder_2-127  ( 127) [001] ...1  3431.906798: tracing_mark_write: B|127|dequeueBuffer',
    'Binder_2-127  ( 127) [001] ....  3431.906802: graph_ret: func=sys_write',
    'Binder_2-127  ( 127) [001] ...1  3431.906849: tracing_mark_write: E',
    '',
  ].join('\n')
  expect(timelineOf(text)).toEqual([
    'Binder_2-127 0 sys_write {',
    'Binder_2-127 markers 39000 [dequeueBuffer',
    'Binder_2-127 43000 } sys_write 43000',
    'Binder_2-127 markers 90000 ]',
  ])
  expect(readTrace(text).lines).toMatchObject({ other: 2, comment: 2, unrecognized: 0 })
})

describe('what is missing', () => {
  test('an exit, when its caller returns', () => {
    const text = textOf(
      at(0, 'graph_ent: func=f'),
      at(1, 'graph_ent: func=g'),
      at(4, 'graph_ret: func=f'),
      at(5, 'graph_ent: func=h'),
      at(6, 'graph_ret: func=h'),
    )
    expect(timelineOf(text)).toEqual([
      'spidev_test-1818 0 f {',
      'spidev_test-1818 1000 g {',
      'spidev_test-1818 1000 } g incomplete',
      'spidev_test-1818 4000 } f 4000',
      'spidev_test-1818 5000 h {',
      'spidev_test-1818 6000 } h 1000',
    ])
  })

  test('an entry, of a call inside of another', () => {
    const text = textOf(
      at(0, 'graph_ent: func=f'),
      at(3, 'graph_ret: func=g'),
      at(4, 'graph_ret: func=f'),
    )
    expect(timelineOf(text)).toEqual([
      'spidev_test-1818 0 f {',
      'spidev_test-1818 3000 ? {',
      'spidev_test-1818 3000 } g 0',
      'spidev_test-1818 4000 } f 4000',
    ])
  })

  test('an entry, before the trace begins', () => {
    const text = textOf(at(0, 'graph_ret: func=f'), at(1, 'graph_ent: func=g'))
    expect(readTrace(text).calls).toEqual({ complete: 0, incomplete: 1, orphan: 1 })
  })

  test('whatever was lost', () => {
    const text = textOf(
      at(0, 'graph_ent: func=f'),
      'CPU:0 [LOST 12 EVENTS]',
      at(3, 'graph_ent: func=g'),
      at(4, 'graph_ret: func=g'),
    )
    expect(timelineOf(text)).toEqual([
      'spidev_test-1818 0 f {',
      'spidev_test-1818 0 } f incomplete',
      'cpu 0 0 lost 12',
      'spidev_test-1818 3000 g {',
      'spidev_test-1818 4000 } g 1000',
    ])
  })
})

test('the idle task of each cpu has its own calls', () => {
  const idle = (cpu: number) => `          <idle>-0     [00${cpu}] d..2`
  const text = textOf(
    at(0, 'graph_ent: func=f', idle(0)),
    at(1, 'graph_ent: func=f', idle(1)),
    at(2, 'graph_ret: func=f', idle(0)),
    at(3, 'graph_ret: func=f', idle(1)),
  )
  expect(timelineOf(text)).toEqual([
    'swapper/0 0 f {',
    'swapper/1 1000 f {',
    'swapper/0 2000 } f 2000',
    'swapper/1 3000 } f 2000',
  ])
})

test.each([
  ['foo.isra.0', 'foo.isra.0'],
  ['foo [mod]', 'foo [mod]'],
  ['foo+0x0/0x18', 'foo'],
  ['foo+0x0/0x18 [mod]', 'foo [mod]'],
  ['foo+0x0/0x18 [mod] <bf0001c4>', 'foo [mod]'],
  ['foo <c0101234>', 'foo'],
  ['0xc0101234', '0xc0101234'],
])('%s is called %s', (symbol, name) => {
  expect(timelineOf(textOf(at(0, `graph_ent: func=${symbol}`)))[0]).toBe(
    `spidev_test-1818 0 ${name} {`,
  )
})

describe('among the calls', () => {
  const f = [at(0, 'graph_ent: func=f'), at(9, 'graph_ret: func=f')] as const

  test.each([
    ['an event', at(5, 'sched_wakeup: comm=g pid=7'), { comment: 1 }],
    ['a call without a name', at(5, 'graph_ent: func='), { comment: 1 }],
    ['a stack', `${at(5, '<stack trace>')}\n => schedule`, { other: 2 }],
    ['text of several lines', `${at(5, 'print: a')}\nb`, { comment: 1, other: 1 }],
    ['the function tracer', at(5, 'vfs_write <-ksys_write'), { other: 1 }],
    ['a buffer that starts', '##### CPU 1 buffer started ####', { other: 1 }],
    ['nonsense', 'nonsense', { other: 1 }],
    ['nonsense of a task', at(5, 'nonsense'), { other: 1 }],
  ])('%s', (_, line, counts) => {
    const { lines } = readTrace(textOf(f[0], line, f[1]))
    expect(lines).toMatchObject({ entry: 1, exit: 1, unrecognized: 0, ...counts })
  })

  test('another trace', () => {
    const text = textOf(...f)
    expect(timelineOf(text + text)).toEqual([
      'spidev_test-1818 0 f {',
      'spidev_test-1818 9000 } f 9000',
      'spidev_test-1818 9000 f {',
      'spidev_test-1818 18000 } f 9000',
    ])
  })
})
