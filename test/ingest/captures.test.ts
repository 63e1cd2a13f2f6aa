/** Texts that have several captures: where each begins, and that it is read by itself. */
import { describe, expect, test } from 'vitest'
import { type CaptureText, TraceReader } from '../../src/ingest/trace-reader.js'
import type { TraceSummary } from '../../src/ingest/trace-summary.js'
import { ignored } from '../../src/timeline/sinks/index.js'
import { openWritten, readTrace } from '../read-trace.js'

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`
const plain = (call: string) => ` 0)   1.000 us    |  ${call}`
const timed = (time: string, call: string, cpu = 0) =>
  `  ${time} |   ${cpu})   1.000 us    |  ${call}`
const tasked = (time: string, call: string) =>
  `  ${time} |   0)    bash-12     |   1.000 us    |  ${call}`
const event = (time: string, call: string, cpu = 0) =>
  `            bash-12    [00${cpu}]  ${time}: funcgraph_entry:        1.000 us   |  ${call}`

/** `first line: calls`, of each capture. */
function captures({ captures }: TraceSummary): string[] {
  return captures.map(({ number, firstLine, calls, columns }) => {
    const all = calls.complete + calls.incomplete + calls.orphan
    return `#${number} line ${firstLine}: ${all} of ${columns.join(' ')}`
  })
}

const [A, B, C] = ['CPU DURATION', 'TIME CPU DURATION', 'TIME CPU TASK/PID DURATION']

describe('another capture begins', () => {
  test.each<[string, string, string[]]>([
    [
      'at a header',
      lines('# tracer: function_graph', plain('a();'), '# tracer: function_graph', plain('b();')),
      [`#1 line 1: 1 of ${A}`, `#2 line 3: 1 of ${A}`],
    ],
    [
      'at what a tool prints first',
      lines('Tracing "a"... Ctrl-C to end.', plain('a();'), '^C', 'Ending tracing...', '').concat(
        lines('Tracing "b" slower than 1000 us... Ctrl-C to end.', plain('b();')),
      ),
      [`#1 line 1: 1 of ${A}`, `#2 line 6: 1 of ${A}`],
    ],
    ...[
      '# ./funcgraph -d 2 f_read',
      '# cat trace',
      '$ sudo cat trace_pipe',
      '# perf ftrace -G vfs_read',
      'root@host:/sys/kernel/debug/tracing# cat trace',
      '[root@host tracing]# cat trace | head',
      'user@host:~$ sudo trace-cmd report',
      '/ # cat trace',
      'host:~ # cat trace',
      'bash-5.2# cat trace',
      'shell@hammerhead:/ $ cat trace',
    ].map((prompt): [string, string, string[]] => [
      `at a prompt: ${prompt}`,
      lines(plain('a();'), prompt, plain('b();'), plain('c();')),
      [`#1 line 1: 1 of ${A}`, `#2 line 2: 2 of ${A}`],
    ]),
    [
      'at one of another layout',
      lines('# ./a', plain('a();'), '^C', '', '# ./b -tP', tasked('9.000001', 'b();')),
      [`#1 line 1: 1 of ${A}`, `#2 line 5: 1 of ${C}`],
    ],
    [
      'where lines in a row are of another layout',
      lines(plain('a();'), plain('b();'), timed('9.000001', 'c();'), timed('9.000002', 'd();')),
      [`#1 line 1: 2 of ${A}`, `#2 line 3: 2 of ${B}`],
    ],
    [
      'where they are of another layout, and again of the first one',
      lines(plain('a();'), plain('b();'), timed('9.000001', 'c();'), timed('9.000002', 'd();')) +
        lines(plain('e();'), plain('f();')).repeat(30),
      [`#1 line 1: 2 of ${A}`, `#2 line 3: 2 of ${B}`, `#3 line 5: 60 of ${A}`],
    ],
    [
      'where they are of another dialect',
      lines(event('9.000001', 'a();'), event('9.000002', 'b();'), plain('c();'), plain('d();')),
      [`#1 line 1: 2 of ${C}`, `#2 line 3: 2 of ${A}`],
    ],
    [
      'where time jumps back',
      lines(timed('9.000001', 'a();'), timed('9.000002', 'b();')) +
        lines(timed('2.000001', 'a();'), timed('2.000002', 'b();')),
      [`#1 line 1: 2 of ${B}`, `#2 line 3: 2 of ${B}`],
    ],
    [
      'where it does in trace-cmd, on another cpu',
      lines(event('500.000001', 'a();'), event('500.000002', 'b();')) +
        lines(event('80.000001', 'a();', 1), event('80.100002', 'b();', 2)),
      [`#1 line 1: 2 of ${C}`, `#2 line 3: 2 of ${C}`],
    ],
    [
      'in a quoted text',
      lines(...['a();', 'b();', 'c();', '', 'd();', 'e();', 'f();'].map(quotedCall)),
      [`#1 line 1: 3 of ${A}`, `#2 line 4: 3 of ${A}`],
    ],
  ])('%s', (_, text, expected) => {
    const summary = readTrace(text)
    expect(captures(summary)).toEqual(expected)
    expect(summary.lines.unrecognized).toBe(0)
    expect(summary.moved.calls).toBe(0)
    expect(summary.diagnostics.map(({ name }) => name)).toContain('several-captures')
    for (const size of [1, 5, 64, 300]) expect(readTrace(text, ignored, size)).toEqual(summary)
  })
})

