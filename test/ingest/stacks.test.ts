import { describe, expect, test } from 'vitest'
import { timelineOf } from '../dump-timeline.js'
import { readTrace } from '../read-trace.js'

/** Lines of one cpu without timestamps: ` 0) ` is put before each. */
function plain(...lines: string[]): string {
  return lines.map(line => ` 0) ${line}`).join('\n')
}

/** Lines with timestamp, cpu and task, as `12.000001 0 bash-1 |   1.000 us    |  f();`. */
function timed(...lines: string[]): string {
  return lines
    .map(line => {
      const [, seconds = '', cpu, task = '', rest] = /^(\S+) (\d+) (\S+) \|(.*)$/.exec(line) ?? []
      if (!seconds) return line
      const left = Math.floor((14 - task.length) / 2)
      const cell = `${' '.repeat(left)}${task}`.padEnd(14)
      return `${seconds.padStart(12)} |   ${cpu}) ${cell} |${rest}`
    })
    .join('\n')
}

const block = (cpu: number, from: string, to: string) =>
  ` ${'-'.repeat(42)}\n ${cpu})  ${from.padEnd(14)} => ${to.padEnd(14)}\n ${'-'.repeat(42)}\n`

describe('a trace without timestamps', () => {
  test('packs callees from the begin of their caller, whose own time follows', () => {
    const text = plain(
      '              |  a() {',
      '  1.000 us    |    b();',
      '  2.000 us    |    c();',
      '  9.000 us    |  }',
      '  1.000 us    |  d();',
    )
    expect(timelineOf(text)).toEqual([
      'CPU 0 0 a {',
      'CPU 0 0 b {',
      'CPU 0 1000 } b 1000',
      'CPU 0 1000 c {',
      'CPU 0 3000 } c 2000',
      'CPU 0 9000 } a 9000',
      'CPU 0 9000 d {',
      'CPU 0 10000 } d 1000',
    ])
  })

  test('begins a call at depth 0 where the furthest track has come to', () => {
    const text = ' 0)   5.000 us    |  a();\n 1)   1.000 us    |  b();\n 0)   1.000 us    |  c();\n'
    expect(timelineOf(text)).toEqual([
      'CPU 0 0 a {',
      'CPU 0 5000 } a 5000',
      'CPU 1 5000 b {',
      'CPU 1 6000 } b 1000',
      'CPU 0 6000 c {',
      'CPU 0 7000 } c 1000',
    ])
  })

  test('keeps the order of what a cpu prints, whatever the tasks', () => {
    const text = [
      block(0, 'cat-2', 'bash-1'),
      ' 0)               |  vfs_read() {\n 0) ! 500.000 us  |    page_cache();\n',
      block(0, 'bash-1', 'cat-2'),
      ' 0)   1.000 us    |  ksys_write();\n',
      block(0, 'cat-2', 'bash-1'),
      ' 0)   0.500 us    |    finish_wait();\n 0) ! 600.000 us  |  }\n',
    ].join('')
    expect(timelineOf(text)).toEqual([
      'bash-1 0 vfs_read {',
      'bash-1 0 page_cache {',
      'bash-1 500000 } page_cache 500000',
      'cat-2 500000 ksys_write {',
      'cat-2 501000 } ksys_write 1000',
      'bash-1 501000 finish_wait {',
      'bash-1 501500 } finish_wait 500',
      'bash-1 600000 } vfs_read 600000',
    ])
  })

  test('gives no time to what lies before it: the own time of a call without an entry', () => {
    const text = plain(
      '  1.000 us    |    b();',
      '* 30000.00 us |  } /* a */',
      '  2.000 us    |  c();',
    )
    expect(timelineOf(text)).toEqual([
      'CPU 0 0 ? {',
      'CPU 0 1 b {',
      'CPU 0 1001 } b 1000',
      'CPU 0 1001 } a 30000000',
      'CPU 0 1001 c {',
      'CPU 0 3001 } c 2000',
    ])
  })

  test('makes room for callees that exceed their caller, and says so', () => {
    const text = plain('              |  a() {', '  5.000 us    |    b();', '  3.000 us    |  }')
    expect(timelineOf(text).at(-1)).toBe('CPU 0 5000 } a 3000')
    expect(names(text)).toContain('children-exceed-parent')
  })

  test('without durations keeps the order, each call 1 ns of its own', () => {
    const text = ' 0)  a() {\n 0)    b();\n 0)    c();\n 0)  }\n'
    expect(timelineOf(text).map(event => event.replace('CPU 0 ', ''))).toEqual([
      '0 a {',
      '0 b {',
      '1 } b 1',
      '1 c {',
      '2 } c 1',
      '3 } a 3',
    ])
    expect(names(text)).toContain('order-only')
  })
})

