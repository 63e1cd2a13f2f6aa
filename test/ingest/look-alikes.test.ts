import { expect, test } from 'vitest'
import { lookAlike } from '../../src/ingest/capture/look-alikes.js'
import { corpus } from '../captures.js'
import { readCapture } from '../read-trace.js'

const latency = (tracer: string) => [
  `# tracer: ${tracer}`,
  '#',
  `# ${tracer} latency trace v1.1.5 on 7.2.13`,
  '  bash-1507    0d..1    0us : _raw_spin_lock_irqsave <-foo',
]

const sure: readonly [string, readonly string[], RegExp][] = [
  ['trace.dat', ['\x17\x08Dtracing6\0\0\x08'], /trace\.dat .* read it without --dialect/],
  ['perf.data', ['PERFILE2h\0\0\0'], /perf\.data .* run perf ftrace/],
  ['uftrace replay', ['# DURATION     TID     FUNCTION'], /uftrace replay/],
  [
    'uftrace replay without its header',
    [
      '            [ 1892] | main() {',
      '   2.405 us [ 1892] |   foo();',
      '   1.389 ms [ 1892] |   bar(1, "a") = 2;',
      '   3.005 us [ 1892] | } /* main */',
    ],
    /uftrace replay/,
  ],
  [
    'OP-TEE',
    [
      ' TEE load address @ 0x5ab04000',
      ' Function graph for TA: cb3e5ba0-adf1-11e0-998b-0002a5d5c51b @ 80085000',
    ],
    /OP-TEE/,
  ],
  [
    'OP-TEE without its title',
    [
      '             |   1 |  __ta_entry() {',
      '   43.840 us |   3 |    ta_header_get_session()',
      '  426.992 us |   3 |    }',
    ],
    /OP-TEE/,
  ],
  [
    'the text of 2008',
    [
      'CPU[001]     dput() {',
      'CPU[001]       _spin_lock();',
      'CPU[000] + }   + 14.655 us',
      'CPU[000] ------------8<---------- thread bash-2794 ------------8<----------',
    ],
    /2008/,
  ],
  [
    'perf ftrace profile',
    [
      '# Total (us)   Avg (us)   Max (us)      Count   Function',
      '    7638.372   7638.372   7638.372          1   __do_sys_sync',
    ],
    /perf ftrace profile/,
  ],
  [
    'perf ftrace latency',
    [
      '#   DURATION     |      COUNT | GRAPH                                          |',
      '     0 - 1    us |       2686 | ######################                         |',
    ],
    /perf ftrace latency/,
  ],
  [
    'trace-cmd hist',
    [
      '  %13.27  (216) python3   fn #110',
      '         |',
      '|--%40.00-- x  # 44',
      '|--%20.00-- y  # 22',
    ],
    /trace-cmd hist/,
  ],
]

const unsure: readonly [string, readonly string[], RegExp][] = [
  ['the function tracer', ['# tracer: function', '#'], /the tracer was function, .*no durations/],
  [
    'the function tracer without its header',
    Array(3).fill('   bash-1    [000] d..2.  12.345678: vfs_write <-ksys_write'),
    /the tracer was function, .*no durations/,
  ],
  ['irqsoff', latency('irqsoff'), /display-graph/],
  ['wakeup_rt', latency('wakeup_rt'), /display-graph/],
  ['nop', ['# tracer: nop', '#'], /the tracer was nop, not function_graph; echo function_graph/],
  ['blk', ['# tracer: blk', '#'], /the tracer was blk, not function_graph/],
  [
    'events',
    Array(3).fill('   bash-1   (  170) [000] d..2.  12.345678: sched_switch: prev_comm=bash'),
    /a trace of events/,
  ],
  [
    'initcall_debug',
    ['[    0.5] calling  foo_init+0x0/0x10 @ 1', '[    0.6] initcall foo_init+0x0/0x10 returned 0'],
    /bootgraph/,
  ],
  ['perf script', Array(3).fill('bash  1234 [001] 12.345678:     250000 cycles:'), /perf script/],
]

test.each(sure)('%s is told, whatever a dialect makes of it', (_, lines, sentence) => {
  const found = lookAlike(bytesOf(lines))
  expect(found?.sentence).toMatch(sentence)
  expect(found?.isSure).toBe(true)
})

test.each(unsure)('%s is told where no dialect claims it', (_, lines, sentence) => {
  const found = lookAlike(bytesOf(lines))
  expect(found?.sentence).toMatch(sentence)
  expect(found?.isSure).toBe(false)
})

test.each([...sure, ...unsure])('what is told of %s is one line', (_, lines) => {
  expect(lookAlike(bytesOf(lines))?.sentence).toMatch(/^[a-z].*[^.]$/)
})

test.each(corpus())('%s is surely nothing else', path => {
  expect(lookAlike(readCapture(path).subarray(0, 64 * 1024))?.isSure).not.toBe(true)
})

test.each([
  ['nothing', []],
  [
    'a header of a kernel without cpus',
    ['# tracer: function_graph', '#  DURATION                  FUNCTION CALLS'],
  ],
  ['prose', ['The trace (see below) has 3 calls | and more.']],
])('nothing is told of %s', (_, lines) => {
  expect(lookAlike(bytesOf(lines))).toBeUndefined()
})

function bytesOf(lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.map(line => `${line}\n`).join(''), 'latin1')
}
