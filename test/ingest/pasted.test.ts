import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Interner } from '../../src/base/interner.js'
import { pasted } from '../../src/ingest/dialects/pasted.js'
import { Tasks } from '../../src/ingest/lines/task-cells.js'
import { isMangled } from '../../src/ingest/text/mangled-line.js'
import { TraceReader } from '../../src/ingest/trace-reader.js'
import { checked } from '../../src/timeline/checked.js'
import { corpus } from '../captures.js'
import { TimelineDump, timelineOf } from '../dump-timeline.js'
import { readCapture, readTrace } from '../read-trace.js'

/** Reads a text as pasted, whatever other dialect would claim it; a character is a byte. */
function readPasted(text: string) {
  const dump = new TimelineDump()
  const reader = new TraceReader(checked(dump), { dialect: 'pasted' })
  reader.push(Buffer.from(text, 'latin1'))
  reader.endInput()
  const summary = reader.finish()
  return { ...summary, timeline: dump.lines.filter(line => !/ on cpu -?\d+$/.test(line)) }
}

/** Every line of a text, changed. */
function eachLine(text: string, change: (line: string) => string): string {
  return `${text.replace(/\n$/, '').split('\n').map(change).join('\n')}\n`
}

/** Blanks before a tab stop as tabs, as `unexpand -a` makes them. */
function tabbed(line: string): string {
  return line.replace(/.{8}/g, cells => cells.replace(/ {2,}$/, '\t'))
}

function collapsed(line: string): string {
  return line.replace(/ +/g, ' ').trim()
}

/** Whole lines, with room behind them as a reader has. */
function sampleOf(text: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(text as string).subarray(0, 64 * 1024)
  const end = bytes.lastIndexOf('\n') + 1
  return Buffer.concat([bytes.subarray(0, end), new Uint8Array(16)]).subarray(0, end)
}

const plain = `
 1)               |  touch_atime() {
 1)   0.123 us    |    foo();
 1)               |    bar [module]() {
 1)   1.000 us    |      baz();
 1)               |      /* marker: (a) {b} */
 1)   2.000 us    |    }
 1) + 12.370 us   |  }
 ------------------------------------------
 1)    bash-170    =>  python3-253  
 ------------------------------------------

 1)   3.000 us    |  quux();
`.slice(1)

describe('changed blanks', () => {
  test.each([
    ['collapsed', eachLine(plain, line => line.replace(/ +/g, ' '))],
    ['collapsed and trimmed', eachLine(plain, collapsed)],
    ['dropped in front', eachLine(plain, line => line.trimStart())],
    ['dropped at both ends', eachLine(plain, line => line.trim())],
    ['dropped behind the bar', plain.replace(/\| +/g, '|')],
    ['dropped on both sides of the bar', plain.replace(/ *\| */g, '|')],
    ['more of them in front', eachLine(plain, line => `    ${line}`)],
    ['a tab in front', eachLine(plain, line => `\t${line}`)],
    ['tabs where tab stops are', eachLine(plain, tabbed)],
    ['a tab for each run', eachLine(plain, line => line.replace(/ {2,}/g, '\t'))],
    ['those of a web page', plain.replace(/ (?= )/g, '\xc2\xa0')],
    ['CRLF', eachLine(plain, line => `${collapsed(line)}\r`)],
  ])('%s', (_, text) => {
    const { timeline, columns, lines } = readPasted(text)
    expect(timeline).toEqual(timelineOf(plain))
    expect(columns).toEqual(['CPU', 'DURATION'])
    expect(lines).toMatchObject({ entry: 2, leaf: 3, exit: 2, comment: 1, switch: 1 })
    expect(lines.unrecognized).toBe(0)
  })

  test('text without a header is claimed by itself', () => {
    expect(readTrace(eachLine(plain, collapsed))).toMatchObject({
      dialect: 'pasted',
      lines: { total: 12, other: 3, unrecognized: 0 },
    })
  })

  test.each([
    ['times', '  606.478818 |   0)', ' 606.478818 | 0)', ['TIME', 'CPU', 'DURATION']],
    ['relative times', '     3750 us |   0)', '3750 us | 0)', ['REL TIME', 'CPU', 'DURATION']],
    ['tasks', ' 0)  python3-413   | ', '0) python3-413 |', ['CPU', 'TASK/PID', 'DURATION']],
    [
      'long tasks',
      ' 0) kworker-4194304 | ',
      '0) kworker-4194304 |',
      ['CPU', 'TASK/PID', 'DURATION'],
    ],
    ['flags', ' 0)  dNh2. | ', '0) dNh2. |', ['CPU', 'FLAGS', 'DURATION']],
    ['nothing', '', '', ['DURATION']],
  ])('calls behind %s', (_, before, after, columns) => {
    const bodies = ['+ 16.070 us   |  a();', '              |  b() {', '  9.000 us    |  }']
    const kernelText = `${bodies.map(body => before + body).join('\n')}\n`
    const text = `${bodies.map(body => `${after} ${collapsed(body)}`).join('\n')}\n`
    expect(timelineOf(kernelText)).toHaveLength(4)
    expect(readPasted(text)).toMatchObject({ timeline: timelineOf(kernelText), columns })
  })

  test.each([
    ['with a time', ' 606.478818 | a() {\n606.478819 | b();\n606.478820 | }\n', ['TIME']],
    ['with a task', 'bash-1 | a() {\nbash-1 | b();\nbash-1 | }\n', ['TASK/PID']],
    ['with a cpu', '0) a() {\n0) b();\n0) }\n', ['CPU']],
  ])('calls without durations, %s', (_, text, columns) => {
    expect(readPasted(text)).toMatchObject({
      columns,
      lines: { entry: 1, leaf: 1, exit: 1 },
      calls: { complete: 2 },
    })
  })

  test('what is said of a call is found', () => {
    const lines = [
      ' 1)               |  a(x=0x1) { /* <-b+0x1d/0x40 [mod] */',
      ' 1)   1.000 us    |    c(); /* ret=0x0 */',
      ' 1)   2.000 us    |  } /* a ret=-22 */',
    ]
    const text = lines.map(line => `>\t${collapsed(line)}\n`).join('')
    expect(readPasted(text).timeline).toEqual(timelineOf(lines.join('\n')))
  })
})

