import { describe, expect, test } from 'vitest'
import { ftraceFields } from '../../src/emit/perfetto/ftrace-events.js'
import { openPerfetto } from '../../src/emit/perfetto/perfetto.js'
import { type TimelineSink, type TraceFacts, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import {
  decodePerfetto,
  eventsOfPerfetto,
  printPerfetto,
  slicesOfPerfetto,
  totalsOfPerfetto,
  tracksOfPerfetto,
} from '../decode/perfetto.js'

const FACTS: TraceFacts = {
  dialect: 'tracefs',
  columns: ['CPU', 'DURATION'],
  clock: 'timestamps',
  origin: '1000.000000',
  span: 5008,
  lostEvents: 0,
}

function trace(
  events: (sink: TimelineSink) => void,
  blocks: Uint8Array[] = [],
  origin = FACTS.origin,
): Uint8Array {
  const sink = openPerfetto(block => blocks.push(block), { title: 'trace.txt' })
  sink.start({ ...FACTS, origin })
  events(sink)
  sink.finish(FACTS)
  return Buffer.concat(blocks)
}

function names(sink: TimelineSink, ...functions: string[]): void {
  functions.forEach((text, index) => {
    const [name = '', module = ''] = text.split(/ \[|\]/)
    sink.defineFunction(index + 1, { name, module })
  })
}

function task(sink: TimelineSink, id: number, pid: number, comm: string): void {
  sink.defineTrack(id, { pid, comm, cpu: undefined })
}

function shownTracks(file: Uint8Array): string[] {
  const tracks = tracksOfPerfetto(file)
  return [...tracks.values()].map(({ kind, name, parent }) =>
    parent === undefined ? `${kind} ${name}` : `${kind} ${tracks.get(parent)?.name} > ${name}`,
  )
}

function shownSlices(file: Uint8Array): string[] {
  return slicesOfPerfetto(file).map(
    ({ track, path, begin, end }) => `${track}: ${begin}..${end} ${path}`,
  )
}

/** Two tasks in the same three functions: 7 calls, 8001 ns. */
function sample(sink: TimelineSink): void {
  names(sink, '__x64_sys_read', 'ksys_read', 'vfs_read')
  task(sink, 0, 100, 'bash')
  task(sink, 1, 201, 'my app;')
  sink.begin(0, 1, 0)
  sink.begin(0, 2, 101)
  sink.begin(0, 3, 253)
  sink.begin(1, 1, 2007)
  sink.begin(1, 2, 2018)
  sink.begin(1, 3, 2107)
  sink.end(1, 3, 3108, 1001)
  sink.begin(1, 3, 3307)
  sink.end(1, 3, 4306, 999)
  sink.end(0, 3, 4503, 4250)
  sink.end(0, 2, 4901, 4800)
  sink.end(1, 2, 4918, 2900)
  sink.end(0, 1, 5000, 5000)
  sink.end(1, 1, 5008, 3001)
}

describe('perfetto', () => {
  test('packet by packet', () => {
    const file = trace(sink => {
      names(sink, 'ksys_read', 'ext4_file_read_iter [ext4]')
      task(sink, 0, 100, 'bash')
      sink.begin(0, 1, 5)
      sink.begin(0, 2, 7)
      sink.end(0, 2, 9, 2)
      sink.begin(0, 2, 9)
      sink.end(0, 2, 10, 1)
      sink.end(0, 1, 11, 6)
    })
    expect(printPerfetto(file)).toBe(
      `sequence 2 from 1000000000000
track 4294967396 process pid=100 'bash'
track 1 thread pid=100 'bash'
sequence 3 from 1000000000000 writes to 1
5 1 BEGIN 'ksys_read' (kernel)
7 1 BEGIN 'ext4_file_read_iter [ext4]' (module)
9 1 END
9 1 BEGIN 'ext4_file_read_iter [ext4]' (module)
10 1 END
11 1 END
facts ${JSON.stringify({
        title: 'trace.txt',
        dialect: 'tracefs',
        columns: 'CPU, DURATION',
        clock: 'the timestamps of the trace',
        origin: '1000.000000',
        lost_events: '0',
      })}
`,
    )
  })

  test('slices at their exact places', () => {
    expect(shownSlices(trace(sample))).toEqual([
      'my app;: 2107..3108 __x64_sys_read/ksys_read/vfs_read',
      'my app;: 3307..4306 __x64_sys_read/ksys_read/vfs_read',
      'bash: 253..4503 __x64_sys_read/ksys_read/vfs_read',
      'bash: 101..4901 __x64_sys_read/ksys_read',
      'my app;: 2018..4918 __x64_sys_read/ksys_read',
      'bash: 0..5000 __x64_sys_read',
      'my app;: 2007..5008 __x64_sys_read',
    ])
    expect(totalsOfPerfetto(trace(sample))).toEqual(
      new Map([
        ['vfs_read', { calls: 3, self: 6250 }],
        ['ksys_read', { calls: 2, self: 1450 }],
        ['__x64_sys_read', { calls: 2, self: 301 }],
      ]),
    )
  })

  test('a begin whose name comes late stands where the call began', () => {
    const file = trace(sink => {
      names(sink, 'do_syscall_64', 'ksys_read', 'vfs_read')
      task(sink, 0, 100, 'bash')
      sink.begin(0, UNNAMED, 3)
      sink.begin(0, UNNAMED, 4)
      sink.begin(0, 3, 5)
      sink.end(0, 3, 8, 3)
      sink.end(0, 2, 9, 20)
      sink.begin(0, 3, 9)
      sink.end(0, 3, 10, 1)
      sink.end(0, 1, 12, UNMEASURED)
      sink.begin(0, 2, 13)
      sink.end(0, 2, 14, 1)
    })
    expect(shownSlices(file)).toEqual([
      'bash: 5..8 do_syscall_64/ksys_read/vfs_read',
      'bash: 4..9 do_syscall_64/ksys_read',
      'bash: 9..10 do_syscall_64/vfs_read',
      'bash: 3..12 do_syscall_64',
      'bash: 13..14 ksys_read',
    ])
  })

  test('a late name may come at the very position of its begin', () => {
    const file = trace(sink => {
      names(sink, 'ksys_read', 'vfs_read')
      task(sink, 0, 100, 'bash')
      sink.begin(0, 2, 1)
      sink.end(0, 2, 5, 4)
      sink.begin(0, UNNAMED, 5)
      sink.end(0, 1, 5, 0)
    })
    expect(shownSlices(file)).toEqual(['bash: 1..5 vfs_read', 'bash: 5..5 ksys_read'])
  })

  test('a call that is never named is not shown, but what it called is', () => {
    const file = trace(sink => {
      names(sink, 'ksys_read', 'vfs_read')
      task(sink, 0, 100, 'bash')
      sink.begin(0, 1, 1)
      sink.begin(0, UNNAMED, 2)
      sink.begin(0, 2, 3)
      sink.end(0, 2, 5, 2)
      sink.end(0, UNNAMED, 5, UNMEASURED)
      sink.end(0, 1, 6, 5)
    })
    expect(shownSlices(file)).toEqual(['bash: 3..5 ksys_read/vfs_read', 'bash: 1..6 ksys_read'])
  })

  test('an incomplete call is marked, and weighs nothing itself', () => {
    const file = trace(sink => {
      names(sink, 'ksys_read', 'vfs_read')
      task(sink, 0, 100, 'bash')
      sink.begin(0, 1, 1)
      sink.begin(0, 2, 2)
      sink.end(0, 2, 5, 3)
      sink.end(0, 1, 9, UNMEASURED)
    })
    expect(slicesOfPerfetto(file).map(({ path, notes }) => [path, notes])).toEqual([
      ['ksys_read/vfs_read', {}],
      ['ksys_read', { incomplete: 'true' }],
    ])
    expect(totalsOfPerfetto(file)).toEqual(new Map([['vfs_read', { calls: 1, self: 3 }]]))
  })

  test('tasks are threads, idle tasks and unnamed cpus are plain tracks in groups', () => {
    const file = trace(sink => {
      task(sink, 0, 133, 'bash')
      task(sink, 1, 7, '')
      sink.defineTrack(2, { pid: 0, comm: 'swapper/0', cpu: 0 })
      sink.defineTrack(3, { pid: 0, comm: 'swapper/10', cpu: 10 })
      sink.defineTrack(4, { pid: undefined, comm: '', cpu: 2 })
      sink.lost(2, 40, 187278)
    })
    expect(shownTracks(file)).toEqual([
      'process bash',
      'thread bash',
      'process 7',
      'thread 7',
      'plain Idle',
      'plain Idle > swapper/0',
      'plain Idle > swapper/10',
      'plain Lost events',
      'plain Lost events > Lost events CPU 2',
      'plain CPUs',
      'plain CPUs > CPU 2',
    ])
  })

  test('a track is described when its task is known, and the last name holds', () => {
    const file = trace(sink => {
      names(sink, 'schedule')
      sink.defineTrack(0, { pid: undefined, comm: '', cpu: 0 })
      sink.defineTrack(1, { pid: undefined, comm: '', cpu: 1 })
      sink.begin(0, 1, 0)
      sink.begin(1, 1, 0)
      sink.defineTrack(0, { pid: 133, comm: 'bash', cpu: undefined })
      sink.defineTrack(1, { pid: 0, comm: 'swapper/1', cpu: 1 })
      sink.end(0, 1, 5, 5)
      sink.end(1, 1, 6, 6)
      sink.defineTrack(0, { pid: 133, comm: 'less', cpu: undefined })
    })
    expect(shownTracks(file)).toEqual([
      'process less',
      'thread less',
      'plain Idle',
      'plain Idle > swapper/1',
    ])
    expect(shownSlices(file)).toEqual(['less: 0..5 schedule', 'swapper/1: 0..6 schedule'])
  })

  test('a second track of a task stands below its thread', () => {
    const file = trace(sink => {
      task(sink, 0, 133, 'bash')
      sink.defineTrack(1, { pid: undefined, comm: '', cpu: 1 })
      task(sink, 1, 133, 'bash')
    })
    expect(shownTracks(file)).toEqual(['process bash', 'thread bash', 'plain bash > bash'])
  })

  test('instants and lost events', () => {
    const file = trace(sink => {
      names(sink, 'schedule')
      task(sink, 0, 133, 'bash')
      sink.begin(0, 1, 1)
      sink.instant(0, 2, 'sched_switch', 'prev_comm=bash')
      sink.instant(0, 3, 'marker', '')
      sink.end(0, 1, 4, 3)
      sink.lost(1, 2, 187278)
      sink.lost(1, 5, 0)
    })
    const tracks = tracksOfPerfetto(file)
    const instants = eventsOfPerfetto(file)
      .filter(({ type }) => type === 'INSTANT')
      .map(({ uuid, at, name, notes }) => [at, tracks.get(uuid)?.name, name, notes])
    expect(instants).toEqual([
      [2, 'bash', 'sched_switch', { text: 'prev_comm=bash' }],
      [2, 'Lost events CPU 1', 'lost 187278 events', {}],
      [3, 'bash', 'marker', {}],
      [5, 'Lost events CPU 1', 'lost events', {}],
    ])
    expect(shownSlices(file)).toEqual(['bash: 1..4 schedule'])
  })

  test('a text may be longer than a block', () => {
    const text = 'x'.repeat(100_000)
    const file = trace(sink => {
      names(sink, 'schedule')
      task(sink, 0, 133, 'bash')
      sink.begin(0, 1, 1)
      sink.instant(0, 2, 'marker', text)
      sink.end(0, 1, 3, 2)
    })
    expect(eventsOfPerfetto(file).map(({ notes }) => notes)).toEqual([{}, { text }, {}])
  })

  test('positions are exact up to 2^53', () => {
    const far = 2 ** 53 - 2
    const file = trace(sink => {
      names(sink, 'schedule', 'resume')
      task(sink, 0, 133, 'bash')
      sink.begin(0, 2, 0)
      sink.end(0, 2, 2 ** 31, 2 ** 31)
      sink.begin(0, 2, 2 ** 31)
      sink.end(0, 2, 2 ** 32 + 2 ** 31, 2 ** 32)
      sink.begin(0, UNNAMED, 2 ** 40 + 1)
      sink.begin(0, 2, far - 1)
      sink.end(0, 2, far, 1)
      sink.end(0, 1, far + 1, far)
    })
    expect(shownSlices(file)).toEqual([
      'bash: 0..2147483648 resume',
      'bash: 2147483648..6442450944 resume',
      `bash: ${far - 1}..${far} schedule/resume`,
      `bash: ${2 ** 40 + 1}..${far + 1} schedule`,
    ])
  })

  test('many functions, tracks and blocks', () => {
    const blocks: Uint8Array[] = []
    const file = trace(sink => {
      const count = 3000
      names(sink, ...Array.from({ length: count }, (_, index) => `function_${index}`))
      for (let track = 0; track < 100; track++) task(sink, track, track + 1, `task${track}`)
      for (let at = 0; at < 20_000; at++) {
        const func = 1 + ((at * 7919) % count)
        sink.begin(at % 100, func, at)
        sink.end(at % 100, func, at + 1, 1)
      }
    }, blocks)
    expect(blocks.length).toBeGreaterThan(8)
    expect(Math.max(...blocks.map(block => block.length))).toBeLessThanOrEqual(65536)
    const slices = slicesOfPerfetto(file)
    expect(slices.length).toBe(20_000)
    expect(
      slices.every(({ path, begin, end, track }) => {
        const right = `function_${(begin * 7919) % 3000}`
        return path === right && end === begin + 1 && track === `task${begin % 100}`
      }),
    ).toBe(true)
  })

  test('a call that was running before is marked', () => {
    const file = trace(sink => {
      names(sink, 'ksys_read')
      task(sink, 0, 100, 'bash')
      sink.begin(0, UNNAMED, 1)
      sink.end(0, 1, 9, 20)
      sink.begin(0, UNNAMED, 10)
      sink.end(0, 1, 11, UNMEASURED)
    })
    expect(slicesOfPerfetto(file).map(({ notes }) => notes)).toEqual([
      { 'no entry': 'true' },
      { 'no entry': 'true', incomplete: 'true' },
    ])
  })

  test('a slice that is not as long as its printed duration says so', () => {
    const notesOf = (clock: TraceFacts['clock']) => {
      const blocks: Uint8Array[] = []
      const sink = openPerfetto(block => blocks.push(block), { title: 'trace.txt' })
      sink.start({ ...FACTS, clock })
      names(sink, 'ksys_read')
      task(sink, 0, 100, 'bash')
      for (const [func, duration] of [
        [1, 2000],
        [1, 2001],
        [1, 0],
        [UNNAMED, 3_000_000_000],
        [1, UNMEASURED],
      ] as const) {
        sink.begin(0, func, 0)
        sink.end(0, 1, 1000, duration)
      }
      sink.finish(FACTS)
      return slicesOfPerfetto(Buffer.concat(blocks)).map(({ notes }) => notes)
    }
    expect(notesOf('timestamps')).toEqual([
      {},
      { 'printed duration (ns)': '2001' },
      {},
      { 'no entry': 'true', 'printed duration (ns)': '3000000000' },
      { incomplete: 'true' },
    ])
    // Only the order is known: no duration was printed.
    expect(notesOf('order')).toEqual([{}, {}, {}, { 'no entry': 'true' }, { incomplete: 'true' }])
  })

  test('a number with leading zeros is no address', () => {
    const file = trace(sink => {
      names(sink, 'ksys_read')
      task(sink, 0, 100, 'bash')
      sink.begin(0, 1, 0)
      const value = (text: string) => ({ text, number: BigInt(text), meaning: '' })
      const list = ['0x0', '0x00ff', '0xff'].map(text => ({ name: `x${text}`, value: value(text) }))
      sink.end(0, 1, 1, 1, { arguments: list, caller: '', returned: undefined })
    })
    expect(slicesOfPerfetto(file)[0]?.notes).toEqual({
      x0x0: '0x0',
      x0x00ff: '0x00ff',
      x0xff: '0xff',
    })
  })

  test('notes of any kind and length, their keys once on each track', () => {
    const long = 'é'.repeat(50_000)
    const value = (text: string, number?: bigint) => ({ text, number, meaning: '' })
    const notes = {
      arguments: [
        { name: 'fd', value: value('3', 3n) },
        { name: 'buf', value: value('0xffff888003f5a000', 0xffff888003f5a000n) },
        { name: 'text', value: value(long) },
        { name: '', value: value('(STRUCT)[0x1:0x2]') },
      ],
      caller: 'bar+0x1/0x2',
      returned: { text: '-22', number: -22n, meaning: 'EINVAL' },
    }
    const file = trace(sink => {
      names(sink, 'ksys_read')
      for (const id of [0, 1]) {
        task(sink, id, 100 + id, 'bash')
        for (const at of [1, 3]) {
          sink.begin(id, 1, at)
          sink.end(id, 1, at + 1, 1, notes)
        }
      }
    })
    const noted = {
      fd: '3',
      buf: '0xffff888003f5a000',
      text: long,
      'argument 4': '(STRUCT)[0x1:0x2]',
      'called from': 'bar+0x1/0x2',
      return: '-22',
      'returned error': 'EINVAL',
    }
    expect(slicesOfPerfetto(file).map(({ notes }) => notes)).toEqual(Array(4).fill(noted))
    expect(Buffer.from(file).toString('latin1').split('called from').length).toBe(3)
  })

  test('functions are of the kernel, of a module or of interrupts', () => {
    const file = trace(sink => {
      names(sink, 'handle_irq', 'ext4_end_io [ext4]')
      task(sink, 0, 100, 'bash')
      sink.defineTrack(1, { pid: undefined, comm: '', cpu: 0, isInterrupts: true })
      for (const track of [0, 1]) {
        sink.begin(track, 1, 1)
        sink.begin(track, 2, 2)
        sink.end(track, 2, 3, 1)
        sink.end(track, 1, 4, 3)
      }
    })
    const begins = eventsOfPerfetto(file).filter(({ type }) => type === 'BEGIN')
    expect(begins.map(({ uuid, category }) => [uuid, category])).toEqual([
      [1, 'kernel'],
      [2, 'irq'],
      [1, 'module'],
      [2, 'module'],
    ])
  })

  test('functions in an interrupt are of interrupts on the stack of a task, too', () => {
    const file = trace(sink => {
      names(sink, 'vfs_write', 'do_IRQ', 'handler', '__do_softirq')
      sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
      sink.defineTrack(1, { pid: 8, comm: 'ksoftirqd/0', cpu: undefined })
      for (const id of [1, 2, 3]) sink.begin(0, id, id)
      for (const id of [3, 2]) sink.end(0, id, 10 - id, 1)
      sink.begin(0, 3, 11)
      sink.end(0, 3, 12, 1)
      sink.end(0, 1, 13, 12)
      sink.begin(0, UNNAMED, 20)
      sink.end(0, 2, 21, 1)
      for (const id of [4, 2, 3]) sink.begin(1, id, 25)
      for (const id of [3, 2, 4]) sink.end(1, id, 30, 1)
    })
    const begins = eventsOfPerfetto(file).filter(({ type }) => type === 'BEGIN')
    expect(begins.map(({ name, category }) => `${name} ${category}`)).toEqual([
      'vfs_write kernel',
      'do_IRQ irq',
      'handler irq',
      'handler kernel',
      'do_IRQ irq',
      '__do_softirq kernel',
      'do_IRQ irq',
      'handler irq',
    ])
  })

  test('times of any clock are kept to the nanosecond', () => {
    const tell = (sink: TimelineSink) => {
      task(sink, 0, 100, 'bash')
      sink.migrate(0, 3, 0)
      sink.instant(0, 5, 'softirq_entry', 'vec=1 [action=TIMER]')
    }
    const shown = (origin: string) =>
      printPerfetto(trace(tell, [], origin))
        .split('\n')
        .filter(line => /^(?:sequence|ftrace)/.test(line))
    expect(shown('1789456123.123456789')).toEqual([
      'sequence 2 from 1789456123123456789',
      'sequence 3 from 1789456123123456789 writes to 1',
      'ftrace of cpu 3 5 100 softirqEntry {"vec":1}',
    ])
    expect(shown('')[0]).toBe('sequence 2 from 0')
  })

  test('what is too deep for a row of Perfetto stands on another', () => {
    const depths = (levels: number) => {
      const file = trace(sink => {
        names(sink, 'f')
        task(sink, 0, 1, 'init')
        for (let level = 1; level <= levels; level++) {
          sink.begin(0, level % 3 === 0 ? UNNAMED : 1, level)
        }
        for (let level = levels; level > 0; level--) {
          sink.end(0, 1, 2 * levels - level, 2 * (levels - level))
        }
      })
      const slices = slicesOfPerfetto(file)
      const rows = [...new Set(slices.map(({ track }) => track))]
      return rows.map(row =>
        slices
          .filter(({ track }) => track === row)
          .map(({ path, begin, end }) => ({ depth: path.split('/').length, begin, end })),
      )
    }
    const calls = (levels: number, from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => {
        const level = to - index
        return { depth: level - from + 1, begin: level, end: 2 * levels - level }
      })
    expect(depths(512)).toEqual([calls(512, 1, 512)])
    expect(depths(1030)).toEqual([
      calls(1030, 1025, 1030),
      calls(1030, 513, 1024),
      calls(1030, 1, 512),
    ])
  })

  test('a trace without calls is a valid trace', () => {
    expect(decodePerfetto(trace(() => {})).map(({ kind }) => kind)).toEqual(['sequence', 'facts'])
  })
})

describe('events of the scheduler', () => {
  /** Cpu 0 wakes cat, which goes to cpu 1 and runs there. */
  const file = trace(sink => {
    task(sink, 0, 100, 'bash')
    task(sink, 1, 0, 'swapper/1')
    sink.migrate(0, 0, 0)
    sink.migrate(1, 1, 0)
    sink.instant(0, 5, 'sched_waking', 'comm=my cat pid=15 prio=120 target_cpu=001')
    sink.instant(0, 6, 'sched_migrate_task', 'comm=my cat pid=15 prio=120 orig_cpu=0 dest_cpu=1')
    sink.instant(
      1,
      8,
      'sched_switch',
      'prev_comm=swapper/1 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=my cat next_pid=15 next_prio=120',
    )
    sink.defineLane(0, { kind: 'tasks', name: 'CPU 1 tasks', owner: { cpu: 1 } })
    sink.beginSection(0, 8, 'my cat-15')
    sink.instant(1, 9, 'sched_switch', 'my cat:15 [120] D ==> swapper/1:0 [120]')
    sink.endSection(0, 9)
    sink.lost(1, 9, 3)
    sink.instant(1, 10, 'irq_handler_entry', 'irq=1 name=i8042')
    sink.instant(1, 11, 'irq_handler_exit', 'irq=1 ret=handled')
  })

  test('are those of ftrace', () => {
    const bundles = decodePerfetto(file).flatMap(packet =>
      packet.kind === 'ftrace' ? [packet] : [],
    )
    const task = { prevPrio: 120, nextPrio: 120 }
    const cat = 'my cat'
    expect(bundles.flatMap(({ cpu, events }) => events.map(event => ({ cpu, ...event })))).toEqual([
      {
        cpu: 0,
        at: 5,
        pid: 100,
        name: 'schedWaking',
        fields: { comm: cat, pid: 15, prio: 120, targetCpu: 1 },
      },
      {
        cpu: 1,
        at: 8,
        pid: 0,
        name: 'schedSwitch',
        fields: {
          ...task,
          prevComm: 'swapper/1',
          prevPid: 0,
          prevState: '0',
          nextComm: cat,
          nextPid: 15,
        },
      },
      {
        cpu: 1,
        at: 9,
        pid: 15,
        name: 'schedSwitch',
        fields: {
          ...task,
          prevComm: cat,
          prevPid: 15,
          prevState: '2',
          nextComm: 'swapper/1',
          nextPid: 0,
        },
      },
      { cpu: 1, at: 10, pid: 0, name: 'irqHandlerEntry', fields: { irq: 1, name: 'i8042' } },
      { cpu: 1, at: 11, pid: 0, name: 'irqHandlerExit', fields: { irq: 1, ret: 1 } },
    ])
    expect(bundles.filter(({ isLossy }) => isLossy)).toEqual([
      { kind: 'ftrace', cpu: 1, isLossy: true, events: [] },
    ])
  })

  test('are not those of ftrace on cpus that Perfetto refuses', () => {
    const file = trace(sink => {
      sink.defineTrack(0, { pid: 0, comm: 'swapper/1024', cpu: 1024 })
      sink.instant(0, 1, 'softirq_entry', 'vec=1')
      sink.lost(1024, 2, 1)
      sink.lost(-1, 2, 1)
      sink.lost(1023, 2, 1)
    })
    const bundles = decodePerfetto(file).filter(({ kind }) => kind === 'ftrace')
    expect(bundles).toEqual([{ kind: 'ftrace', cpu: 1023, isLossy: true, events: [] }])
  })

  test('flow from a wake-up over a migration to where the task runs', () => {
    const events = eventsOfPerfetto(file).filter(
      ({ flows, ends }) => flows.length + ends.length > 0,
    )
    expect(
      events.map(({ name, category, flows, ends }) => ({ name, category, flows, ends })),
    ).toEqual([
      { name: 'sched_waking', category: 'sched', flows: [1], ends: [] },
      { name: 'sched_migrate_task', category: 'sched', flows: [1], ends: [] },
      { name: 'sched_switch', category: 'sched', flows: [], ends: [1] },
      // Not drawn unless cat goes on on another cpu.
      { name: 'sched_switch', category: 'sched', flows: [2], ends: [] },
    ])
  })

  test('a task that goes on on another cpu flows from where it ran', () => {
    const switched = (cpu: number, at: number, [from, to]: readonly [string, string]) => {
      return (sink: TimelineSink) => {
        sink.instant(cpu, at, 'sched_switch', `${from} [120] R ==> ${to} [120]`)
        sink.endSection(cpu, at)
        if (to.startsWith('bash')) sink.beginSection(cpu, at, 'bash-7')
      }
    }
    const [idle, task] = ['swapper:0', 'bash:7']
    const file = trace(sink => {
      for (const cpu of [0, 1]) {
        sink.defineTrack(cpu, { pid: 0, comm: `swapper/${cpu}`, cpu })
        sink.defineLane(cpu, { kind: 'tasks', name: `CPU ${cpu} tasks`, owner: { cpu } })
        sink.beginSection(cpu, 0, 'init-1')
      }
      switched(0, 5, [idle, task])(sink)
      switched(0, 7, [task, idle])(sink)
      sink.beginSection(0, 7, 'init-1')
      switched(1, 8, [idle, task])(sink)
      sink.endSection(0, 9)
      sink.endSection(1, 9)
    })
    const events = eventsOfPerfetto(file).filter(
      ({ flows, ends }) => flows.length + ends.length > 0,
    )
    const tracks = tracksOfPerfetto(file)
    expect(
      events.map(({ at, uuid, name, flows, ends }) => [
        at,
        tracks.get(uuid)?.name,
        name,
        flows,
        ends,
      ]),
    ).toEqual([
      [7, 'swapper/0', 'sched_switch', [1], []],
      [8, 'swapper/1', 'sched_switch', [], [1]],
    ])
  })

  test('a task that goes on on the same cpu ends no flow', () => {
    const file = trace(sink => {
      sink.defineTrack(0, { pid: 0, comm: 'swapper/0', cpu: 0 })
      sink.instant(0, 5, 'sched_switch', 'bash:7 [120] R ==> cat:8 [120]')
      sink.instant(0, 7, 'sched_switch', 'cat:8 [120] R ==> bash:7 [120]')
    })
    expect(eventsOfPerfetto(file).flatMap(({ ends }) => ends)).toEqual([])
  })

  test('lanes have only the sections that Perfetto does not draw itself', () => {
    const file = trace(sink => {
      const enter = (id: number, at: number, name: string, text: string, section: string) => {
        sink.instant(id, at, name, text)
        sink.beginSection(id, at, section)
      }
      for (const [id, cpu] of [0, 1024].entries()) {
        sink.defineTrack(id, { pid: 0, comm: `swapper/${cpu}`, cpu })
        sink.defineLane(id, { kind: 'interrupts', name: `CPU ${cpu}`, owner: { cpu } })
        enter(id, 1, 'softirq_entry', 'vec=6 [action=TASKLET]', 'softirq TASKLET')
        enter(id, 2, 'tasklet_entry', '', 'tasklet')
        sink.endSection(id, 3)
        sink.endSection(id, 4)
      }
      // The native event was of another cpu, or comes before another one that is not native.
      sink.defineLane(2, { kind: 'tasks', name: 'CPU 1 tasks', owner: { cpu: 1 } })
      sink.instant(0, 5, 'softirq_raise', 'vec=6 [action=TASKLET]')
      sink.beginSection(2, 5, 'bash-7')
      sink.endSection(2, 6)
      // A lane of which nothing is drawn.
      sink.defineLane(3, { kind: 'tasks', name: 'CPU 0 tasks', owner: { cpu: 0 } })
      sink.instant(0, 7, 'sched_switch', 'swapper:0 [120] R ==> bash:7 [120]')
      sink.beginSection(3, 7, 'bash-7')
      sink.endSection(3, 8)
    })
    expect(shownSlices(file)).toEqual([
      'CPU 0: 2..3 tasklet',
      'CPU 1024: 2..3 softirq TASKLET/tasklet',
      'CPU 1024: 1..4 softirq TASKLET',
      'CPU 1 tasks: 5..6 bash-7',
    ])
    expect(shownTracks(file).some(track => track.includes('CPU 0 tasks'))).toBe(false)
  })

  test.each([
    ['R', 0],
    ['S', 1],
    ['D|K', 0x82],
    ['t', 8],
    ['X', 0x10],
    ['Z', 0x20],
    ['P', 0x200],
    ['I', 0x402],
    ['R+', 0x800],
    ['0', 0],
    ['2', 2],
    ['128', 0x402],
    ['0x100', 0x800],
  ])('a task in state %s', (text, state) => {
    const fields = ftraceFields('sched_switch', `a:1 [120] ${text} ==> b:2 [-1]`)
    expect(fields?.schedSwitch).toMatchObject({ prevState: state, nextPrio: -1 })
  })

  test.each([
    ['sched_switch', 'prev_comm=bash'],
    ['sched_waking', ''],
    ['irq_handler_entry', 'name=i8042'],
    ['softirq_entry', '[action=RCU]'],
    ['hrtimer_start', 'hrtimer=00000000'],
  ])('%s without what belongs to it is none of them', (name, text) => {
    expect(ftraceFields(name, text)).toBeUndefined()
  })
})
