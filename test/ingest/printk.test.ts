import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { timelineOf } from '../dump-timeline.js'
import { readTrace } from '../read-trace.js'

/** The records of a dump as the kernel prints them: some have several lines. */
const records = [
  'CPU:0 [LOST 7 EVENTS]\n 0)   1.000 us    |  } /* a */',
  ' 0)               |  b() {',
  ' 0)   2.000 us    |    c();',
  ' ------------------------------------------\n 0)  bash-1         =>  cat-2          \n ------------------------------------------\n\n 0)   3.000 us    |  d();',
]
const expected = timelineOf(records.join('\n'))

/** A log of these records, each behind its stamp; further lines are led by blanks or the stamp. */
function dump(stamp: (index: number) => string, isRepeated = false): string {
  const log = ['sysrq: Dump ftrace buffer', 'Dumping ftrace buffer:', '-'.repeat(33)]
  return [...log, ...records, '-'.repeat(33), 'Kernel Offset: disabled']
    .map((record, index) => {
      const lead = isRepeated ? stamp(index) : ' '.repeat(stamp(index).length)
      return `${stamp(index)}${record.replaceAll('\n', `\n${lead}`)}\n`
    })
    .join('')
}

const micros = (index: number) => String(610931 + index * 500).padStart(6, '0')

describe.each([
  ['dmesg', (index: number) => `[  344.${micros(index)}] `],
  ['dmesg -T', () => '[Sun Nov 22 23:51:53 2026] '],
  ['dmesg -x', (index: number) => `kern  :emerg : [   89.${micros(index)}] `],
  ['a console with levels', (index: number) => `<0>[   89.${micros(index)}] `],
  ['caller tags', (index: number) => `[   89.${micros(index)}][  T${index + 100}] `],
  ['syslog', (index: number) => `Nov 22 23:51:53 host kernel: [   89.${micros(index)}] `],
  ['journalctl', () => 'Nov 22 23:51:53 host kernel: '],
  ['syslog with ISO dates', () => '2026-11-22T23:51:53+00:00 host kernel: '],
] as const)('a dump in %s', (_, stamp) => {
  test.each([
    ['blanks', false],
    ['the stamp again', true],
  ])('is the text of the kernel, further lines led by %s', (_, isRepeated) => {
    const log = dump(stamp, isRepeated)
    expect(timelineOf(log)).toEqual(expected)
    expect(readTrace(log)).toMatchObject({
      dialect: 'printk',
      columns: ['CPU', 'DURATION'],
      lines: { entry: 1, leaf: 2, exit: 1, lost: 1, switch: 1, unrecognized: 0 },
    })
  })
})

const stamped = (index: number) => `[  344.${micros(index)}] `

test('a debugger dumps without stamps', () => {
  const text = `Dumping ftrace buffer:\n(skipping 3 entries)\n${'-'.repeat(33)}\n${records.join('\n')}\n`
  expect(timelineOf(text)).toEqual(expected)
  expect(readTrace(text).lines.unrecognized).toBe(0)
})

test('messages of other cpus inside a dump are passed over, broken lines of it counted', () => {
  const lines = dump(stamped).split('\n')
  lines.splice(7, 0, `${stamped(0)}watchdog: BUG: soft lockup`, `${stamped(0)} 0)   1.0 us |  fo`)
  const log = lines.join('\n')
  expect(timelineOf(log)).toEqual(expected)
  expect(readTrace(log).lines.unrecognized).toBe(1)
})

test('a dump may lack its end, or its beginning', () => {
  const lines = dump(stamped).split('\n')
  expect(timelineOf(lines.slice(0, -3).join('\n'))).toEqual(expected)
  expect(timelineOf(lines.slice(3).join('\n'))).toEqual(expected)
})

test('a dump may come after any amount of log', () => {
  const log = `${stamped(0)}Linux version 7.2.13\n`.repeat(20_000)
  expect(timelineOf(log + dump(stamped))).toEqual(expected)
  expect(readTrace(log + dump(stamped), undefined, 1000).lines).toMatchObject({ unrecognized: 0 })
})

test('each dump of a log is a capture of its own', () => {
  const { lines, calls } = readTrace(dump(stamped) + dump(stamped))
  expect(lines).toMatchObject({ entry: 2, leaf: 4, exit: 2, lost: 2, unrecognized: 0 })
  expect(calls).toEqual({ complete: 4, incomplete: 2, orphan: 2 })
})

test('a log without a dump is refused', () => {
  expect(() => readTrace(`${stamped(0)}Linux version 7.2.13\n`.repeat(20_000))).toThrow(
    /printk: a kernel log with `Dumping ftrace buffer:`/,
  )
})

test.each(['plain', 'proc-abstime', 'latency', 'no-cpu', 'tail', 'migration', 'markers'])(
  'golden %s gives the same calls behind stamps',
  name => {
    const text = readFileSync(`golden/${name}/input.txt`, 'utf8').replace(/^#.*\n/gm, '')
    const log = text.replace(/^/gm, () => stamped(1)).replace(/\[[^\]]*\] $/, '')
    expect(timelineOf(log)).toEqual(timelineOf(text))
    expect(readTrace(log).dialect).toBe('printk')
  },
)

test('a text whose last line is short is refused, wherever a layout would look', () => {
  expect(() => readTrace('hello\nhello\n[T1]a\nhello\nhello\n 0)   \n')).toThrow(
    /not a function_graph trace/,
  )
})