describe('depths counted from the braces', () => {
  test('of each cpu, and of each task on it', () => {
    const text = `
 0)               |  a() {
 1)               |  b() {
 0)               |    c() {
 1)   1.000 us    |    d();
 ------------------------------------------
 0)  bash-1         =>  cat-2          
 ------------------------------------------

 0)   1.000 us    |  e();
 ------------------------------------------
 0)  cat-2          =>  bash-1         
 ------------------------------------------

 0)   2.000 us    |    }
 0)   3.000 us    |  }
 1)   4.000 us    |  }
`.slice(1)
    expect(readPasted(eachLine(text, collapsed)).timeline).toEqual(timelineOf(text))
  })

  test('of each task of a task column, the idle ones one for each cpu', () => {
    const text = `
 0)    <idle>-0    |               |  a() {
 1)    <idle>-0    |               |  a() {
 0)    <idle>-0    |   1.000 us    |    b();
 0)    bash-170    |               |  c() {
 1)    bash-170    |   1.000 us    |    d();
 1)    <idle>-0    |   2.000 us    |  }
 1)    bash-170    |   3.000 us    |  }
 0)    <idle>-0    |   4.000 us    |  }
`.slice(1)
    expect(readPasted(eachLine(text, collapsed)).timeline).toEqual(timelineOf(text))
  })

  test('what was open before the trace begins closes at depth 0', () => {
    const text =
      '1) 1.0 us | }\n1) 2.0 us | } /* a */\n1) | b() {\n1) 1.0 us | c();\n1) 3.0 us | }\n'
    expect(timelineOf(text)).toEqual([
      'CPU 1 0 ? {',
      'CPU 1 0 } [unknown] 1000',
      'CPU 1 0 ? {',
      'CPU 1 0 } a 2000',
      'CPU 1 0 b {',
      'CPU 1 0 c {',
      'CPU 1 1000 } c 1000',
      'CPU 1 3000 } b 3000',
    ])
  })

  test('nothing is open behind a loss', () => {
    const text =
      '1) | a() {\n1) | b() {\nCPU:1 [LOST 5 EVENTS]\n1) 1.0 us | c();\n1) 2.0 us | d();\n'
    expect(timelineOf(text).slice(-5)).toEqual([
      'cpu 1 0 lost 5',
      'CPU 1 0 c {',
      'CPU 1 1000 } c 1000',
      'CPU 1 1000 d {',
      'CPU 1 3000 } d 2000',
    ])
  })
})