describe('a trace with timestamps', () => {
  test('places calls at their times, and gives them their durations', () => {
    const text = timed(
      '12.000100 0 bash-1 |               |  a() {',
      '12.000102 0 bash-1 |   1.500 us    |    b();',
      '12.000110 0 bash-1 | + 10.250 us   |  }',
    )
    expect(timelineOf(text)).toEqual([
      'bash-1 0 a {',
      'bash-1 2000 b {',
      'bash-1 3500 } b 1500',
      'bash-1 10250 } a 10250',
    ])
  })

  test('keeps calls of the same microsecond in order, at their lengths', () => {
    const text = timed(
      '12.000100 0 bash-1 |               |  a() {',
      '12.000100 0 bash-1 |   0.300 us    |    b();',
      '12.000100 0 bash-1 |   0.200 us    |    c();',
      '12.000101 0 bash-1 |   1.100 us    |  }',
    )
    expect(timelineOf(text)).toEqual([
      'bash-1 0 a {',
      'bash-1 0 b {',
      'bash-1 300 } b 300',
      'bash-1 300 c {',
      'bash-1 500 } c 200',
      'bash-1 1100 } a 1100',
    ])
    expect(names(text)).toEqual([])
  })

  test('ends no leaf behind the next line, and no call behind its exit', () => {
    const text = timed(
      '12.000100 0 bash-1 |               |  a() {',
      '12.000101 0 bash-1 | ! 900.000 us  |    b();',
      '12.000105 0 bash-1 |   0.100 us    |    c();',
      '12.000110 0 bash-1 | ! 990.000 us  |  }',
    )
    expect(timelineOf(text)).toEqual([
      'bash-1 0 a {',
      'bash-1 1000 b {',
      'bash-1 5999 } b 900000',
      'bash-1 5999 c {',
      'bash-1 6099 } c 100',
      'bash-1 10999 } a 990000',
    ])
    expect(readTrace(text).extents).toEqual({
      longerBySleep: 0,
      longerByCallees: 0,
      shorter: 2,
      largest: 979_001,
    })
  })

  test.each([
    ['12.000150', 50_000],
    ['12.000152', 52_000],
    ['12.000153', 53_500],
    ['12.000200', 53_500],
  ])(
    'ends a call whose entry was recorded late behind its exit, if nothing comes before: %s',
    (next, end) => {
      const text = timed(
        '12.000100 0 bash-1 |               |  a() {',
        '12.000140 0 bash-1 | + 53.500 us   |  }',
        `${next} 0 bash-1 |   0.100 us    |  b();`,
      )
      expect(timelineOf(text)[1]).toBe(`bash-1 ${end} } a 53500`)
    },
  )

  test('ends a call at its duration, whenever its exit was recorded', () => {
    const text = timed(
      '12.000100 0 bash-1 |               |  a() {',
      '12.000102 0 bash-1 |               |    b() {',
      '12.002104 0 bash-1 |   2.647 us    |    }',
      '12.002110 0 bash-1 | # 2015.500 us |  }',
      '12.003000 0 bash-1 |   0.100 us    |  c();',
    )
    expect(timelineOf(text)).toEqual([
      'bash-1 0 a {',
      'bash-1 2000 b {',
      'bash-1 4647 } b 2647',
      'bash-1 2015500 } a 2015500',
      'bash-1 2900000 c {',
      'bash-1 2900100 } c 100',
    ])
    expect(readTrace(text).extents.largest).toBe(0)
  })

  test('counts calls that last longer than was printed, with the reason', () => {
    const text = timed(
      '12.000100 0 bash-1 |               |  f_wait() {',
      '12.000110 0 bash-1 |               |    f_sleep() {',
      '12.000120 0 cat-2 |   1.000 us    |  f();',
      '12.050110 0 bash-1 | + 12.000 us   |    }',
      '12.050115 0 bash-1 | + 30.000 us   |  }',
      '12.050200 0 bash-1 |               |  a() {',
      '12.050201 0 bash-1 | + 20.000 us   |    b();',
      '12.050230 0 bash-1 | + 10.000 us   |  }',
    )
    expect(timelineOf(text).filter(line => line.startsWith('bash-1'))).toEqual([
      'bash-1 0 f_wait {',
      'bash-1 10000 f_sleep {',
      'bash-1 50010000 } f_sleep 12000',
      'bash-1 50015000 } f_wait 30000',
      'bash-1 50100000 a {',
      'bash-1 50101000 b {',
      'bash-1 50121000 } b 20000',
      'bash-1 50121000 } a 10000',
    ])
    expect(readTrace(text).extents).toEqual({
      longerBySleep: 2,
      longerByCallees: 1,
      shorter: 0,
      largest: 49_988_000,
    })
  })

  test('loses no nanosecond at large epochs', () => {
    const text = timed(
      '1795388410.406240 0 bash-1 |               |  a() {',
      '1795388410.406245 0 bash-1 |   5.001 us    |  }',
    )
    expect(timelineOf(text)).toEqual(['bash-1 0 a {', 'bash-1 5001 } a 5001'])
    expect(readTrace(text).origin).toBe('1795388410.406240')
  })

  test('without durations derives them', () => {
    const text =
      '  12.000100 |  a() {\n   12.000102 |    b();\n   12.000105 |    c();\n   12.000109 |  }\n'
    expect(timelineOf(text)).toEqual([
      'all cpus 0 a {',
      'all cpus 2000 b {',
      'all cpus 5000 } b 3000',
      'all cpus 5000 c {',
      'all cpus 9000 } c 4000',
      'all cpus 9000 } a 9000',
    ])
    expect(names(text)).toEqual(['derived-durations'])
  })
})

