import { describe, expect, test } from 'vitest'
import { timelineOf } from '../dump-timeline.js'

/** Each comment on a line of its own, a microsecond apart. */
function eventsOf(...comments: string[]): string[] {
  const lines = comments.map(
    (comment, index) =>
      ` 1.00000${index} |   0)    bash-1      |               |  /* ${comment} */\n`,
  )
  const call = '    1.000009 |   0)    bash-1      |   1.000 us    |  f();\n'
  return timelineOf(`${lines.map(line => `   ${line}`).join('')}${call.repeat(3)}`).slice(0, -6)
}

describe('a marker', () => {
  test('B and E are a section of their task', () => {
    expect(eventsOf('B|7|draw', 'B|7|text|bold', 'E|7', 'E')).toEqual([
      'bash-1 markers 0 [draw',
      'bash-1 markers 1000 [text|bold',
      'bash-1 markers 2000 ]',
      'bash-1 markers 3000 ]',
    ])
  })

  test('named by its event', () => {
    expect(eventsOf('tracing_mark_write: B|7|draw', 'tracing_mark_write: E|7')).toEqual([
      'bash-1 markers 0 [draw',
      'bash-1 markers 1000 ]',
    ])
  })

  test('S and F may overlap, in lanes of their own', () => {
    expect(eventsOf('S|7|io|1', 'S|7|io|2', 'F|7|io|1', 'F|7|io|2')).toEqual([
      'bash-1 io 0 [io',
      'bash-1 io 1000 [io',
      'bash-1 io 2000 ]',
      'bash-1 io 3000 ]',
    ])
  })

  test('G and H name their row', () => {
    expect(eventsOf('G|7|disk|read|1', 'H|7|disk|1')).toEqual([
      'bash-1 disk 0 [read',
      'bash-1 disk 1000 ]',
    ])
  })

  test('C is a count', () => {
    expect(eventsOf('C|7|fps|60', 'C|7|fps|-1.5')).toEqual([
      'bash-1 0 # fps 60',
      'bash-1 1000 # fps -1.5',
    ])
  })

  test('I and N are instants', () => {
    expect(eventsOf('I|7|here', 'N|7|row|there')).toEqual([
      'bash-1 0 * here',
      'bash-1 1000 * row: there',
    ])
  })

  test('that ends nothing, or counts nothing, is an instant as it stands', () => {
    expect(eventsOf('E|7', 'F|7|io|1', 'C|7|fps|many')).toEqual([
      'bash-1 0 * E|7',
      'bash-1 1000 * F|7|io|1',
      'bash-1 2000 * C|7|fps|many',
    ])
  })

  test('of any other form is an instant', () => {
    expect(eventsOf('hello', 'Back|7|x', 'progress: 5')).toEqual([
      'bash-1 0 * hello',
      'bash-1 1000 * Back|7|x',
      'bash-1 2000 * progress (5)',
    ])
  })
})

describe('interrupts', () => {
  test('are sections of their cpu, beside the instants', () => {
    expect(
      eventsOf(
        'softirq_entry: vec=9 [action=RCU]',
        'irq_handler_entry: irq=1 name=i8042',
        'irq_handler_exit: irq=1 ret=handled',
        'softirq_exit: vec=9 [action=RCU]',
      ).filter(line => line.includes('interrupt events')),
    ).toEqual([
      'CPU 0 interrupt events 0 [softirq RCU',
      'CPU 0 interrupt events 1000 [irq 1 i8042',
      'CPU 0 interrupt events 2000 ]',
      'CPU 0 interrupt events 3000 ]',
    ])
  })

  test('whose entry is not in the trace are instants alone', () => {
    expect(eventsOf('softirq_exit: vec=9 [action=RCU]')).toEqual([
      'bash-1 0 * softirq_exit (vec=9 [action=RCU])',
    ])
  })

  test('end where events of their cpu are lost', () => {
    const text =
      '    1.000000 |   0)    bash-1      |               |  /* local_timer_entry: vector=236 */\n' +
      'CPU:0 [LOST 5 EVENTS]\n' +
      '    1.000005 |   0)    bash-1      |   1.000 us    |  f();\n'.repeat(3)
    expect(timelineOf(text).slice(0, 4)).toEqual([
      'bash-1 0 * local_timer_entry (vector=236)',
      'CPU 0 interrupt events 0 [local timer',
      'CPU 0 interrupt events 0 ]',
      'cpu 0 0 lost 5',
    ])
  })
})

test('switches show which task a cpu runs, and leave it idle', () => {
  const toCat =
    'sched_switch: prev_comm=bash prev_pid=1 prev_prio=120 prev_state=S ==> next_comm=my cat next_pid=2 next_prio=120'
  const toIdle =
    'sched_switch: prev_comm=my cat prev_pid=2 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120'
  expect(eventsOf(toCat, toIdle).filter(line => line.startsWith('CPU 0 tasks'))).toEqual([
    'CPU 0 tasks 0 [my cat-2',
    'CPU 0 tasks 1000 ]',
  ])
  expect(eventsOf('sched_switch: bash:1 [120] S ==> cat:2 [120]').at(1)).toBe(
    'CPU 0 tasks 0 [cat-2',
  )
})

describe('a stack trace', () => {
  const comment = ' 0)               |  /* wakeup: cat */\n'
  const call = ' 0)   1.000 us    |  f();\n'
  const stack =
    '         python3-215     [000] d..2.   101.546691: <stack trace>\n => inner\n => outer\n'

  test('belongs to the event before it', () => {
    expect(timelineOf(call.repeat(3) + comment + stack + call)[6]).toBe(
      'CPU 0 3000 * wakeup (cat) <- inner <- outer',
    )
  })

  test('may have other lines around it', () => {
    const text = `${call.repeat(3)}${comment}##### CPU 0 buffer started ####\n${stack}\n${call}`
    expect(timelineOf(text)[6]).toBe('CPU 0 3000 * wakeup (cat) <- inner <- outer')
  })

  test('is an event by itself where none is before it, or that of another cpu', () => {
    const own = 'CPU 0 3000 * <stack trace> <- inner <- outer'
    expect(timelineOf(call.repeat(3) + stack + call)[6]).toBe(own)
    const elsewhere = comment.replace('0)', '1)')
    expect(timelineOf(call.repeat(3) + elsewhere + stack + call)[7]).toBe(own)
  })

  test('of a program is written as a comment', () => {
    const text =
      ' 0)               |  /* <user stack trace>\n =>  <00007fb6ad721350>\n =>  <55cb> */\n'
    expect(timelineOf(call.repeat(3) + text + call)[6]).toBe(
      'CPU 0 3000 * <user stack trace> <- <00007fb6ad721350> <- <55cb>',
    )
    expect(timelineOf(call.repeat(3) + comment + text + call)[6]).toBe(
      'CPU 0 3000 * wakeup (cat) <- <00007fb6ad721350> <- <55cb>',
    )
  })
})