describe('Linux 2.6.29', () => {
  test('an interrupt shows on the line of its entry', () => {
    const text = `
 0)               |  a() {
 0)   ==========> |    smp_apic_timer_interrupt() {
 0)   1.000 us    |      b();
 0)   2.000 us    |    }
 0)   <========== |
 0)   3.000 us    |  }
`.slice(1)
    const { timeline, lines } = readPasted(text)
    expect(timeline).toEqual(timelineOf(text.replace('  ==========> ', ' '.repeat(14))))
    expect(lines).toMatchObject({ entry: 2, other: 1, unrecognized: 0 })
  })

  test('without funcgraph-overhead cells are narrower', () => {
    const text = `
 0)             |  a() {
 0) 1.000 us    |    b();
 0) 12.000 us   |  }
`.slice(1)
    expect(readTrace(text)).toMatchObject({ dialect: 'pasted', calls: { complete: 2 } })
    expect(timelineOf(text)).toContain('CPU 0 0 b {')
  })
})

describe('quotations', () => {
  const stamped = eachLine(plain, line => `[  344.610931] ${line}`)

  test.each([
    ['>', '>'],
    ['> ', '> '],
    ['>> ', '>> '],
    ['> > ', '> > '],
    ['| ', '| '],
    [': ', ': '],
    [' * ', ' * '],
  ])('%s', (_, mark) => {
    const text = eachLine(plain, line => mark + line)
    expect(timelineOf(text)).toEqual(timelineOf(plain))
    expect(readTrace(text)).toMatchObject({
      dialect: 'kernel',
      undone: ['quoted'],
      columns: ['CPU', 'DURATION'],
    })
    expect(readPasted(eachLine(text, line => line.trimEnd())).timeline).toEqual(timelineOf(plain))
    expect(readPasted(eachLine(text, collapsed)).timeline).toEqual(timelineOf(plain))
  })

  test('of a kernel log', () => {
    const text = eachLine(stamped, line => `> ${line}`)
    expect(timelineOf(text)).toEqual(timelineOf(plain))
  })

  test('of a kernel log whose dump comes later', () => {
    const log = '[  344.610931] Linux version 7.2.13\n'.repeat(3000)
    const dump = `[  344.610931] Dumping ftrace buffer:\n${stamped}`
    const text = eachLine(log + dump, line => `> ${line}`)
    expect(timelineOf(text)).toEqual(timelineOf(plain))
    expect(readTrace(text).lines.unrecognized).toBe(0)
  })

  test.each([
    ['as it was', plain],
    ['with other blanks', eachLine(plain, collapsed)],
  ])('in a mail, %s', (_, trace) => {
    const text = `From: a <b@c>
Subject: Re: slow touch_atime()

On Monday, a wrote:
> This is what I see:
>
${eachLine(trace, line => `> ${line}`)}
Why is (a) foo() { so slow?
What about b();

1) Use less
2) Use more
`
    expect(timelineOf(text)).toEqual(timelineOf(plain))
    expect(readTrace(text).lines.unrecognized).toBe(0)
  })

  test('a line that is broken is no prose', () => {
    const text = `${plain} 1)   1.0 us    |  fo\nfrom here on it hangs\n`
    expect(readTrace(eachLine(text, line => `> ${line}`)).lines.unrecognized).toBe(1)
    expect(readTrace(eachLine(text, collapsed)).lines.unrecognized).toBe(1)
  })
})

describe('text around a trace', () => {
  const prose = 'This is what the kernel printed (see below):\n\n'.repeat(20)

  test('all around it', () => {
    const text = `${prose}${plain}${prose}`
    expect(timelineOf(text)).toEqual(timelineOf(plain))
    expect(readTrace(text)).toMatchObject({ dialect: 'pasted', lines: { unrecognized: 0 } })
  })

  test.each([
    ['prose', prose],
    ['what atrace says', 'capturing trace... done\nTRACE:\n'],
    ['what funcgraph -H says', 'Tracing "do_nanosleep"... Ctrl-C to end.\n'],
    ['a prompt', '$ cat /sys/kernel/tracing/trace\n'],
  ])('%s in front of the file trace is passed over', (_, before) => {
    const trace = readFileSync('golden/proc-abstime/input.txt', 'utf8')
    expect(timelineOf(before + trace)).toEqual(timelineOf(trace))
    expect(readTrace(before + trace)).toMatchObject({
      dialect: 'kernel',
      lines: { header: 4, unrecognized: 0 },
    })
  })

  test('a line without end stops nothing', () => {
    const text = `${eachLine(plain, collapsed)}1) | ${' '.repeat(1 << 20)}\n1) ${'-1 '.repeat(9000)}\n1) 1.0 us | z();\n`
    expect(readTrace(text).lines).toMatchObject({ leaf: 4 })
  })
})