describe('callers that were running before', () => {
  test('stand around what they called, under the name their exit brings', () => {
    const text = plain(
      '  1.000 us    |    b();',
      '  9.000 us    |  } /* a */',
      '  1.000 us    |  c();',
    )
    expect(timelineOf(text)).toEqual([
      'CPU 0 0 ? {',
      'CPU 0 1 b {',
      'CPU 0 1001 } b 1000',
      'CPU 0 1001 } a 9000',
      'CPU 0 1001 c {',
      'CPU 0 2001 } c 1000',
    ])
    expect(readTrace(text).calls).toEqual({ complete: 2, incomplete: 0, orphan: 1 })
  })

  test('are left without a name where no exit comes', () => {
    const text = plain('  1.000 us    |    b();', '  1.000 us    |  c();')
    expect(timelineOf(text).slice(0, 4)).toEqual([
      'CPU 0 0 ? {',
      'CPU 0 1 b {',
      'CPU 0 1001 } b 1000',
      'CPU 0 1001 } ? incomplete',
    ])
    expect(readTrace(text).calls).toEqual({ complete: 2, incomplete: 0, orphan: 0 })
  })

  test('that called nothing end at their exit', () => {
    const text = timed(
      '12.000100 0 bash-1 |   0.500 us    |    c();',
      '12.000110 0 bash-1 |   4.000 us    |    } /* b */',
      '12.000120 0 bash-1 | + 90.000 us   |  } /* a */',
    )
    expect(timelineOf(text)).toEqual([
      'bash-1 0 ? {',
      'bash-1 1 c {',
      'bash-1 501 } c 500',
      'bash-1 6000 ? {',
      'bash-1 10000 } b 4000',
      'bash-1 20000 } a 90000',
    ])
  })

  test('begin on a new track no earlier than their duration says', () => {
    const text = timed(
      '12.000000 1 bash-1 |   0.500 us    |  c();',
      '12.500000 0 cat-2 |   4.000 us    |    } /* b */',
      '12.500010 0 cat-2 | + 90.000 us   |  } /* a */',
    )
    expect(timelineOf(text).filter(event => event.startsWith('cat'))).toEqual([
      'cat-2 499996000 ? {',
      'cat-2 499996001 ? {',
      'cat-2 500000000 } b 4000',
      'cat-2 500010000 } a 90000',
    ])
  })

  test('are told by the slots of the kernel where the exit has no note', () => {
    // The entry on cpu 0 belongs to one task; the other one closes the same function there.
    const text = [
      ' 0)               |  a() {',
      block(0, 'x-1', 'y-2'),
      ' 0)   7.000 us    |  }',
    ].join('\n')
    expect(timelineOf(text)).toEqual([
      'x-1 0 a {',
      'y-2 0 ? {',
      'y-2 0 } a 7000',
      'x-1 0 } a incomplete',
    ])
  })

  test('without a name at all count as [unknown]', () => {
    const text = plain('  1.000 us    |    b();', '  9.000 us    |  }', '  1.000 us    |  c();')
    expect(timelineOf(text)[3]).toBe('CPU 0 1001 } [unknown] 9000')
    expect(names(text)).toContain('nameless-exits')
  })
})

