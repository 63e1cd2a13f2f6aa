import { describe, expect, test } from 'vitest'
import { timelineOf } from '../dump-timeline.js'
import { readTrace } from '../read-trace.js'

function reportOf(...lines: string[]): string {
  return `${['cpus=2', ...lines].join('\n')}\n`
}

/** A line of a report: what follows the time. */
function at(micros: number, event: string, head = '         python3-201   [000]  '): string {
  return `${head} 140.${String(micros).padStart(6, '0')}: ${event}`
}

const fCalls = ['python3-201 0 f {', 'python3-201 8000 } f 8000']

describe('a call', () => {
  test('of every depth, in one line or two', () => {
    const text = reportOf(
      at(0, 'funcgraph_entry:                   |  udp_sendmsg() {'),
      at(2, 'funcgraph_entry:        3.737 us   |    __rcu_read_lock();'),
      at(6, 'funcgraph_entry:                   |    sk_filter() {'),
      at(9, 'funcgraph_exit:         3.000 us   |    }'),
      at(15, 'funcgraph_exit:       + 14.500 us  |  }'),
    )
    expect(timelineOf(text)).toEqual([
      'python3-201 0 udp_sendmsg {',
      'python3-201 2000 __rcu_read_lock {',
      'python3-201 5737 } __rcu_read_lock 3737',
      'python3-201 6000 sk_filter {',
      'python3-201 9000 } sk_filter 3000',
      'python3-201 14500 } udp_sendmsg 14500',
    ])
  })

  test.each([
    ['funcgraph_entry:        0.083 us   |  f();', 83],
    ['funcgraph_entry:      # 14435.108 us |  f();', 14_435_108],
    ['funcgraph_entry:      # 119760.230 us |  f();', 119_760_230],
    ['funcgraph_entry:      $ 3594274 us |  f();', 3_594_274_000],
    ['funcgraph_entry:        12.409 us  |  f();', 12_409],
  ])('%s has its duration to the last digit', (event, nanos) => {
    expect(timelineOf(reportOf(at(0, event))).at(-1)).toBe(`python3-201 ${nanos} } f ${nanos}`)
  })

  test.each([
    ['f();', ''],
    ['f(); (0)', ''],
    ['f(); (ret=0x0)', ' return=0x0'],
    ['f(); (0) (ret=-22)', ' return=-22 returned error=EINVAL'],
    ['f(lock=0xffffffff82ac9fe0); (ret=0x1)', ' lock=0xffffffff82ac9fe0 return=0x1'],
    ['f(); /* <-g */', ' called from=g'],
    [
      'f(a=1, b=(STRUCT)[0x1:0x2]); (0) /* <-g */ (ret=0x1)',
      ' a=1 b=(STRUCT)[0x1:0x2] called from=g return=0x1',
    ],
    ['f(); [39:0x2c8:40]', ''],
  ])('%s on one line says of the call:%s', (call, notes) => {
    const text = reportOf(at(0, `fgraph_retaddr_entry:   8.000 us   |  ${call}`))
    expect(timelineOf(text)).toEqual([fCalls[0], `${fCalls[1]}${notes}`])
  })

  test.each([
    ['f() {', '}', ''],
    ['f() { (0)', '} (0)', ''],
    ['f() {', '} /* f */', ''],
    ['f() {', '} /* f */ (0) (ret=0x7)', ' return=0x7'],
    ['f(a=1) {', '} (ret=-2)', ' a=1 return=-2 returned error=ENOENT'],
    ['f() /* <-g */ {', '}', ' called from=g'],
    ['f(a=1) /* <-g */ { (0)', '} (0)', ' a=1 called from=g'],
    ['f() { [39:0x2c8:40]', '} [39:0x2c8:40]', ''],
  ])('%s closed by %s says of the call:%s', (entry, exit, notes) => {
    const text = reportOf(
      at(0, `funcgraph_entry:                   |  ${entry}`),
      at(8, `funcgraph_exit:         8.000 us   |  ${exit}`),
    )
    expect(timelineOf(text)).toEqual([fCalls[0], `${fCalls[1]}${notes}`])
  })

  test('whose entry is missing is named by fgraph:tailprint', () => {
    const text = reportOf(
      at(0, 'funcgraph_entry:        0.100 us   |    g();'),
      at(8, 'funcgraph_exit:         8.000 us   |  } /* f */'),
    )
    expect(timelineOf(text).at(-1)).toBe('python3-201 8000 } f 8000')
  })

  test('that is broken is not recognized', () => {
    const text = reportOf(
      at(0, 'funcgraph_entry:        1.000 us   |  f();'),
      at(1, 'funcgraph_entry:        1.000 us   |  f('),
      at(2, 'funcgraph_exit:       !'),
      at(3, 'funcgraph_entry:                   |  f();'),
      at(4, 'funcgraph_exit:                    |  }'),
      at(5, 'funcgraph_exit:        func=f depth=0 overrun=0 calltime=33x rettime=34'),
    )
    expect(readTrace(text).lines).toMatchObject({ leaf: 1, exit: 0, unrecognized: 5 })
  })
})

