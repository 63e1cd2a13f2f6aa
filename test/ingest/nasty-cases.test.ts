/**
 * Lines of real traces that look like something else, say less than they seem to, or mean more.
 * Each text is what a kernel, or a tool that prints a kernel's text, has printed.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { TimelineDump, timelineOf } from '../dump-timeline.js'
import { openWritten, readTrace } from '../read-trace.js'

describe('a duration', () => {
  test.each([
    [' 0)   12.409 us   |  }', 12_409],
    [' 0) # 9999.999 us |  }', 9_999_999],
    [' 0) # 10000.00 us |  }', 10_000_000],
    [' 0) * 10000.00 us |  }', 10_000_000],
    [' 0) * 33998.59 us |  }', 33_998_590],
    [' 0) * 99999.99 us |  }', 99_999_990],
    [' 0) @ 119760.2 us |  }', 119_760_200],
    [' 0) @ 999999.9 us |  }', 999_999_900],
    [' 0) $ 3594274 us  |  }', 3_594_274_000],
    [' 0) ! 1000149 us |  }', 1_000_149_000],
    [' 0) $ 4294967296 us |  }', 4_294_967_296_000],
  ])('of a closing brace is to the last digit, whatever its mark: %s', (exit, nanos) => {
    expect(timelineOf(text(' 0)               |  f() {', exit))).toEqual([
      'CPU 0 0 f {',
      `CPU 0 ${nanos} } f ${nanos}`,
    ])
  })

  test('printed as negative is 0, around callees that are not', async () => {
    const trace = text(
      ' 0)               |  f() {',
      ' 0)   2.000 us    |    g();',
      ' 0) $ 18446744073709550 us |  }',
    )
    expect(timelineOf(trace).at(-1)).toBe('CPU 0 2000 } f 0')
    expect(await foldedOf(trace)).toEqual(['f;g 2000'])
  })

  test.each([
    ['9999.999', '9999.000', '1.000', 1],
    ['10000.00', '9999.999', '0.010', 0],
    ['10000.00', '9999.999', '0.012', 1],
    ['100000.0', '99999.99', '0.109', 0],
    ['100000.0', '99999.99', '0.111', 1],
    ['1000000', '999999.9', '1.099', 0],
    ['1000000', '999999.9', '1.101', 1],
  ])(
    'of %s us may be too short by the digits it lacks: callees of %s and %s us',
    (f, g, h, count) => {
      const trace = text(
        ' 0)               |  f() {',
        ` 0)   ${g} us |    g();`,
        ` 0)   ${h} us    |    h();`,
        ` 0)   ${f} us |  }`,
      )
      expect(readTrace(trace).lines.unrecognized).toBe(0)
      expect(countOf(trace, 'children-exceed-parent')).toBe(count)
    },
  )

  test('without the time in interrupts that are not shown is more than that of the callees', async () => {
    const trace = text(
      ' 0)               |  f() {',
      ' 0)   1.000 us    |    g();',
      ' 0) ! 900.000 us  |  }',
    )
    expect(await foldedOf(trace)).toEqual(['f 899000', 'f;g 1000'])
    expect(readTrace(trace).diagnostics.map(({ name }) => name)).toEqual(['rebuilt-time'])
  })
})

describe('a name', () => {
  test.each([
    ['p9_client_rpc [9pnet](c=0xffff8880, fmt=0xc0a1b2c3, =?0x63) {', '}', 'p9_client_rpc [9pnet]'],
    ['mod_state(item=17 [NR_ANON_MAPPED], delta=-1, val=4294967295) {', '}', 'mod_state'],
    ['f(a=(STRUCT)[0x1:0x2], b=17 [X], ...) { /* <-g+0x1d/0x40 */', '} /* f ret=0x1 */', 'f'],
    ['f(a=(STRUCT)[0x1:0x2:...], ...) {', '} /* f */', 'f'],
    ['f() { /* <-g+0x18/0x7a [nf_nat] */', '}', 'f'],
    ['f() {', '} /* f ret=-22 */', 'f'],
    ['f() {', '} /* f ret=true */', 'f'],
    ['f() {', '} /* f ret=0x69380649(trunc) */', 'f'],
    ['f() {', '} /* f (ret) */', 'f'],
    ['f [nf_nat]() {', '} /* f [nf_nat] = 0x0 */', 'f [nf_nat]'],
    ['kmem_cache_free() {', '} /* kmem_cache_free() */', 'kmem_cache_free'],
    ['__x64_sys_write() {', '} /* __x64_sys_write */', '__x64_sys_write'],
    ['foo.llvm.1234567890() {', '} /* foo.llvm.1234567890 */', 'foo.llvm.1234567890'],
    ['_RNvCs4_6kernel5print() {', '} /* _RNvCs4_6kernel5print */', '_RNvCs4_6kernel5print'],
    ['bpf_prog_6deef_x [bpf]() {', '} /* bpf_prog_6deef_x [bpf] */', 'bpf_prog_6deef_x [bpf]'],
    ['0xffffffffc0a1b2c3() {', '} /* 0xffffffffc0a1b2c3 */', '0xffffffffc0a1b2c3'],
  ])('of %s ... %s is %s', (entry, exit, name) => {
    expect(callsOf(text(` 0)               |  ${entry}`, ` 0)   9.000 us    |  ${exit}`))).toEqual([
      `CPU 0 0 ${name} {`,
      `CPU 0 9000 } ${name} 9000`,
    ])
  })

  test.each([
    ["f(); /* <-[unknown/kretprobe'd] ret=0x0 */"],
    ['f(); /* <-0 */'],
    ['f(); /* ret=0xffffffc3 */'],
    ['f(s=0x1, =?0x63, ...); /* <-g+0x1d/0x40 <ffffffffc0a1b2c3> ret=-61 */'],
  ])('of %s is f', leaf => {
    expect(callsOf(` 0)   2.000 us    |  ${leaf}`)).toEqual(['CPU 0 0 f {', 'CPU 0 2000 } f 2000'])
  })
})

