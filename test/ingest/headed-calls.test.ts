import { describe, expect, test } from 'vitest'
import { timelineOf } from '../dump-timeline.js'
import { readTrace } from '../read-trace.js'

function textOf(...lines: string[]): string {
  return `${['# tracer: nop', '#', ...lines].join('\n')}\n`
}

function at(micros: number, event: string, head = '            bash-1234    [001] .....'): string {
  return `${head}   123.${String(micros).padStart(6, '0')}: ${event}`
}

describe('case 71, a call behind the head of an event', () => {
  test('has the task and the time of the head', () => {
    const text = textOf(
      at(0, ' 1)               |  f() {'),
      at(2, ' 1)   0.123 us    |    g();'),
      at(5, 'sched_wakeup: comm=cat pid=7 prio=120'),
      at(8, ' 1)   8.000 us    |  }'),
    )
    expect(timelineOf(text)).toEqual([
      'bash-1234 0 f {',
      'bash-1234 2000 g {',
      'bash-1234 2123 } g 123',
      'bash-1234 5000 * sched_wakeup (comm=cat pid=7 prio=120)',
      'bash-1234 8000 } f 8000',
    ])
    const { dialect, columns, lines } = readTrace(text)
    expect(dialect).toBe('android')
    expect(columns).toEqual(['TIME', 'CPU', 'TASK/PID', 'DURATION'])
    expect(lines).toMatchObject({ entry: 1, leaf: 1, exit: 1, comment: 1, unrecognized: 0 })
  })

  test.each([
    ['of every column', '   123.000000 |   1)    cat-7       |  d..1. |   8.000 us    |  f();'],
    ['of no column but its duration', '  8.000 us    |  f();'],
    ['without duration', ' 1)  f();'],
    ['with notes', ' 1)   8.000 us    |  f(); /* ret=0x0 */'],
  ])('%s', (_, call) => {
    const [begin] = timelineOf(textOf(at(0, call)))
    expect(begin).toBe('bash-1234 0 f {')
    expect(readTrace(textOf(at(0, call))).cpus).toEqual([1])
  })

  test('stands behind the block that tells of another task', () => {
    const text = textOf(
      at(0, ' 1)   1.000 us    |  f();'),
      at(3, ' ------------------------------------------', '             cat-7       [001] .....'),
      ' 1)   bash-1234   =>    cat-7     ',
      ' ------------------------------------------',
      '',
      ' 1)   1.000 us    |  g();',
    )
    expect(timelineOf(text)).toEqual([
      'bash-1234 0 f {',
      'bash-1234 1000 } f 1000',
      'cat-7 3000 g {',
      'cat-7 4000 } g 1000',
    ])
  })

  test('may have a stack, and lines of the function tracer around it', () => {
    const text = textOf(
      at(0, ' 1)   1.000 us    |  f();'),
      at(1, 'vfs_write <-ksys_write'),
      at(2, '<stack trace>'),
      ' => __schedule',
      ' => schedule',
    )
    expect(timelineOf(text)).toEqual([
      'bash-1234 0 f {',
      'bash-1234 1000 } f 1000',
      'bash-1234 2000 * <stack trace> <- __schedule <- schedule',
    ])
    expect(readTrace(text).lines).toMatchObject({ unrecognized: 0 })
  })
})

test.each([
  ['events', [at(0, 'sched_wakeup: comm=cat pid=7'), at(1, 'print: f();')]],
  ['the function tracer', [at(0, 'vfs_write <-ksys_write')]],
])('%s alone are no calls', (_, lines) => {
  expect(() => readTrace(textOf(...lines))).toThrow()
})