describe('what is missing', () => {
  test('an exit: the next entry at that depth closes the call as incomplete', () => {
    const text = plain(
      '              |  a() {',
      '              |    b() {',
      '  1.000 us    |      c();',
      '              |    d() {',
      '  1.000 us    |    }',
      '  9.000 us    |  }',
    )
    expect(timelineOf(text)).toContain('CPU 0 1000 } b incomplete')
    expect(readTrace(text).calls).toEqual({ complete: 3, incomplete: 1, orphan: 0 })
  })

  test('an exit and an entry: a note that names another function closes nothing else', () => {
    const text = plain('              |  a() {', '  4.000 us    |  } /* b */')
    expect(timelineOf(text)).toEqual([
      'CPU 0 0 a {',
      'CPU 0 0 } a incomplete',
      'CPU 0 0 ? {',
      'CPU 0 0 } b 4000',
    ])
  })

  test('an exit and an entry: by its duration the exit is of a call that began later, elsewhere', () => {
    const text = timed(
      '12.000100 0 bash-1 |               |  wait() {',
      '12.050000 1 cat-2 |   1.000 us    |  f();',
      '12.053000 1 bash-1 |   0.500 us    |    finish();',
      '12.054000 1 bash-1 | # 5100.000 us |  } /* wait */',
    )
    expect(timelineOf(text).filter(event => /wait/.test(event))).toEqual([
      'bash-1 0 wait {',
      'bash-1 52900500 } wait incomplete',
      'bash-1 53900000 } wait 5100000',
    ])
    expect(readTrace(text).calls).toEqual({ complete: 2, incomplete: 1, orphan: 1 })
    const known = text.replace(
      '  12.000100',
      '  12.000050 |   1)     cat-2      |   1.000 us    |  e();\n$&',
    )
    expect(readTrace(known).calls).toEqual({ complete: 4, incomplete: 0, orphan: 0 })
  })

  test('the end of the trace closes what is open', () => {
    const text = plain('              |  a() {', '  1.000 us    |    b();')
    expect(timelineOf(text).at(-1)).toBe('CPU 0 1000 } a incomplete')
    expect(names(text)).toContain('open-at-end')
  })

  test('lost events break the stacks of their cpu only', () => {
    const text = [
      ' 0)               |  a() {',
      ' 1)               |  x() {',
      'CPU:0 [LOST 7 EVENTS]',
      ' 1)   2.000 us    |  }',
      ' 0)   5.000 us    |  } /* a */',
    ].join('\n')
    expect(timelineOf(text)).toEqual([
      'CPU 0 0 a {',
      'CPU 1 0 x {',
      'CPU 0 0 } a incomplete',
      'cpu 0 0 lost 7',
      'CPU 1 2000 } x 2000',
      'CPU 0 2000 ? {',
      'CPU 0 2000 } a 5000',
    ])
    expect(readTrace(text).lostEvents).toBe(7)
  })
})