test('notes may come and go where their option was switched in mid-trace', () => {
  const { lines, calls } = readTrace(
    text(
      ' 0)               |  f() { /* <-g+0x1d/0x40 */',
      ' 0)               |    f() {',
      ' 0)   1.000 us    |      h(); /* <-f+0x18/0x7a ret=0x0 */',
      ' 0)   1.000 us    |      h();',
      ' 0)   5.000 us    |    } /* f ret=0x0 */',
      ' 0)   9.000 us    |  }',
    ),
  )
  expect(lines.unrecognized).toBe(0)
  expect(calls).toEqual({ complete: 4, incomplete: 0, orphan: 0 })
})

describe('a comment', () => {
  test('stands where it is written, not where its indentation is', () => {
    const trace = text(
      ' 0)               |  vfs_write() {',
      ' 0)               |  /* one */',
      ' 0)               |                                  /* two */',
      ' 0)   1.000 us    |    fsnotify();',
      ' 0)               |    /* three */',
      ' 0)   5.000 us    |  }',
    )
    expect(timelineOf(trace)).toEqual([
      'CPU 0 0 vfs_write {',
      'CPU 0 0 * one',
      'CPU 0 0 * two',
      'CPU 0 0 fsnotify {',
      'CPU 0 1000 } fsnotify 1000',
      'CPU 0 1000 * three',
      'CPU 0 5000 } vfs_write 5000',
    ])
  })

  test.each([
    [
      'begins with a line feed',
      '/* \nbuf: 00000000: 6d 61 72 6b\n */',
      'buf: 00000000: 6d 61 72 6b',
    ],
    ['ends with one', '/* mark\n */', 'mark'],
    ['has an empty line', '/* one\n\ntwo */', 'one\n\ntwo'],
    ['is long', `/* ${'m'.repeat(3044)} */`, 'm'.repeat(3044)],
  ])('that %s is one instant', (_, comment, said) => {
    const trace = text(
      ' 0)               |  f() {',
      ` 0)               |    ${comment}`,
      ' 0)   5.000 us    |  }',
    )
    const [begin, instant, ...rest] = timelineOf(trace)
    expect([begin, rest]).toEqual(['CPU 0 0 f {', ['CPU 0 5000 } f 5000']])
    expect(instant).toMatch(/^CPU 0 0 \* /)
    expect(instant).toContain(said)
    expect(readTrace(trace).lines).toMatchObject({ comment: 1, unrecognized: 0 })
  })

  test('that never ends is given up', () => {
    const trace = text(
      '# tracer: function_graph',
      ' 0)               |  f() {',
      ' 0)               |    /* <user stack trace>',
      ...new Array<string>(100).fill('no frame'),
      ' 0)   5.000 us    |  }',
    )
    expect(readTrace(trace)).toMatchObject({
      lines: { comment: 1, other: 100, unrecognized: 0 },
      calls: { complete: 1, incomplete: 0, orphan: 0 },
    })
  })

  test('of a marker may hold any byte', () => {
    const trace = Buffer.from(' 0)               |  /* a\0b\xff\x1b[31m */\n', 'latin1')
    expect(timelineOf(trace)).toEqual(['CPU 0 0 * a\0b\ufffd\x1b[31m'])
  })

  test('of sched_switch stands before the block, and belongs to the task that is left', () => {
    const trace = text(
      ' 0)               |  schedule() {',
      ' 0)               |    /* sched_switch: prev_comm=bash prev_pid=170 prev_prio=120 prev_state=S ==> next_comm=python3 next_pid=253 next_prio=120 */',
      ...block(' 0)    bash-170    =>  python3-253  '),
      ' 0)   1.000 us    |  f();',
    )
    expect(timelineOf(trace).filter(event => event.includes(' * '))).toEqual([
      'bash-170 0 * sched_switch (prev_comm=bash prev_pid=170 prev_prio=120 prev_state=S ==> next_comm=python3 next_pid=253 next_prio=120)',
    ])
    expect(callsOf(trace)).toEqual([
      'bash-170 0 schedule {',
      'python3-253 0 f {',
      'python3-253 1000 } f 1000',
      'bash-170 0 } schedule incomplete',
    ])
  })

  test('of a systrace marker is no call', () => {
    const trace = text(
      ' 0)               |  f() {',
      ' 0)               |    /* B|123|begin */',
      ' 0)               |    /* C|123|x|5 */',
      ' 0)               |    /* E */',
      ' 0)   5.000 us    |  }',
    )
    expect(callsOf(trace)).toEqual(['CPU 0 0 f {', 'CPU 0 5000 } f 5000'])
    expect(readTrace(trace).lines.comment).toBe(3)
  })
})