describe('without the function_graph plugin', () => {
  const hex = { call: '33360f0480', returned: '33360f23c0' }

  test.each([
    [
      '-R',
      'funcgraph_entry:       func=f depth=0',
      `funcgraph_exit:        func=f depth=0 overrun=0 calltime=${hex.call} rettime=${hex.returned}`,
      '',
    ],
    [
      '-R of 3.4',
      'funcgraph_entry:       func=f (0xffffffff97d0c4e4) depth=0',
      `funcgraph_exit:        func=f (0xffffffff97d0c4e4) depth=0 overrun=0 retval=-22 calltime=0x${hex.call} rettime=0x${hex.returned}`,
      ' return=-22 returned error=EINVAL',
    ],
    [
      '-R with the caller',
      'fgraph_retaddr_entry:  func=f (0xffffffff97d0c4e4) depth=0 retaddr=g (0xffffffff97d0c4e0)',
      `funcgraph_exit:        func=f (0xffffffff97d0c4e4) depth=0 overrun=0 calltime=${hex.call} rettime=${hex.returned}`,
      ' called from=g',
    ],
    [
      '-N',
      'funcgraph_entry:      --> f (0)',
      `funcgraph_exit:       <-- f (0) (start: ${hex.call}  end: ${hex.returned}) over: 0`,
      '',
    ],
    [
      '-N with what 7.2 knows',
      'fgraph_retaddr_entry: --> f (0) <- g',
      `funcgraph_exit:       <-- f (0) (start: ${hex.call}  end: ${hex.returned}) over: 0 retval: 0x1`,
      ' called from=g return=0x1',
    ],
    [
      'a trace-cmd that knows exits alone',
      'fgraph_retaddr_entry: --> f (0) <- g',
      'funcgraph_exit:         8.000 us   |  }',
      ' called from=g',
    ],
  ])('%s', (_, entry, exit, notes) => {
    expect(timelineOf(reportOf(at(0, entry), at(8, exit)))).toEqual([
      fCalls[0],
      `${fCalls[1]}${notes}`,
    ])
  })

  test('times are subtracted in whole nanoseconds', () => {
    const text = reportOf(
      at(0, 'funcgraph_entry:       func=f depth=0'),
      at(
        8,
        'funcgraph_exit:        func=f depth=0 calltime=18a5f0ffffffff01 rettime=18a5f100000000ff',
      ),
    )
    expect(timelineOf(text).at(-1)).toMatch(/ } f 510$/)
  })

  test('a return before its call counts as 0', () => {
    const text = reportOf(
      at(0, 'funcgraph_entry:       func=f depth=0'),
      at(8, 'funcgraph_exit:        func=f depth=0 calltime=7e5b2ddd48 rettime=7e5b2ddd47'),
    )
    expect(timelineOf(text).at(-1)).toMatch(/ } f 0$/)
    expect(readTrace(text).diagnostics).toContainEqual(
      expect.objectContaining({ name: 'negative-durations' }),
    )
  })
})