test.each([
  [
    'C source',
    'void f(void)\n{\n\tfoo();\n\tif (a | b) {\n\t\tx = y\n\t\t    | BIT(3);\n\t}\n}\n'.repeat(9),
  ],
  [
    'a patch in a mail',
    '> +void f(void)\n> +{\n> +\tfoo();\n> -\tif (a) {\n> +\t}\n>  }\n'.repeat(9),
  ],
  ['quoted source', '> void f(void)\n> {\n>   foo();\n>   bar(1);\n> }\n'.repeat(9)],
  ['a list', '1) foo();\n2) bar();\n3) baz();\n4) quux();\n'],
  ['a table', '| a | b |\n|---|---|\n| foo() | bar(); |\n| baz() { | } |\n'.repeat(9)],
  ['JSON', readFileSync('package-lock.json')],
  ['a README', readFileSync('src/README.md')],
  ['TypeScript', readFileSync('src/ingest/dialects/pasted.ts')],
  [
    'strace',
    '1234  read(3, "a", 832) = 832\n1234  close(3) = 0\n1234  brk(NULL) = 0x1\n'.repeat(9),
  ],
  [
    'perf script',
    'bash  1234 [001] 12.345678:  250000 cycles:\n\tffffff81 foo+0x1 (vmlinux)\n'.repeat(9),
  ],
  ['uftrace', '   2.405 us [ 1892] |   foo();\n            [ 1892] | bar() {\n'.repeat(9)],
  [
    'OP-TEE',
    '  43.840 us |   3 |    a()\n            |   3 |    b() {\n  9.000 us |   3 |    }\n'.repeat(9),
  ],
  ['two calls', '1) 0.1 us | foo();\n1) 0.1 us | bar();\n'],
])('%s is not claimed', (_, text) => {
  expect(pasted.recognize(sampleOf(text), new Interner(() => {}), new Tasks())).toBeUndefined()
})

describe.each([
  'abstime',
  'abstime-alone',
  'interrupts',
  'latency',
  'markers',
  'migration',
  'no-cpu',
  'no-duration',
  'proc-abstime',
  'return-values',
  'tail',
  'udp_sendmsg',
])('golden %s gives the same calls', name => {
  const text = readFileSync(`golden/${name}/input.txt`, 'latin1')
  const timeline = timelineOf(Buffer.from(text, 'latin1'))

  test.each([
    ['as it is', (line: string) => line],
    ['quoted', (line: string) => `> ${line}`],
    ['quoted twice and trimmed', (line: string) => `>> ${line}`.trimEnd()],
    ['without blanks in front', (line: string) => line.trimStart()],
    ['without blanks behind', (line: string) => line.trimEnd()],
    ['with tabs', tabbed],
    ['with tabs, quoted', (line: string) => `> ${tabbed(line)}`],
    ['with blanks collapsed', collapsed],
    ['with blanks collapsed, quoted', (line: string) => `> ${collapsed(line)}`],
  ])('%s', (_, change) => {
    const { timeline: changed, lines } = readPasted(eachLine(text, change))
    expect(changed).toEqual(timeline)
    expect(lines.unrecognized).toBe(0)
  })

  test('and shows what was changed', () => {
    expect(isMangled(sampleOf(text))).toBe(false)
    expect(isMangled(sampleOf(eachLine(text, collapsed)))).toBe(true)
  })
})

describe.each([
  'mid-call',
  'mid-call-plain',
  'events',
  'lost-events',
  'threshold',
  'relative-time',
])('golden %s, where braces do not tell depths, gives the same calls', name => {
  const text = readFileSync(`golden/${name}/input.txt`, 'latin1')

  test.each([
    ['quoted', (line: string) => `> ${line}`],
    ['without blanks in front', (line: string) => line.trimStart()],
    ['with tabs', tabbed],
  ])('%s', (_, change) => {
    const timeline = timelineOf(Buffer.from(text, 'latin1'))
    expect(readPasted(eachLine(text, change)).timeline).toEqual(timeline)
  })
})

test.each(corpus(/^(?!.*(?:dmesg|serial|tc-))/))('the blanks of %s are the kernel’s own', path => {
  expect(isMangled(sampleOf(readCapture(path)))).toBe(false)
})