describe('a line that the kernel had no room for is left out', () => {
  test.each([
    [' 0)   1.000 us    |    h(a=0x1, b=[LINE TOO BIG]'],
    [' 0)               |    /* mmmm[LINE TOO BIG]'],
  ])('%s', partial => {
    const [before, after] = halves
    expect(timelineOf(text(...before, partial, ...after))).toEqual(
      timelineOf(text(...before, ...after)),
    )
  })
})

describe('a task cell', () => {
  test.each([
    ['   0) z-12     ', '0) z-12'],
    ['    lead-12    ', 'lead-12'],
    ['    #x-12      ', '#x-12'],
    [' averyve-250   ', 'averyve-250'],
    [' aaaaaa\xc3-218   ', 'aaaaaa\ufffd-218'],
    ['   e\xff\x1bx-12     ', 'e\ufffd\x1bx-12'],
    ['kworker-4194304 ', 'kworker-4194304'],
  ])('%j is task %s', (cell, name) => {
    const trace = Buffer.from(` 1) ${cell}|   1.000 us    |  f();\n`, 'latin1')
    expect(timelineOf(trace)).toEqual([`${name} 0 f {`, `${name} 1000 } f 1000`])
  })

  test('is 14 bytes wide, not 14 characters', () => {
    const trace = '  129.491218 |   1)     é-218     |   2.946 us    |  f();\n'
    expect(timelineOf(trace)).toEqual(['é-218 0 f {', 'é-218 2946 } f 2946'])
  })

  test('may be the first column, and start like a header', () => {
    const { columns, lines, tasks } = readTrace(
      text('#kworke-1234567 |   1.000 us    |  f();', '    cat-224     |   1.000 us    |  f();'),
    )
    expect(columns).toEqual(['TASK/PID', 'DURATION'])
    expect(lines).toMatchObject({ leaf: 2, header: 0, unrecognized: 0 })
    expect(tasks).toEqual([
      { pid: 1_234_567, comm: '#kworke' },
      { pid: 224, comm: 'cat' },
    ])
  })

  test('of the same name may be of another task', () => {
    const trace = text(
      ' 0)   kworker-28   |               |  f() {',
      ' 0)   kworker-29   |               |  g() {',
      ' 0)   kworker-28   |   5.000 us    |  } /* f */',
      ' 0)   kworker-29   |   9.000 us    |  }',
    )
    expect(readTrace(trace)).toMatchObject({
      tracks: 2,
      calls: { complete: 2, incomplete: 0, orphan: 0 },
    })
  })

  test.each([
    ['   <...>-123    ', '    bash-123    '],
    ['    bash-123    ', '   <...>-123    '],
  ])('may lack the name for a time: %s, then %s', (first, second) => {
    const trace = text(` 0) ${first}|               |  f() {`, ` 0) ${second}|   5.000 us    |  }`)
    expect(timelineOf(trace)).toEqual(['bash-123 0 f {', 'bash-123 5000 } f 5000'])
  })

  test('that a line feed in the name tears apart takes no other line with it', () => {
    const trace = text(
      '   67.725220 |    7)    cat-224     |   1.000 us    |  f();',
      '   67.725228 |    7)    a',
      'b-223     |               |  do_nanosleep() {',
      '   67.725300 |    7)    cat-224     |   1.000 us    |  g();',
    )
    expect(timelineOf(trace).filter(event => event.startsWith('cat-224'))).toEqual([
      'cat-224 0 f {',
      'cat-224 1000 } f 1000',
      'cat-224 80000 g {',
      'cat-224 81000 } g 1000',
    ])
  })

  test('of a pid that was given again belongs to a new task', () => {
    const trace = text(
      '   12.000100 |   0)    bash-12     |               |  do_exit() {',
      '   12.000110 |   0)    bash-12     |   1.000 us    |    exit_mm();',
      '   12.900000 |   1)     cat-12     |   2.000 us    |  vfs_read();',
    )
    expect(timelineOf(trace).slice(-3)).toEqual([
      'cat-12 899900000 } do_exit incomplete',
      'cat-12 899900000 vfs_read {',
      'cat-12 899902000 } vfs_read 2000',
    ])
  })
})