describe('case 60, a symbol that is not known', () => {
  test('has its address', () => {
    const text = reportOf(at(0, 'funcgraph_entry:        8.000 us   |  ffffffffc0a1b2c3();'))
    expect(timelineOf(text)[0]).toBe('python3-201 0 ffffffffc0a1b2c3 {')
  })

  test('has nothing at all where 3.4 prints what it calls', () => {
    const text = reportOf(
      at(0, 'funcgraph_entry:                   |  ) {'),
      at(1, 'funcgraph_entry:        2.000 us   |    g();'),
      at(8, 'funcgraph_exit:         8.000 us   |  }'),
    )
    expect(timelineOf(text)).toEqual([
      'python3-201 0 [unknown] {',
      'python3-201 1000 g {',
      'python3-201 3000 } g 2000',
      'python3-201 8000 } [unknown] 8000',
    ])
    expect(readTrace(text).calls).toEqual({ complete: 2, incomplete: 0, orphan: 0 })
  })

  test('has its address alone with -R', () => {
    const text = reportOf(at(0, 'funcgraph_entry:       func= (0xffffffffc0a1b2c3) depth=0'))
    expect(timelineOf(text)[0]).toBe('python3-201 0 0xffffffffc0a1b2c3 {')
  })
})

describe('case 64, what stands before an event', () => {
  test.each([
    ['nothing more', '         python3-201   [000]   140.000000: ', false],
    ['flags', '         python3-201   [000] ...1.   140.000000: ', true],
    ['-t', '         python3-201   [000]   140.000000000: ', false],
    ['-l', ' python3-201     0...1.   140.000000: ', true],
    ['-l, flags of 4', ' python3-201     0d..1   140.000000: ', true],
    ['--raw-ts', '         python3-201   [000]140000000000: ', false],
    ['--raw-ts, early', '         python3-201   [000]        1095: ', false],
    ['--raw-ts with flags', '         python3-201   [000] ...11140000000000: ', true],
    ['-R of 3.4', '         python3-201   [000]-0x1   140.000000: ', true],
    ['--ts-diff', '         python3-201   [000]   140.000000: (+1093)  ', false],
    ['--ts-diff, the first', '         python3-201   [000]   140.000000:          ', false],
    ['--ts-diff, backwards', '         python3-201   [000]   140.000000: (+-12)   ', false],
    ['a file', 'tc-full.dat:          python3-201   [000]   140.000000: ', false],
    [
      'a file with a dash and digits',
      '  my-1.dat:          python3-201   [000]   140.000000: ',
      false,
    ],
    ['a name cut off', 'python3-201 [000]   140.000000: ', false],
  ])('%s', (_, head, hasFlags) => {
    const text = reportOf(`${head}funcgraph_entry:        8.000 us   |  f();`)
    expect(timelineOf(text)).toEqual(fCalls)
    const { columns, cpus } = readTrace(text)
    expect(cpus).toEqual([0])
    expect(columns).toEqual(['TIME', 'CPU', 'TASK/PID', ...(hasFlags ? ['FLAGS'] : []), 'DURATION'])
  })

  test('times have all their digits', () => {
    const lines = (...times: string[]) =>
      timelineOf(
        reportOf(
          ...times.map(time => `bash-1   [000]${time}: funcgraph_entry:        0.001 us   |  f();`),
        ),
      ).filter(line => line.endsWith('{'))
    expect(lines(' 99999999.000000001', ' 99999999.000000002')).toEqual([
      'bash-1 0 f {',
      'bash-1 1 f {',
    ])
    expect(lines('9223372036854775800', '9223372036854775805').at(-1)).toBe('bash-1 5 f {')
  })
})