describe('depth', () => {
  test('may jump where an interrupt comes before the entry it hit', () => {
    const text = timed(
      '12.000100 0 bash-1 |               |  a() {',
      '12.000101 0 bash-1 |   0.500 us    |      irq_enter_rcu();',
      '12.000105 0 bash-1 |               |    b() {',
      '12.000106 0 bash-1 |   1.000 us    |    }',
      '12.000110 0 bash-1 | + 10.000 us   |  }',
    )
    expect(timelineOf(text)).toEqual([
      'bash-1 0 a {',
      'bash-1 1000 ? {',
      'bash-1 1001 irq_enter_rcu {',
      'bash-1 1501 } irq_enter_rcu 500',
      'bash-1 5000 } ? incomplete',
      'bash-1 5000 b {',
      'bash-1 6000 } b 1000',
      'bash-1 10000 } a 10000',
    ])
    expect(readTrace(text).calls).toEqual({ complete: 3, incomplete: 0, orphan: 0 })
  })

  test('may be large', () => {
    const depth = 200
    const lines = [
      ...Array.from({ length: depth }, (_, d) => ` 0)               |  ${'  '.repeat(d)}f${d}() {`),
      ...Array.from(
        { length: depth },
        (_, d) => ` 0)   1.000 us    |  ${'  '.repeat(depth - 1 - d)}}`,
      ),
    ]
    expect(readTrace(lines.join('\n')).calls.complete).toBe(depth)
  })
})

describe('tasks', () => {
  test('keep their stack from cpu to cpu', () => {
    const text = timed(
      '12.000100 0 bash-1 |               |  schedule() {',
      '12.000200 1 bash-1 | ! 100.000 us  |  } /* schedule */',
    )
    expect(timelineOf(text, true)).toEqual([
      'bash-1 0 on cpu 0',
      'bash-1 0 schedule {',
      'bash-1 0 on cpu 1',
      'bash-1 100000 } schedule 100000',
    ])
  })

  test('keep their stack through switch blocks', () => {
    const text = [
      ' 0)               |  schedule() {',
      block(0, 'bash-1', 'python3-2'),
      ' 0)   1.000 us    |  f();',
      block(0, 'python3-2', 'bash-1'),
      ' 0) + 50.000 us   |  }',
    ].join('\n')
    expect(timelineOf(text)).toEqual([
      'bash-1 0 schedule {',
      'python3-2 0 f {',
      'python3-2 1000 } f 1000',
      'bash-1 50000 } schedule 50000',
    ])
    expect(readTrace(text).tasks).toEqual([
      { pid: 1, comm: 'bash' },
      { pid: 2, comm: 'python3' },
    ])
  })

  test('go on elsewhere under the name a switch block brings late', () => {
    const text = [
      ' 1)               |  schedule() {',
      block(1, 'bash-1', '<idle>-0'),
      ' 1)   1.000 us    |  tick();',
      block(0, 'python3-2', 'bash-1'),
      ' 0) + 50.000 us   |  } /* schedule */',
    ].join('\n')
    expect(timelineOf(text)).toEqual([
      'bash-1 0 schedule {',
      'swapper/1 0 tick {',
      'swapper/1 1000 } tick 1000',
      'bash-1 50000 } schedule 50000',
    ])
  })

  test('are known by their pid, whatever they are called', () => {
    const text = timed(
      '12.000100 0 bash-1 |   1.000 us    |  f();',
      '12.000200 0 cat-1 |   1.000 us    |  f();',
    )
    expect(readTrace(text)).toMatchObject({ tracks: 1, tasks: [{ pid: 1, comm: 'cat' }] })
  })
})

function names(text: string): string[] {
  const expected = ['rebuilt-time']
  return readTrace(text).diagnostics.flatMap(({ name }) => (expected.includes(name) ? [] : [name]))
}

test('an exit without a name takes what the kernel has in its slot, once', () => {
  const text = plain('              |  f() {', '  1.000 us    |  }', '  2.000 us    |  }')
  expect(timelineOf(text)).toEqual([
    'CPU 0 0 f {',
    'CPU 0 1000 } f 1000',
    'CPU 0 1000 ? {',
    'CPU 0 1000 } [unknown] 2000',
  ])
})

test('calls that cannot stand at their printed time are counted, with the furthest', () => {
  const text = timed(
    '12.000001 0 bash-1 |               |  a() {',
    '12.000010 0 bash-1 |               |    b() {',
    '12.000005 0 bash-1 |               |      c() {',
    '12.000008 0 bash-1 |               |        d() {',
  )
  expect(readTrace(text).moved).toEqual({ calls: 2, furthest: 5000 })
})