function quotedCall(call: string): string {
  return call === '' ? '> # cat trace' : `> ${plain(call)}`
}

describe('none begins', () => {
  const early = timed('1.000001', 'f();')
  test.each([
    ['at a comment', lines(plain('a();'), '# here it is slow', plain('b();'))],
    ['at a prompt that nothing follows', lines(plain('a();'), plain('b();'), '# echo nop > x')],
    ['at one line of another layout', lines(plain('a();'), early, plain('b();'), plain('c();'))],
    [
      'where a time is damaged',
      lines(timed('9.000001', 'a();'), timed('9.000002', 'b();'), early, timed('9.000003', 'c();')),
    ],
    [
      'behind a time that is damaged',
      lines(timed('9.000001', 'a();'), timed('9.000002', 'b();'), timed('99.000002', 'b();')) +
        lines(timed('9.000003', 'c();'), timed('9.000004', 'd();')),
    ],
    [
      'where a cpu is behind another by what a buffer explains',
      lines(timed('9.000001', 'a();'), timed('9.900000', 'b();'), timed('3.500000', 'c();', 1)),
    ],
    [
      'where the buffer of another cpu follows',
      lines(timed('100.000001', 'a();'), timed('200.000000', 'b();')) +
        lines(timed('90.000001', 'c();', 1), timed('199.000001', 'd();', 1)),
    ],
    [
      'at a header without calls',
      lines('# tracer: function_graph', '# tracer: function_graph', plain('a();')),
    ],
  ])('%s', (_, text) => {
    const summary = readTrace(text)
    expect(summary.captures.length).toBe(1)
    expect(summary.diagnostics.map(({ name }) => name)).not.toContain('several-captures')
    for (const size of [1, 5, 64]) expect(readTrace(text, ignored, size)).toEqual(summary)
  })
})

test('each has its own clock and its own place', () => {
  const text =
    lines('# ./a', plain('a();'), plain('a();')) +
    lines('# ./b', timed('700.000000', 'b();'), timed('700.000010', 'b();')) +
    lines('# ./c', timed('50.000000', 'c();'))
  const { captures, clock, origin, span } = readTrace(text)
  const places = captures.map(({ clock, origin, begin, span }) => [clock, origin, begin, span])
  expect(places).toEqual([
    ['rebuilt', '', 0, 2000],
    ['timestamps', '700.000000', 2000, 11_000],
    ['timestamps', '50.000000', 13_000, 1000],
  ])
  expect({ clock, origin, span }).toEqual({ clock: 'rebuilt', origin: '', span: 14_000 })
})