describe('case 65, a task named', () => {
  test.each([
    ['x-1 [001]', '       x-1 [001]-77    [000] '],
    ['-12 [', '           -12 [-77    [000] '],
    ['a b: c', '          a b: c-77    [000] '],
    ['12.345678: x', '    12.345678: x-77    [000] '],
    ['kworker/u8:1-ev', ' kworker/u8:1-ev-77    [000] '],
    ['<...>', '           <...>-77    [000] '],
  ])('%s', (comm, head) => {
    const text = reportOf(at(0, 'funcgraph_entry:        8.000 us   |  f();', head))
    expect(readTrace(text).tasks).toEqual([{ pid: 77, comm: comm === '<...>' ? '' : comm }])
    expect(readTrace(text).cpus).toEqual([0])
  })

  test('nothing: the idle task, one for each cpu', () => {
    const text = reportOf(
      at(0, 'funcgraph_entry:        8.000 us   |  f();', '          <idle>-0     [000] '),
      at(1, 'funcgraph_entry:        8.000 us   |  f();', '          <idle>-0     [001] '),
    )
    expect(readTrace(text).tracks).toBe(2)
  })
})

describe('cases 39 to 41, a leaf', () => {
  // trace-cmd 7f078cfd: 2.7 to 3.2 fold an entry with the next exit, of whatever cpu.
  test('folded across cpus is a leaf', () => {
    const idle = (cpu: number) => `          <idle>-0     [00${cpu}] `
    const text = reportOf(
      at(0, 'funcgraph_entry:      ! 268.817 us |  do_idle();', idle(1)),
      at(5, 'funcgraph_entry:        1.000 us   |  do_idle();', idle(0)),
    )
    expect(readTrace(text).calls).toEqual({ complete: 2, incomplete: 0, orphan: 0 })
  })

  // trace-cmd 64bea4bc
  test('folded with a later call ends where the next line begins', () => {
    const text = reportOf(
      at(0, 'funcgraph_entry:        8.000 us   |  f();'),
      at(4, 'funcgraph_entry:        1.000 us   |  g();'),
    )
    expect(timelineOf(text).slice(0, 3)).toEqual([
      'python3-201 0 f {',
      'python3-201 4999 } f 8000',
      'python3-201 4999 g {',
    ])
  })

  test('split because an event of another cpu comes between is a call', () => {
    const text = reportOf(
      at(0, 'funcgraph_entry:                   |  f() {'),
      at(3, 'softirq_raise:        vec=9 [action=RCU]', '          <idle>-0     [001] '),
      at(8, 'funcgraph_exit:         8.000 us   |  }'),
    )
    expect(timelineOf(text).filter(line => line.startsWith('python3'))).toEqual(fCalls)
  })
})

describe('another event', () => {
  const f = at(0, 'funcgraph_entry:        1.000 us   |  f();')

  function eventsIn(...lines: string[]): string[] {
    return timelineOf(reportOf(f, ...lines)).filter(line => line.includes(' * '))
  }

  test('has its name, its text, its time and its task', () => {
    expect(
      eventsIn(at(5, 'sched_wakeup:         g:7 [120] CPU:001', '               g-7     [001]  ')),
    ).toEqual(['g-7 5000 * sched_wakeup (g:7 [120] CPU:001)'])
  })

  test('of several lines has them all', () => {
    expect(eventsIn(at(5, 'bprint:               foo: a'), '  b', '', 'c', f)).toEqual([
      'python3-201 5000 * bprint (foo: a\n  b\nc)',
    ])
  })

  test('that was written to trace_marker has the name of its function', () => {
    expect(eventsIn(at(5, 'print:                tracing_mark_write: hello'))).toEqual([
      'python3-201 5000 * tracing_mark_write (hello)',
    ])
  })

  test('has the stack that follows', () => {
    expect(
      eventsIn(
        at(5, 'kmem_cache_alloc:     call_site=1'),
        at(6, 'kernel_stack:         <stack trace >'),
        '=> __schedule (ffffffff97d0c4e4)',
        '=> ffffffffc0a1b2c3',
      ),
    ).toEqual([
      'python3-201 5000 * kmem_cache_alloc (call_site=1) <- __schedule <- ffffffffc0a1b2c3',
    ])
  })

  test('may be a stack by itself', () => {
    expect(
      eventsIn(at(5, 'kernel_stack:         <stack trace>'), '=> schedule (ffffffff97d0c4e4)'),
    ).toEqual(['python3-201 5000 * <stack trace> <- schedule'])
  })

  test('without a name trace-cmd does not know', () => {
    expect(eventsIn(at(5, '(NULL): '))).toEqual(['python3-201 5000 * (NULL):'])
  })
})