describe('a switch block', () => {
  test('may have arrows in its names', () => {
    const trace = text(
      ' 1)   1.000 us    |  f();',
      ...block(' 1)  a => b-1    =>  => c-2       '),
      ' 1)   1.000 us    |  g();',
    )
    expect(timelineOf(trace)).toEqual([
      'a => b-1 0 f {',
      'a => b-1 1000 } f 1000',
      '=> c-2 1000 g {',
      '=> c-2 2000 } g 1000',
    ])
    expect(readTrace(trace).lines).toMatchObject({ switch: 1, other: 3, unrecognized: 0 })
  })

  test('may have cells wider than 14 bytes', () => {
    const trace = text(
      ' 0)   1.000 us    |  f();',
      ...block(' 0) kworker-4194303 => migrati-4194304'),
      ' 0)   1.000 us    |  g();',
    )
    expect(timelineOf(trace)).toEqual([
      'kworker-4194303 0 f {',
      'kworker-4194303 1000 } f 1000',
      'migrati-4194304 1000 g {',
      'migrati-4194304 2000 } g 1000',
    ])
  })

  test('counts its cells in bytes', () => {
    const trace = text(
      ' 0)   1.000 us    |  f();',
      ...block(' 0)     \xc3\xa9-218     =>  aaaaaa\xc3-219  '),
      ' 0)   1.000 us    |  g();',
    )
    expect(timelineOf(Buffer.from(trace, 'latin1'))).toEqual([
      'é-218 0 f {',
      'é-218 1000 } f 1000',
      'aaaaaa\ufffd-219 1000 g {',
      'aaaaaa\ufffd-219 2000 } g 1000',
    ])
  })

  test('names the task of what its cpu printed before, and of no other cpu', () => {
    const trace = text(
      ' 0)               |  /* early */',
      ' 1)   1.000 us    |  g();',
      ...block(' 0)    bash-1      =>     cat-2      '),
      ' 0)   1.000 us    |  f();',
    )
    expect(timelineOf(trace)).toEqual([
      'bash-1 0 * early',
      'CPU 1 0 g {',
      'CPU 1 1000 } g 1000',
      'cat-2 1000 f {',
      'cat-2 2000 } f 1000',
    ])
  })

  test('may come from no task at all', () => {
    const trace = text(
      ...block(' 0)    <...>--1    =>    bash-12     '),
      ' 0)   1.000 us    |  f();',
    )
    expect(readTrace(trace).tasks).toEqual([{ pid: 12, comm: 'bash' }])
    expect(timelineOf(trace)).toEqual(['bash-12 0 f {', 'bash-12 1000 } f 1000'])
  })

  test.each([
    [1, 1],
    [0, 0],
  ])('of cpu %i, beside one of cpu 0, in lines without a cpu: said %i times', (cpu, count) => {
    const trace = text(
      '              |  a() {',
      ...block(' 0)    bash-1      =>     cat-2      '),
      '  1.000 us    |  b();',
      ...block(` ${cpu})     cat-2      =>    bash-1      `),
      '  9.000 us    |  }',
    )
    const { lines, calls } = readTrace(trace)
    expect(lines).toMatchObject({ switch: 2, unrecognized: 0 })
    expect(calls.complete + calls.orphan).toBe(2)
    expect(countOf(trace, 'no-cpu-column')).toBe(count)
  })
})

