import { describe, expect, test } from 'vitest'
import { timelineOf } from '../dump-timeline.js'
import { readTrace } from '../read-trace.js'

const anchor = ' 0)   1.000 us    |  anchor();\n'
const anchored = ['CPU 0 0 anchor {', 'CPU 0 1000 } anchor 1000']

/** The events that a line gives behind three calls of 1 us. */
function eventsOf(line: string): string[] {
  return timelineOf(`${anchor.repeat(3)}${line}\n`).slice(6)
}

describe('a call', () => {
  test.each([
    [' 0)   0.083 us    |  f();', 83],
    [' 0) ! 351.911 us  |  f();', 351_911],
    [' 0) * 33998.59 us |  f();', 33_998_590],
    [' 0) @ 119760.2 us |  f();', 119_760_200],
    [' 0) $ 3594274 us  |  f();', 3_594_274_000],
    [' 0) $ 123456789 us |  f();', 123_456_789_000],
    [' 0)   12.409 us   |  f();', 12_409],
  ])('%s has its duration to the last digit', (line, nanos) => {
    expect(eventsOf(line)).toEqual([`CPU 0 3000 f {`, `CPU 0 ${3000 + nanos} } f ${nanos}`])
  })

  test('of negative duration counts as 0', () => {
    const text = `${anchor} 0) $ 18446744073709546 us |  f();\n`
    expect(timelineOf(text).at(-1)).toBe('CPU 0 1000 } f 0')
    expect(readTrace(text).diagnostics).toContainEqual(
      expect.objectContaining({ name: 'negative-durations', count: 1 }),
    )
  })

  test.each([
    ['nf_hook [nf_conntrack]();', 'nf_hook [nf_conntrack]'],
    ['link_path_walk.part.0.constprop.0();', 'link_path_walk.part.0.constprop.0'],
    ['bpf_prog_6deef7357e7b4530_x [bpf]();', 'bpf_prog_6deef7357e7b4530_x [bpf]'],
    ['0xffffffffc0a1b2c3();', '0xffffffffc0a1b2c3'],
    ['__kstrtab_$x();', '__kstrtab_$x'],
  ])('%s is named %s', (call, name) => {
    expect(eventsOf(` 0)   2.000 us    |  ${call}`)).toEqual([
      `CPU 0 3000 ${name} {`,
      `CPU 0 5000 } ${name} 2000`,
    ])
  })

  test.each([
    ['f() {', '}'],
    ['f(x=0x1) { /* <-g+0x1d/0x40 [mod] <ffffffffc0a1b2c3> */', '} /* f */'],
    ['f(x=0x1) {', '} /* f ret=0x0 */'],
    ['f() {', '} /* f = -22 */'],
    ['f() {', '} /* f() */'],
    ['f [nf_nat]() {', '} /* f [nf_nat] ret=0x1 */'],
  ])('%s is closed by %s', (entry, exit) => {
    const text = ` 0)               |  ${entry}\n 0)   9.000 us    |  ${exit}\n`
    const { calls, lines } = readTrace(anchor.repeat(3) + text)
    expect(lines).toMatchObject({ entry: 1, exit: 1, unrecognized: 0 })
    expect(calls).toEqual({ complete: 4, incomplete: 0, orphan: 0 })
  })
})

describe('no line of the call graph', () => {
  test.each([
    ['', 'other'],
    [' ------------------------------------------', 'other'],
    [' (Overruns: 12)', 'other'],
    ['##### CPU 1 buffer started ####', 'other'],
    ['[LINE TOO BIG]', 'other'],
    [' 0)   ==========> |', 'other'],
    [' 0)   <========== |', 'other'],
    ['         python3-215     [001] d..2.   101.546691: <stack trace>', 'other'],
    [' => __schedule', 'other'],
    ['Tracing "udp_sendmsg"... Ctrl-C to end.', 'other'],
    ['Ending tracing...', 'other'],
    ['# CPU  DURATION                  FUNCTION CALLS', 'header'],
    ['# ./funcgraph udp_sendmsg', 'header'],
    [' 0)  bash-133    =>  python3-215  ', 'switch'],
    [' 0)  a => b-1    =>  => c-2       ', 'switch'],
    [' 0)               |  /* a marker */', 'comment'],
    ['CPU:1 [LOST 187278 EVENTS]', 'lost'],
    ['CPU:1 [LOST EVENTS]', 'lost'],
    ['root@host:~# cat trace', 'other'],
    [' 0)   1.0', 'unrecognized'],
    [' 0)   1.000 us    |  not a call', 'unrecognized'],
  ])('%j is %s', (line, kind) => {
    const { lines } = readTrace(`${anchor.repeat(3)}${line}\n`)
    expect(lines).toMatchObject({ total: 4, leaf: 3, [kind]: 1 })
  })
})

describe('a comment', () => {
  test.each([
    ['/* a marker */', '* a marker'],
    ['/* x */ y */', '* x */ y'],
    ['/* } /* fake */ */', '* } /* fake */'],
    ['/*  */', '* [event]'],
    ['/* sched_waking: comm=a b pid=1 */', '* sched_waking (comm=a b pid=1)'],
    ['/* CPU:1 [LOST 5 EVENTS] */', '* CPU:1 [LOST 5 EVENTS]'],
  ])('%s is an instant', (comment, event) => {
    expect(eventsOf(` 0)               |  ${comment}`)).toEqual([`CPU 0 3000 ${event}`])
  })

  test('may have several lines', () => {
    expect(eventsOf(' 0)               |  /* dump: one\ntwo */')).toEqual([
      'CPU 0 3000 * dump (one\ntwo)',
    ])
  })

  test('that never closes ends where calls go on', () => {
    const text = ` 0)               |  /* open\nmore\n${anchor}`
    expect(timelineOf(anchor + text)).toEqual([
      ...anchored,
      'CPU 0 1000 * open\nmore',
      'CPU 0 1000 anchor {',
      'CPU 0 2000 } anchor 1000',
    ])
  })
})