test('calls that are open at the end of one are incomplete, and none of the next', () => {
  const text = lines(' 0)               |  a() {', plain('  b();'), '# ./c', plain('c();'))
  const { captures, calls } = readTrace(text)
  expect(calls).toEqual({ complete: 2, incomplete: 1, orphan: 0 })
  expect(captures.map(({ calls }) => calls.incomplete)).toEqual([1, 0])
})

test('prose and one call among others are a capture', () => {
  const prose = [
    'This is how long it takes',
    'on a machine',
    'of mine',
    'with a disk',
    'that is old',
  ]
  const text = lines(...prose, '# ./a', plain('a();'), '', ...prose, '# ./b', plain('b();'))
  expect(readTrace(text).captures.length).toBe(2)
})

describe('a text of two captures', () => {
  const open = ' 0)               |  a() {'
  const texts: readonly (readonly [string, string])[] = [
    [lines(plain('a();'), plain('b();')), lines('# ./b', plain('a();'))],
    [lines(open, plain('  b();')), lines('# ./b', plain('  b();'), ' 0)   5.000 us    |  }')],
    [lines(timed('9.000001', 'a();')), lines(timed('2.000001', 'a();'), timed('2.000002', 'b();'))],
    [lines(event('9.000001', 'a();')), lines(event('2.000001', 'a();'), event('2.000002', 'b();'))],
    [
      lines(plain('a();'), plain('b();')),
      lines(tasked('2.000001', 'a();'), tasked('2.100000', 'b();')),
    ],
  ]

  test.each(texts)('is two when written as function_graph and read again: %s', async (...both) => {
    const written = await openWritten('function_graph')
    const { captures, calls } = readTrace(both.join(''), written.sink)
    const again = readTrace(written.text)
    expect(captures.length).toBe(2)
    expect(again.captures.length).toBe(2)
    expect(again.calls).toEqual(calls)
    expect(again.captures.map(({ calls }) => calls)).toEqual(captures.map(({ calls }) => calls))
  })

  test.each(texts)('weighs what both weigh: %s', async (...both) => {
    const written = await openWritten('folded')
    readTrace(both.join(''), written.sink)
    const alone = await Promise.all(both.map(foldedWeight))
    expect(weightOf(written.text)).toBe(alone.reduce((sum, weight) => sum + weight))
  })

  test.each(texts)('is told by its lines: %s', (...both) => {
    const pieces: CaptureText[] = []
    const takeText = (piece: CaptureText) => {
      pieces.push({ ...piece, bytes: Uint8Array.from(piece.bytes) })
    }
    const reader = new TraceReader(ignored, {}, takeText)
    for (const byte of Buffer.from(both.join(''))) reader.push(Uint8Array.of(byte))
    reader.endInput()
    for (const number of [1, 2]) {
      const own = pieces.filter(piece => piece.number === number)
      expect(Buffer.concat(own.map(({ bytes }) => bytes)).toString()).toBe(both[number - 1])
      expect(own[0]?.line).toBe(number === 1 ? 0 : both[0].split('\n').length - 1)
    }
  })
})

async function foldedWeight(text: string): Promise<number> {
  const written = await openWritten('folded')
  readTrace(text, written.sink)
  return weightOf(written.text)
}

function weightOf(folded: string): number {
  const weights = folded.split('\n').map(line => Number(line.split(' ').at(-1)))
  return weights.reduce((sum, weight) => sum + weight, 0)
}

test('an arrow is no call of another layout, whatever its task is called', () => {
  const row = (nanos: number, text: string) => `  12.0005${nanos} |   0)  /* c */-1020  | ${text}`
  const usual = Array.from({ length: 60 }, (_, index) => tasked(`12.0004${index + 10}`, 'f();'))
  const text = lines(
    ...usual,
    row(93, '  ==========> |'),
    row(93, '  0.202 us    |  gic_handle_irq();'),
    row(94, '  <========== |'),
    row(96, '  0.352 us    |  irq_exit_rcu();'),
    row(97, '  0.372 us    |  rcu_note_context_switch();'),
  )
  expect(readTrace(text)).toMatchObject({
    captures: { length: 1 },
    lines: { leaf: 63, unrecognized: 0 },
  })
})