describe('an exit', () => {
  test('with a note may have its entry in the trace: another task took its slot', () => {
    const trace = text(
      ' 0)               |  do_nanosleep() {',
      ' 0)               |    schedule() {',
      ...block(' 0)    bash-1      =>     cat-2      '),
      ' 0)   1.000 us    |    wake_up();',
      ...block(' 0)     cat-2      =>    bash-1      '),
      ' 0) + 50.000 us   |    } /* schedule */',
      ' 0) + 60.000 us   |  }',
    )
    expect(timelineOf(trace).filter(event => event.startsWith('bash-1'))).toEqual([
      'bash-1 0 do_nanosleep {',
      'bash-1 0 schedule {',
      'bash-1 50000 } schedule 50000',
      'bash-1 60000 } do_nanosleep 60000',
    ])
    expect(readTrace(trace).calls).toEqual({ complete: 3, incomplete: 0, orphan: 0 })
  })

  test.each([
    [49, 'deep'],
    [50, '[unknown]'],
  ])('without a note, at depth %i, of what another task entered there, is of %s', (depth, name) => {
    const indent = '  '.repeat(depth)
    const trace = text(
      ` 0)               |  ${indent}deep() {`,
      ...block(' 0)    bash-1      =>     cat-2      '),
      ` 0)   7.000 us    |  ${indent}}`,
    )
    const closed = timelineOf(trace).filter(event => event.endsWith(' 7000'))
    expect(closed.map(event => event.replace(/ \d+ } /, ' '))).toEqual([`cat-2 ${name} 7000`])
  })

  test.each([
    ['', '', ''],
    ['   12.000100 |  ', '   12.000110 |  ', '   12.000120 |  '],
  ])('may be all there is of a call at the start of a trace', async (first, second, third) => {
    const trace = text(
      `${first} 0)   4.000 us    |      } /* c */`,
      `${second} 0) + 20.000 us   |    } /* b */`,
      `${third} 0) + 90.000 us   |  } /* a */`,
    )
    expect(await foldedOf(trace)).toEqual(['a 70000', 'a;b 16000', 'a;b;c 4000'])
    expect(readTrace(trace).calls).toEqual({ complete: 0, incomplete: 0, orphan: 3 })
  })

  test('is all there is of calls longer than tracing_thresh', async () => {
    const trace = text(
      '  366.180900 |   1)    bash-169    | ! 310.500 us  |        } /* dup_mm */',
      '  366.181200 |   1)    bash-169    | # 3210.004 us |      } /* copy_process */',
      '  366.181341 |   1)    bash-169    | # 3807.209 us |    } /* __x64_sys_clone */',
      '  366.190000 |   1)    bash-169    | ! 250.000 us  |    } /* __x64_sys_exit */',
    )
    expect(await foldedOf(trace)).toEqual([
      '__x64_sys_clone 597205',
      '__x64_sys_clone;copy_process 2899504',
      '__x64_sys_clone;copy_process;dup_mm 310500',
      '__x64_sys_exit 250000',
    ])
    expect(readTrace(trace).calls).toEqual({ complete: 0, incomplete: 0, orphan: 4 })
  })

  test('right behind its entry makes a leaf, which trace_pipe was too early to see', () => {
    for (const time of ['', '   12.000100 |  ']) {
      expect(
        timelineOf(text(`${time} 0)               |  f() {`, `${time} 0)   0.500 us    |  }`)),
      ).toEqual(timelineOf(`${time} 0)   0.500 us    |  f();\n`))
    }
  })

  test('may be missing for good: what never returns ends with its task', () => {
    const trace = text(
      '   12.000100 |   0)    bash-12     |               |  do_exit() {',
      '   12.000110 |   0)    bash-12     |   1.000 us    |    exit_mm();',
      '   12.900000 |   0)     cat-13     |   2.000 us    |  f();',
    )
    expect(timelineOf(trace)).toContain('bash-12 11000 } do_exit incomplete')
  })

  test('that was lost is at the time of what follows', () => {
    const trace = text(
      '   12.000100 |   0)               |  a() {',
      '   12.000110 |   0)               |    b() {',
      '   12.000150 |   0)   1.000 us    |    c();',
      '   12.000160 |   0) + 60.000 us   |  }',
    )
    expect(timelineOf(trace)).toEqual([
      'CPU 0 0 a {',
      'CPU 0 10000 b {',
      'CPU 0 50000 } b incomplete',
      'CPU 0 50000 c {',
      'CPU 0 51000 } c 1000',
      'CPU 0 60000 } a 60000',
    ])
  })

  test('on another cpu is in another file of per_cpu', async () => {
    const entry = '   12.000100 |   7)    bash-1      |               |  f() {\n'
    const exit = '   12.000200 |   0)    bash-1      | ! 100.000 us  |  } /* f */\n'
    expect(readTrace(entry).calls).toEqual({ complete: 0, incomplete: 1, orphan: 0 })
    expect(readTrace(exit).calls).toEqual({ complete: 0, incomplete: 0, orphan: 1 })
    expect(await foldedOf(exit)).toEqual(['f 100000'])
  })
})

describe('a depth that other users of the tracer have counted up', () => {
  test('makes no caller', async () => {
    const trace = text(
      '  1) + 28.824 us   |    hrtimer_start_range_ns();',
      '  1)   2.000 us    |        enqueue_hrtimer();',
    )
    expect(await foldedOf(trace)).toEqual(['hrtimer_start_range_ns 28824', 'enqueue_hrtimer 2000'])
  })

  test('nests by order', async () => {
    const trace = text(
      ' 0)               |  a() {',
      ' 0)               |      b() {',
      ' 0)   1.000 us    |            c();',
      ' 0)   4.000 us    |      }',
      ' 0)   9.000 us    |  }',
    )
    expect(await foldedOf(trace)).toEqual(['a 5000', 'a;b 3000', 'a;b;c 1000'])
    expect(readTrace(trace).calls).toEqual({ complete: 3, incomplete: 0, orphan: 0 })
  })
})

describe('lost events', () => {
  test('may be of unknown number; the slots of the kernel survive them', () => {
    const trace = text(
      ' 0)               |  a() {',
      'CPU:0 [LOST EVENTS]',
      ' 0)   5.000 us    |  }',
    )
    expect(timelineOf(trace)).toEqual([
      'CPU 0 0 a {',
      'CPU 0 0 } a incomplete',
      'cpu 0 0 lost 0',
      'CPU 0 0 ? {',
      'CPU 0 0 } a 5000',
    ])
    expect(readTrace(trace).lostEvents).toBe(0)
    expect(countOf(trace, 'lost-events')).toBe(1)
  })

  test('of a cpu do not concern a task that has left it', () => {
    const trace = text(
      '   12.000100 |   0)    bash-1      |               |  f() {',
      '   12.000110 |   1)    bash-1      |   1.000 us    |    g();',
      'CPU:0 [LOST 187278 EVENTS]',
      '   12.000200 |   0)     cat-2      |   1.000 us    |  h();',
      '   12.000210 |   1)    bash-1      | ! 110.000 us  |  } /* f */',
    )
    expect(readTrace(trace)).toMatchObject({
      lostEvents: 187_278,
      calls: { complete: 3, incomplete: 0, orphan: 0 },
    })
  })
})

