import { expect, test } from 'vitest'
import {
  callText,
  durationCell,
  headerOf,
  symbolOf,
  taskCell,
  timeText,
} from '../../src/emit/function-graph/kernel-cells.js'
import { newRow } from '../../src/emit/function-graph/rows.js'
import { UnclosedCalls } from '../../src/emit/function-graph/unclosed-calls.js'

test('durations have seven digits, cut, behind their mark', () => {
  const cells = [980, 12_345, 123_456, 1_234_567, 12_345_678, 123_456_789, 1_234_567_891]
  expect(cells.map(durationCell)).toEqual([
    '  0.980 us    |  ',
    '+ 12.345 us   |  ',
    '! 123.456 us  |  ',
    '# 1234.567 us |  ',
    '* 12345.67 us |  ',
    '@ 123456.7 us |  ',
    '$ 1234567 us  |  ',
  ])
  expect(durationCell(undefined)).toBe('              |  ')
})

test('times are cut to the microsecond', () => {
  expect(timeText({ seconds: 606, nanos: 478_818_000 }, 521_181_999)).toBe('  606.999999')
  expect(timeText({ seconds: 606, nanos: 478_818_000 }, 521_182_000)).toBe('  607.000000')
})

test('a task stands in the middle of its cell, seven bytes of its name', () => {
  const task = (pid: number | undefined, comm: string) => taskCell({ pid, comm, cpu: 0 })
  expect(task(170, 'bash')).toBe('   bash-170   ')
  expect(task(1234567, 'kworker/0:1')).toBe('kworker-1234567')
  expect(task(0, 'swapper/1')).toBe('   <idle>-0   ')
  expect(task(5, '')).toBe('   <...>-5    ')
  expect(task(7, 'äöüß')).toBe('   äöü-7   ')
})

test('calls have their notes where the kernel prints them', () => {
  const value = { text: '3', number: 3n, meaning: '' }
  const notes = {
    arguments: [{ name: 'fd', value }],
    caller: 'ksys_read+0x1/0x2',
    returned: { text: '-9', number: -9n, meaning: 'EBADF' },
  }
  expect(callText('entry', 'f', notes)).toBe('f(fd=3) { /* <-ksys_read+0x1/0x2 */')
  expect(callText('leaf', 'f', notes)).toBe('f(fd=3); /* <-ksys_read+0x1/0x2 ret=-9 */')
  expect(callText('exit', 'f', notes)).toBe('} /* f ret=-9 */')
  expect(callText('leaf', 'f', undefined)).toBe('f();')
  expect(symbolOf({ name: '(0x1f)', module: '' })).toBe('0x1f')
})

test('the header names the cells that there are', () => {
  const none = { time: false, cpu: false, task: false, duration: false }
  expect(headerOf({ ...none, cpu: true }).split('\n')[2]).toBe('# CPU               FUNCTION CALLS')
})

test('a capture is over where a line cannot close what is unclosed', () => {
  const [one, other] = [0, 1].map(id => newRow(id, { pid: 1 + id, comm: '', cpu: 0 }))
  const unclosed = new UnclosedCalls()
  const isAnotherCapture = (row: typeof one, depth: number, goesOn = false) =>
    unclosed.closeFor(row, call => call.depth < depth, goesOn)
  expect(isAnotherCapture(one, 1)).toBe(false)
  unclosed.add({ row: one, depth: 2, func: 1 })
  expect(isAnotherCapture(one, 2)).toBe(false)
  expect(unclosed.isEmpty).toBe(true)
  unclosed.add({ row: one, depth: 1, func: 1 })
  expect(isAnotherCapture(one, 2)).toBe(true)
  unclosed.add({ row: one, depth: 1, func: 1 })
  expect(isAnotherCapture(other, 0, true)).toBe(false)
  expect(unclosed.isEmpty).toBe(false)
  expect(isAnotherCapture(other, 0)).toBe(true)
})