describe('no event', () => {
  test.each([
    ['CPU:1 [187278 EVENTS DROPPED]', 'lost'],
    ['CPU:1 [EVENTS DROPPED]', 'lost'],
    ['tc-full.dat: CPU:1 [12 EVENTS DROPPED]', 'lost'],
    ['CPU:1 [SUBBUFFER START]', 'other'],
    ['CPU:1 [SUBBUFFER START] [797297066:0x1000]', 'other'],
    [' TIME EXTEND: delta:1234 length:8', 'other'],
    ['', 'other'],
    ['Average wakeup latency: 2345.678 usecs', 'other'],
    ['Maximum Latency: 12345.678 usecs at timestamp: 140.291308', 'other'],
    ['Minimum Latency: 1.678 usecs at timestamp: 140.291308', 'other'],
    ['RT task timings:', 'other'],
    ['version = 6', 'header'],
    ['CPU 1 is empty', 'header'],
    ['trace.dat: cpus=4', 'header'],
    ['nonsense', 'other'],
  ])('%s is %s', (line, kind) => {
    const text = reportOf(at(0, 'funcgraph_entry:        8.000 us   |  f();'), line)
    const { lines } = readTrace(text)
    expect(lines).toEqual({
      ...readTrace(reportOf()).lines,
      total: 3,
      leaf: 1,
      header: lines.header,
      [kind]: kind === 'header' ? 2 : 1,
    })
  })

  test('says how many events were lost', () => {
    const text = reportOf(
      at(0, 'funcgraph_entry:                   |  f() {'),
      'CPU:0 [12 EVENTS DROPPED]',
      at(8, 'funcgraph_entry:        1.000 us   |  g();'),
    )
    expect(timelineOf(text)).toEqual([
      'python3-201 0 f {',
      'python3-201 0 } f incomplete',
      'cpu 0 0 lost 12',
      'python3-201 8000 g {',
      'python3-201 9000 } g 1000',
    ])
  })

  test('begins another report', () => {
    const text = reportOf(at(5, 'funcgraph_entry:        8.000 us   |  f();'))
    expect(timelineOf(text + text)).toEqual([
      ...fCalls,
      'python3-201 8000 f {',
      'python3-201 16000 } f 8000',
    ])
  })
})

describe('the dialect', () => {
  const call = at(0, 'funcgraph_entry:        8.000 us   |  f();')
  const event = at(0, 'sched_wakeup:         g:7 [120] CPU:001')

  test.each([
    ['a report', reportOf(call)],
    ['a report of 2.x', `version = 6\nCPU 1 is empty\ncpus=2\n${call}\n`],
    ['a report that is told to be long', reportOf('CPU:0 [SUBBUFFER START]', call)],
    ['a stream', `${call}\n`],
    ['a report whose calls come late', reportOf(...Array<string>(2000).fill(event), call)],
    ['a report of other events', reportOf(event)],
    ['an empty report', reportOf()],
    ['a report of two files', `a.dat: cpus=2\nb.dat: cpus=4\na.dat: ${call}\n`],
  ])('is that of %s', (_, text) => {
    expect(readTrace(text).dialect).toBe('trace-cmd')
  })

  test.each([
    ['a trace of events', `# tracer: nop\n#\n${`${event}\n`.repeat(9)}`],
    ['a trace of events without header', `${event}\n`.repeat(9)],
    ['something that counts cpus', 'cpus=2\nmemory=4G\n'],
  ])('is not that of %s', (_, text) => {
    expect(() => readTrace(text)).toThrow()
  })

  test('is the kernel in what trace-cmd keeps of a latency tracer', () => {
    const text = reportOf('# tracer: function_graph', '#', ' 0)   1.000 us    |  f();')
    expect(readTrace(text).dialect).toBe('kernel')
  })
})