describe('time', () => {
  test.each([
    ['nosleep-time', '12.000100', '12.050100', '+ 12.000 us   ', 50_000_000, 12_000],
    [
      'a 32-bit kernel, which has wrapped',
      '100.000000',
      '5000.000000',
      '$ 605032704 us ',
      4.9e12,
      4.9e12,
    ],
  ])('goes by the timestamps, weight by the duration: %s', (_, from, to, cell, end, duration) => {
    const trace = text(
      `${from.padStart(12)} |   0)    bash-1      |               |  schedule() {`,
      `${to.padStart(12)} |   0)    bash-1      | ${cell}|  }`,
    )
    expect(timelineOf(trace)).toEqual([
      'bash-1 0 schedule {',
      `bash-1 ${end} } schedule ${duration}`,
    ])
  })

  test.each([
    ['counter', '0.001095', '0.001095', '0.001095', '0.001095'],
    ['uptime', '0.000045', '0.000045', '0.000045', '0.000045'],
    ['x86-tsc', '2166.040899', '2166.043345', '2166.055575', '2166.062912'],
  ])('of the clock %s weighs nothing', async (_, ...times) => {
    const [a, b, c, exit] = times.map(time => time.padStart(12))
    const trace = text(
      `${a} |   0)               |  a() {`,
      `${b} |   0)   5.000 us    |    b();`,
      `${c} |   0)   3.000 us    |    c();`,
      `${exit} |   0)   9.000 us    |  }`,
    )
    expect(await foldedOf(trace)).toEqual(['a 1000', 'a;b 5000', 'a;c 3000'])
    expect(readTrace(trace).calls).toEqual({ complete: 3, incomplete: 0, orphan: 0 })
  })

  test('may go back from cpu to cpu', () => {
    const trace = text(
      '   12.000100 |   0)    bash-1      |   1.000 us    |  f();',
      '   12.000120 |   0)    bash-1      |   1.000 us    |  f();',
      '   12.000110 |   1)     cat-2      |   1.000 us    |  g();',
      '   12.000130 |   0)    bash-1      |   1.000 us    |  f();',
    )
    expect(timelineOf(trace).filter(event => event.includes('{'))).toEqual([
      'bash-1 0 f {',
      'bash-1 20000 f {',
      'cat-2 10000 g {',
      'bash-1 30000 f {',
    ])
    expect(readTrace(trace).diagnostics).toEqual([])
  })
})

describe('the marks that latency tracers set where their measurement starts and stops', () => {
  const trace = text(
    '# tracer: irqsoff',
    '#',
    '#   REL TIME      CPU  TASK/PID       ||||     DURATION                  FUNCTION CALLS',
    '#      |          |     |    |        ||||      |   |                     |   |   |   |',
    '        1 us |   0)   kworker-23   |  d..2. |               |    irq_enter_rcu() {',
    '        2 us |   0)   kworker-23   |  d..2. |   0.000 us    |  _raw_spin_lock_irqsave();',
    '        4 us |   0)   kworker-23   |  d.h2. |   2.398 us    |    }',
  )

  test('end no call, though they stand at depth 0', () => {
    expect(readTrace(trace).calls).toMatchObject({ incomplete: 0, orphan: 0 })
  })
})

describe('a line that says nothing about calls changes none', () => {
  test.each([
    ['##### CPU 0 buffer started ####'],
    [' 0)   ==========> |'],
    [' 0)   <========== |'],
    [' 0)   ==========>'],
    [' (Overruns: 12)'],
    ['CPU:1 [LOST 5 EVENTS]\n (Overruns: 12)'],
    ['            bash-248   [006] .....   333.440000: <stack trace>\n => f\n => g+0x12/0x20 [m]'],
    [' => schedule\n => a-1\n => 0xffffffffc0a1b2c3\n => [FTRACE TRAMPOLINE]'],
    ['            bash-248   [006] d..2.   333.440000: sched_waking: comm=cat pid=12 prio=120'],
    ['            bash-248   [006] .....   333.440000: vfs_read <-ksys_read'],
    ['[LINE TOO BIG]'],
    ['ERROR: ftrace may be in use by PID 201'],
    ['^C'],
  ])('%s', other => {
    const [before, after] = halves
    const trace = text(...before, other, ...after)
    expect(callsOf(trace)).toEqual(callsOf(text(...before, ...after)))
    expect(readTrace(trace).lines.unrecognized).toBe(0)
  })

  test('but a broken line of a call is reported', () => {
    const [before, after] = halves
    const trace = text(...before, ' 0)   5.000 us    |  fo', ...after)
    expect(callsOf(trace)).toEqual(callsOf(text(...before, ...after)))
    expect(readTrace(trace).diagnostics).toContainEqual(
      expect.objectContaining({ name: 'unrecognized-lines', count: 1, lines: [3] }),
    )
  })

  test('in any columns', () => {
    const arrow = '   12.000110 |   0)    bash-1      |   ==========> |'
    const entry = '   12.000100 |   0)    bash-1      |               |  f() {'
    const inside = '   12.000111 |   0)    bash-1      |   4.000 us    |    gic_handle_irq();'
    const exit = '   12.000130 |   0)    bash-1      | + 30.000 us   |  }'
    expect(timelineOf(text(entry, arrow, inside, exit))).toEqual(
      timelineOf(text(entry, inside, exit)),
    )
    expect(readTrace(text(entry, arrow, inside, exit)).lines).toMatchObject({
      other: 1,
      unrecognized: 0,
    })
  })
})