describe('a task cell', () => {
  test.each([
    ['  python3-263   ', 'python3-263'],
    ['    bash-170    ', 'bash-170'],
    ['    p|q-168     ', 'p|q-168'],
    ['   x | y-12     ', 'x | y-12'],
    ['    => y-99     ', '=> y-99'],
    ['   /* c */-212  ', '/* c */-212'],
    ['    a-b-12      ', 'a-b-12'],
    ['   12) fo-7     ', '12) fo-7'],
    ['     }-42       ', '}-42'],
    ['    <...>-99    ', '<...>-99'],
    ['   \u00e9\u00e9-218    ', '\u00e9\u00e9-218'],
    ['kworker-1234567 ', 'kworker-1234567'],
  ])('%j is task %s', (cell, name) => {
    const line = ` 1) ${cell}|   1.000 us    |  f();\n`
    expect(timelineOf(line.repeat(3)).slice(0, 2)).toEqual([
      `${name} 0 f {`,
      `${name} 1000 } f 1000`,
    ])
  })

  test('of the idle task is one for each cpu', () => {
    const line = (cpu: number) => ` ${cpu})    <idle>-0    |   1.000 us    |  f();\n`
    expect(timelineOf(line(0) + line(1)).map(event => event.split(' ')[0])).toEqual([
      'swapper/0',
      'swapper/0',
      'swapper/1',
      'swapper/1',
    ])
  })
})

test('carriage returns and trailing blanks do not matter', () => {
  const text = ' 0)               |  f() {\n 0)   1.000 us    |    g();\n 0)   3.000 us    |  }\n'
  const expected = timelineOf(text)
  expect(timelineOf(text.replaceAll('\n', '\r\n'))).toEqual(expected)
  expect(timelineOf(text.replaceAll('\n', '  \n'))).toEqual(expected)
})

test('the last line may lack its line feed', () => {
  expect(timelineOf(anchor.trimEnd())).toEqual(anchored)
})

describe('a line without end', () => {
  const long = 'x'.repeat(100 * 1024 * 1024)

  test.each([1 << 20, 3 << 20])('of 100 MB is skipped and counted, in chunks of %i', chunk => {
    const { lines, diagnostics } = readTrace(`${anchor}${long}\n${anchor}`, undefined, chunk)
    expect(lines).toMatchObject({ total: 3, leaf: 2, unrecognized: 1 })
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ name: 'long-lines', count: 1, lines: [2] }),
    )
  })
})

describe('a text that is no trace', () => {
  test.each([
    ['', /nothing in it/],
    ['# tracer: nop\n#\n', /the tracer was nop, not function_graph/],
    ['hello\nworld\n', /not a function_graph trace; looked for .*kernel: lines such as/],
    ['\u0000\u0001\u0002'.repeat(1000), /not a function_graph trace/],
  ])('%j is refused', (text, message) => {
    expect(() => readTrace(text)).toThrow(message)
  })
})

describe('a name with line feeds breaks its lines', () => {
  test('in the task column', () => {
    const call = '   67.725228 |    7)    a\nb-223     |   1.000 us    |  f(x=1); /* ret=-2 */\n'
    const comment = '   67.725229 |    7)    a\nb-223     |               |  /* one: two */\n'
    const whole = '   67.725228 |    7)     cat-1      |   1.000 us    |  g();\n'
    const text = whole.repeat(5) + call.repeat(4) + comment
    const events = timelineOf(text)
    expect(events).toContain('a b-223 1999 * one (two)')
    expect(events).toContain('a b-223 999 } f 1000 x=1 return=-2 returned error=ENOENT')
    expect(readTrace(text).lines).toMatchObject({ leaf: 9, comment: 1, other: 5, unrecognized: 0 })
  })

  test('in the blocks between tasks', () => {
    const block = (from: string, to: string) =>
      ` ------------------------------------------\n 0) ${from} => ${to}\n ------------------------------------------\n\n`
    const call = ' 0)   1.000 us    |  f();\n'
    const text = `${call.repeat(3)}${block('   bash-1     ', '   a\n\nb-223   ')}${call}${block('   a\n\nb-223   ', '   bash-1     ')}${call}`
    expect(timelineOf(text).map(event => event.split(' ').slice(0, -3).join(' '))).toContain(
      'a  b-223',
    )
    expect(readTrace(text)).toMatchObject({
      lines: { leaf: 5, switch: 2, unrecognized: 0 },
      tasks: [
        { pid: 1, comm: 'bash' },
        { pid: 223, comm: 'a  b' },
      ],
    })
  })

  test('and what is cut within the task column is no line', () => {
    const text = '   67.725228 |    7)    cat-223     |   1.000 us    |  f();\n'.repeat(3)
    expect(readTrace(`${text}b-223     |   1.000 us    |  f();\n`).lines.unrecognized).toBe(1)
  })
})
