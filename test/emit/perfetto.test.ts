import { describe, expect, test } from 'vitest'
import { openPerfetto } from '../../src/emit/perfetto.js'
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

function trace(events: (sink: TimelineSink) => void, blocks: Uint8Array[] = []): Uint8Array {
  const sink = openPerfetto(block => blocks.push(block), { title: 'trace.txt', root: 'none' })
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
      `track 4294967396 process pid=100 'bash'
track 1 thread pid=100 'bash'
sequence 3 writes to 1
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

  test('a trace without calls is a valid trace', () => {
    expect(decodePerfetto(trace(() => {})).map(({ kind }) => kind)).toEqual(['facts'])
  })
})