describe('a capture', () => {
  test('of `perf ftrace --graph-opts verbose` has a header without columns', () => {
    const { columns, lines } = readTrace(
      text(
        '# tracer: function_graph',
        '#',
        '  496.858972 |   1)  python3-363   |  dNh2. |               |    __sysvec_apic_timer_interrupt() {',
      ),
    )
    expect(columns).toEqual(['TIME', 'CPU', 'TASK/PID', 'FLAGS', 'DURATION'])
    expect(lines).toMatchObject({ header: 2, entry: 1, unrecognized: 0 })
  })

  test('of `funcgraph -H` has its first lines twice: from trace, and from trace_pipe', () => {
    const read = [
      '   12.000100 |   0)    bash-1      |   1.000 us    |  a();',
      '   12.000110 |   0)    bash-1      |   1.000 us    |  b();',
    ]
    const next = '   12.000120 |   0)    bash-1      |   1.000 us    |  c();'
    expect(timelineOf(text(...read, ...read, next))).toEqual(timelineOf(text(...read, next)))
  })

  test('behind another one has stacks of its own', async () => {
    const header = '# tracer: function_graph'
    const trace = text(
      header,
      '   12.000100 |   0)    bash-1      |               |  a() {',
      '   12.000110 |   0)    bash-1      |   1.000 us    |    b();',
      header,
      '   12.000105 |   0)    bash-1      |   1.000 us    |    c();',
      '   12.000120 |   0)    bash-1      |   1.000 us    |  d();',
    )
    expect(await foldedOf(trace)).toEqual(['a;b 1000', 'c 1000', 'd 1000'])
    expect(readTrace(trace).calls).toEqual({ complete: 3, incomplete: 1, orphan: 0 })
  })

  test('of function_graph may hold what another tracer wrote', () => {
    const { lines, diagnostics } = readTrace(
      text(
        '# tracer: function_graph',
        '#',
        '            bash-248     [001] .....   333.440000: vfs_read <-ksys_read',
        '            bash-248     [001] .....   333.440003: rw_verify_area <-vfs_read',
      ),
    )
    expect(lines).toMatchObject({ entry: 0, leaf: 0, exit: 0 })
    expect(diagnostics).toContainEqual(expect.objectContaining({ name: 'no-calls' }))
  })

  test('may be cut anywhere: all but its first and last line are read', () => {
    const trace = text(
      ' 0)   1.000 us    |    a();',
      ' 0)               |    /* <user stack trace>',
      ' =>  <00007fb6ad721350>',
      ' =>  <000055cb91c2e9ee> */',
      ...block(' 0)    bash-133    =>  python3-215  '),
      ...new Array<string>(4).fill(' 0)   2.000 us    |  kept();'),
      ...block(' 1)  python3-253   =>    bash-170    '),
      ' 1)               |  /* a marker */',
      ' 1) + 12.409 us   |  } /* z */',
    )
    const kept = trace.indexOf(' 0)   2.000')
    const keptEnd = trace.lastIndexOf('kept();\n') + 8
    for (let cut = 0; cut <= kept; cut += 3) expectCut(trace.slice(cut))
    for (let cut = keptEnd; cut <= trace.length; cut += 3) expectCut(trace.slice(0, cut))
  })
})

function expectCut(trace: string): void {
  const dump = new TimelineDump()
  const { lines } = readTrace(trace, dump)
  expect(lines.unrecognized, trace).toBeLessThanOrEqual(1)
  expect(dump.lines.filter(event => event.endsWith('} kept 2000')).length, trace).toBe(4)
}

/** A trace in two parts, inside of a call. */
const halves = [
  [' 0)               |  f() {', ' 0)   1.000 us    |    g();'],
  [' 0)   2.000 us    |    h();', ' 0)   9.000 us    |  }'],
] as const

function text(...lines: readonly string[]): string {
  return lines.map(line => `${line}\n`).join('')
}

function block(line: string): string[] {
  const rule = ` ${'-'.repeat(42)}`
  return [rule, line, rule, '']
}

/** Begins and ends, without their notes. */
function callsOf(trace: string): string[] {
  return timelineOf(trace)
    .filter(event => / [{}]/.test(event) && !event.includes(' * '))
    .map(event => event.replace(/(?<= } \S+(?: \[\w+\])? (?:\d+|incomplete)) .*$/, ''))
}

function countOf(trace: string, name: string): number {
  return readTrace(trace).diagnostics.find(diagnostic => diagnostic.name === name)?.count ?? 0
}

async function foldedOf(trace: string): Promise<string[]> {
  const folded = await openWritten('folded')
  readTrace(trace, folded.sink)
  return folded.text.trimEnd().split('\n')
}

describe('what another task has left behind', () => {
  test('in the slots of its cpu is not trusted where the task column knows better', () => {
    const trace = text(
      '    1.000000 |   1)    <idle>-0    |               |  cpu_startup_entry() {',
      '    1.000001 |   2)    bash-64     |               |  vfs_read() {',
      '    1.000002 |   2)    bash-64     |               |    schedule() {',
      '    1.000009 |   1)    bash-64     |   7.000 us    |    } /* schedule */',
      '    1.000010 |   1)    bash-64     |   9.000 us    |  }',
    )
    expect(readTrace(trace).calls).toEqual({ complete: 2, incomplete: 1, orphan: 0 })
    expect(callsOf(trace)).toContain('bash-64 10000 } vfs_read 9000')
  })

  test('on its cpu ends where the next one takes over', () => {
    const trace = text(
      '    1.000010 |   0)     bash-1     | + 40.000 us   |  rcu_note_context_switch();',
      '    1.000015 |   0)     cat-2      |   3.000 us    |  vfs_read();',
      '    1.000090 |   0)     bash-1     |   1.000 us    |  fput();',
    )
    expect(timelineOf(trace)).toContain('bash-1 5999 } rcu_note_context_switch 40000')
  })

  test('is an arrow behind a name with a line feed', () => {
    const trace = text(
      '    1.000001 |   0)     cat-2      |   3.000 us    |  vfs_read();',
      '    1.000002 |   0)     cat-2      |   3.000 us    |  vfs_read();',
      '    1.000003 |   0)     cat-2      |   3.000 us    |  vfs_read();',
      '    1.000011 |   0)     p',
      'q-83      |   ==========> |',
      '    1.000011 |   0)     p',
      'q-83      |   1.000 us    |    gic_handle_irq();',
    )
    expect(readTrace(trace).lines).toMatchObject({ leaf: 4, unrecognized: 0 })
  })

  test('are blocks with a name like a comment', () => {
    const rule = ` ${'-'.repeat(42)}`
    const block = [rule, ' 0)  /* c */-1117  =>     bash-1     ', rule, '']
    const leaf = ' 0)   1.000 us    |  vfs_read();'
    const trace = text(leaf, ...block, leaf, ...block, leaf, ...block, leaf, ...block, leaf)
    expect(readTrace(trace).dialect).toBe('kernel')
  })
})

test('a leaf that is the entry of one call and the exit of a later one is two calls', () => {
  const trace = text(
    '    1.000010 |   7)     bash-1     | + 30.000 us   |  do_nanosleep();',
    '    1.000510 |   0)     bash-1     | ! 500.000 us  |  } /* do_nanosleep */',
    '    1.000600 |   0)     bash-1     |               |  do_nanosleep() {',
    '    1.000700 |   7)     bash-1     |   1.000 us    |  fput();',
  )
  expect(callsOf(trace)).toEqual([
    'bash-1 0 do_nanosleep {',
    'bash-1 500000 } do_nanosleep 500000',
    'bash-1 590000 do_nanosleep {',
    'bash-1 690000 } do_nanosleep 30000',
    'bash-1 690000 fput {',
    'bash-1 691000 } fput 1000',
  ])
  expect(readTrace(trace)).toMatchObject({
    calls: { complete: 3, incomplete: 0, orphan: 0 },
    diagnostics: [{ name: 'false-folds', count: 1 }],
  })
})

describe('a name with a line feed in it', () => {
  const trace = readFileSync('test/broken/switch-name-with-line-feed.txt')

  test('is whole in a switch block, too', () => {
    const { tasks, lines, tracks } = readTrace(trace)
    expect(tasks).toEqual([
      { pid: 109, comm: 'sh' },
      { pid: 833, comm: '9-9 ' },
    ])
    expect({ lines: lines.total, unrecognized: lines.unrecognized, tracks }).toEqual({
      lines: 13,
      unrecognized: 0,
      tracks: 2,
    })
  })

  test('takes two lines of a task column', () => {
    const line = (time: string, rest: string) =>
      `   12.00010${time} |   1)    9-9\n-871    |${rest}\n`
    const calls = line('0', '               |  f() {') + line('1', '   1.000 us    |    g();')
    const more = line('2', '   2.000 us    |  }') + line('3', '   1.000 us    |  g();')
    const header =
      '# tracer: function_graph\n#\n#     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS\n'
    const { tasks, lines } = readTrace(header + calls + more + more.replace('}', '} /* f */'))
    expect(tasks).toEqual([{ pid: 871, comm: '9-9 ' }])
    expect(lines).toMatchObject({ total: 15, header: 3, unrecognized: 0 })
  })
})
