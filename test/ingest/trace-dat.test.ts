import { describe, expect, test } from 'vitest'
import { bytesInMemory } from '../../src/base/bytes-at.js'
import { openRecording } from '../../src/ingest/trace-dat/recording.js'
import { dumped } from '../trace-dat/read.js'
import { encoded, type FileSpec, type Item, type Page, traceDat } from '../trace-dat/writer.js'

const SECOND = 1_000_000_000
const START = 5 * SECOND

const kallsyms = `ffffffff81000000 T _stext
ffffffff81001000 T vfs_read
ffffffff81001000 T alias_of_vfs_read
ffffffff81002000 t rw_verify_area
ffffffff81003000 T tracing_mark_write
ffffffff81004000 D some_data
ffffffffc0001000 t ext4_read\t[ext4]
`
const VFS_READ = 0xffffffff81001000n
const RW_VERIFY = 0xffffffff81002000n
const MARK = 0xffffffff81003000n
const EXT4_READ = 0xffffffffc0001000n
const comms = '100 cat\n200 bash\n'

function entry(at: number, func: bigint, depth: number, pid = 100): Item {
  return { at, event: 'funcgraph_entry', values: { common_pid: pid, func, depth } }
}

function exit(at: number, func: bigint, depth: number, length: number, retval = 0n): Item {
  const values = { common_pid: 100, func, depth, calltime: at - length, rettime: at, retval }
  return { at, event: 'funcgraph_exit', values }
}

/** vfs_read calls rw_verify_area. */
const calls: readonly Item[] = [
  entry(START, VFS_READ, 0),
  entry(START + 100, RW_VERIFY, 1),
  exit(START + 150, RW_VERIFY, 1, 41),
  exit(START + 1001, VFS_READ, 0, 1000, 0xffff_ffff_ffff_ffean),
]

function page(items: readonly Item[], lost?: number | null): Page {
  return { time: BigInt(START - 7), items, ...(lost !== undefined && { lost }) }
}

function spec(items: readonly Item[], more: Partial<FileSpec> = {}): FileSpec {
  return { comms, kallsyms, buffers: [{ pages: new Map([[0, [page(items)]]]) }], ...more }
}

const timeline = [
  'cat-100 0 on cpu 0',
  'cat-100 0 vfs_read {',
  'cat-100 100 rw_verify_area {',
  'cat-100 141 } rw_verify_area 41 return=0x0',
  'cat-100 1000 } vfs_read 1000 return=-22 returned error=EINVAL',
]

/** Without where the task runs. */
function callsOf(lines: readonly string[]): string[] {
  return lines.filter(line => !/ on cpu /.test(line))
}

describe('every form of the file tells the same', () => {
  const forms: [string, Partial<FileSpec>][] = [
    ['version 7', {}],
    ['version 6', { version: 6 }],
    ['version 7, zlib', { compression: 'zlib' }],
    ['big endian', { isBig: true }],
    ['big endian, version 6', { isBig: true, version: 6 }],
    ['big endian, zlib', { isBig: true, compression: 'zlib' }],
    ['pages of 64 KiB', { pageSize: 65_536 }],
    ['pages of 256 KiB, version 6', { pageSize: 262_144, version: 6 }],
  ]

  test.each(forms)('%s', async (_, more) => {
    const { lines, summary } = await dumped(spec(calls, more))
    expect(callsOf(lines)).toEqual(callsOf(timeline))
    expect(summary.diagnostics).toEqual([])
    expect(summary.dialect).toBe('trace.dat')
    expect(summary.origin).toBe('5.000000')
  })

  test.each([false, true])('4 bytes for a long; big endian: %s', async isBig => {
    const kallsyms = 'c0001000 T vfs_read\nc0002000 T rw_verify_area\n'
    const [read, verify] = [0xc0001000n, 0xc0002000n]
    const items = [
      entry(START, read, 0),
      entry(START + 100, verify, 1),
      exit(START + 150, verify, 1, 41),
      exit(START + 1001, read, 0, 1000, 0xffff_ffean),
    ]
    const { lines } = await dumped(spec(items, { isBig, longSize: 4, kallsyms }))
    expect(callsOf(lines)).toEqual([
      'cat-100 0 vfs_read {',
      'cat-100 100 rw_verify_area {',
      'cat-100 141 } rw_verify_area 41 return=0x0',
      'cat-100 1000 } vfs_read 1000 return=-22 returned error=EINVAL',
    ])
  })
})

describe('what stands in a page', () => {
  const begins = (lines: readonly string[]) =>
    lines.filter(line => line.endsWith('{')).map(line => Number(/ (\d+) /.exec(line)?.[1]))

  test('a time that is too long for the head of a record', async () => {
    const later = START + 40 * SECOND
    const items = [...calls, entry(later, VFS_READ, 0), exit(later + 10, VFS_READ, 0, 10)]
    const { lines } = await dumped(spec(items))
    expect(begins(lines)).toEqual([0, 100, 40 * SECOND])
  })

  test('an absolute time stamp', async () => {
    const stamp = BigInt(START + 2000)
    const items = [...calls, { stamp }, entry(START + 2003, VFS_READ, 0)]
    expect(begins((await dumped(spec(items))).lines)).toEqual([0, 100, 2003])
  })

  test('a record that was discarded', async () => {
    const items = [...calls, { padding: 24 }, entry(START + 2003, VFS_READ, 0)]
    expect(begins((await dumped(spec(items))).lines)).toEqual([0, 100, 2003])
  })

  test('a record that is longer than its head can say', async () => {
    const values = { common_pid: 100, ip: MARK, buf: `${'x'.repeat(300)}\n` }
    const { lines } = await dumped(spec([...calls, { at: START + 2000, event: 'print', values }]))
    expect(lines).toContain(`cat-100 2000 * tracing_mark_write (${'x'.repeat(300)})`)
  })

  test.each([
    [12, 12],
    [null, 0],
  ])('events lost before it: %s', async (lost, events) => {
    const pages = new Map([[3, [page([]), page(calls, lost)]]])
    const { lines, summary } = await dumped({ comms, kallsyms, buffers: [{ pages }] })
    expect(summary.lostEvents).toBe(events)
    expect(summary.lines.lost).toBe(1)
    expect(callsOf(lines).slice(-4)).toEqual(callsOf(timeline))
  })
})

test('cpus are merged by time, and may have gaps in their numbers', async () => {
  const pages = new Map([
    [1, [page([entry(START + 1, VFS_READ, 0), exit(START + 5, VFS_READ, 0, 4)])]],
    [9, [page([entry(START + 2, RW_VERIFY, 0, 200)])]],
  ])
  const { lines, summary } = await dumped({ comms, kallsyms, buffers: [{ pages }] })
  expect(summary.cpus).toEqual([1, 9])
  expect(callsOf(lines).slice(0, 3)).toEqual([
    'cat-100 0 vfs_read {',
    'bash-200 1 rw_verify_area {',
    'cat-100 4 } vfs_read 4 return=0x0',
  ])
})

describe('names', () => {
  test('of functions: modules, addresses inside of one, unknown ones', async () => {
    const items = [
      entry(START, EXT4_READ + 4n, 0),
      entry(START + 1, 0xffffffff90000000n, 1),
      entry(START + 2, 0xffffffffd0000010n, 2),
    ]
    const modules = 'zfs 4096 1 - Live 0xffffffffd0000000\n'
    const { lines } = await dumped(spec(items, { modules }))
    expect(lines.filter(line => line.endsWith('{'))).toEqual([
      'cat-100 0 ext4_read [ext4] {',
      'cat-100 1 0xffffffff90000000 {',
      'cat-100 2 0xffffffffd0000010 [zfs] {',
    ])
  })

  test('of callers have offsets', async () => {
    const values = { common_pid: 100, func: RW_VERIFY, depth: 0, retaddr: VFS_READ + 0x1dn }
    const items = [
      { at: START, event: 'fgraph_retaddr_entry', values },
      exit(START + 5, RW_VERIFY, 0, 5),
    ]
    const { lines } = await dumped(spec(items))
    expect(lines.at(-1)).toBe('cat-100 5 } rw_verify_area 5 called from=vfs_read+0x1d return=0x0')
  })

  test('of tasks: saved ones, those that events tell, and none', async () => {
    const next = { next_comm: 'grep', next_pid: 300, next_prio: 120 }
    const prev = { prev_comm: 'cat', prev_pid: 100, prev_prio: 120, prev_state: 1 }
    const items = [
      entry(START, VFS_READ, 0),
      exit(START + 1, VFS_READ, 0, 1),
      { at: START + 2, event: 'sched_switch', values: { common_pid: 100, ...prev, ...next } },
      entry(START + 3, VFS_READ, 0, 300),
      entry(START + 4, VFS_READ, 0, 400),
      entry(START + 5, VFS_READ, 0, 0),
    ]
    const { summary } = await dumped(spec(items))
    expect(summary.tasks).toEqual([
      { pid: 100, comm: 'cat' },
      { pid: 300, comm: 'grep' },
      { pid: 400, comm: '' },
      { pid: 0, comm: '<idle>' },
    ])
  })
})

describe('events', () => {
  test('have their fields, by their names', async () => {
    const name = new TextEncoder().encode('i8042\0')
    const items: Item[] = [
      ...calls,
      { at: START + 2000, event: 'softirq_entry', values: { common_pid: 100, vec: 1 } },
      {
        at: START + 2001,
        event: 'irq_handler_entry',
        values: { common_pid: 100, irq: 1, name: (name.length << 16) | 16 },
        extra: name,
      },
    ]
    const { lines } = await dumped(spec(items))
    expect(lines).toContain('cat-100 2000 * softirq_entry (vec=1 [TIMER])')
    expect(lines).toContain('cat-100 2001 * irq_handler_entry (irq=1 name=i8042)')
    expect(lines).toContain('CPU 0 interrupt events 2000 [softirq TIMER')
    expect(lines).toContain('CPU 0 interrupt events 2001 [irq 1 i8042')
  })

  test('sections of markers, and the stack behind an event', async () => {
    const mark = (at: number, buf: string): Item => ({
      at,
      event: 'print',
      values: { common_pid: 100, ip: MARK + 8n, buf },
    })
    const stack: Item = {
      at: START + 12,
      event: 'kernel_stack',
      values: { common_pid: 100, size: 2, 'caller.0': VFS_READ + 3n, 'caller.1': EXT4_READ },
    }
    const items = [mark(START, 'B|1|part'), mark(START + 10, 'E'), mark(START + 11, 'hello'), stack]
    const { lines } = await dumped(spec(items))
    expect(lines.filter(line => line.includes('part'))).toEqual(['cat-100 markers 0 [part'])
    expect(lines).toContain(
      'cat-100 11 * tracing_mark_write (hello) <- vfs_read <- ext4_read [ext4]',
    )
  })

  test('of a format that the file does not have are counted', async () => {
    const values = { common_pid: 100, common_type: 999 }
    const { summary } = await dumped(spec([...calls, { at: START + 9, event: 'print', values }]))
    expect(summary.diagnostics).toMatchObject([{ name: 'unknown-records', count: 1 }])
  })
})

describe('buffers', () => {
  const buffers = [
    { pages: new Map([[0, [page(calls)]]]) },
    { name: 'foo', pages: new Map([[0, [page(calls.slice(0, 2))]]]) },
  ]

  test.each([6, 7] as const)('the top one, one by its name, or all; version %s', async version => {
    const file = { version, comms, kallsyms, buffers }
    const records = async (buffer?: string) => {
      const { summary } = await dumped(file, { buffer })
      return [summary.lines.total, summary.captures.map(each => each.buffer)]
    }
    expect(await records()).toEqual([4, ['']])
    expect(await records('foo')).toEqual([2, ['foo']])
    expect(await records('all')).toEqual([6, ['', 'foo']])
    await expect(records('bar')).rejects.toThrow(/has no buffer 'bar'; it has foo/)
  })

  test.each([
    [6, 'none'],
    [7, 'none'],
    [7, 'zlib'],
  ] as const)('text of a latency tracer; version %s, %s', async (version, compression) => {
    const text = '# tracer: function_graph\n 0)   1.000 us    |  vfs_read();\n'
    const { lines, summary } = await dumped({ version, compression, buffers: [{ text }] })
    expect(lines).toEqual(['CPU 0 0 on cpu 0', 'CPU 0 0 vfs_read {', 'CPU 0 1000 } vfs_read 1000'])
    expect(summary.dialect).toBe('kernel')
  })
})

describe('time', () => {
  const at = async (options: NonNullable<FileSpec['options']>) => {
    const { summary } = await dumped(spec(calls, { options }))
    return summary.origin
  }

  test('an offset in nanoseconds, a date in microseconds', async () => {
    expect(await at([[7, new TextEncoder().encode('1500\0')]])).toBe('5.000001500')
    expect(await at([[1, new TextEncoder().encode('0x10\0')]])).toBe('5.000016')
  })

  test('cycles of a tsc', async () => {
    // 3 ns in 4 cycles.
    const option = Uint8Array.from([...encoded(4, 3), ...encoded(4, 2), ...encoded(8, 0)])
    expect(await at([[14, option]])).toBe('3.750000')
  })
})

describe('a host and its guest', () => {
  const [HOST, GUEST] = [77n, 88n]
  const text = (value: string) => new TextEncoder().encode(`${value}\0`)
  const guests = Uint8Array.from([...text('vm1'), ...encoded(8, GUEST), ...encoded(4, 0)])
  const shift = Uint8Array.from([
    ...[...encoded(8, HOST), ...encoded(4, 0), ...encoded(4, 1)],
    // One sample for its cpu: 1 us behind the host, the scaling 1, without a fraction.
    ...[
      ...encoded(4, 1),
      ...encoded(8, 0),
      ...encoded(8, 1000),
      ...encoded(8, 1),
      ...encoded(8, 0),
    ],
  ])
  const host = spec(calls, {
    options: [
      [11, encoded(8, HOST)],
      [13, guests],
    ],
  })
  const guest = spec(calls, {
    options: [
      [11, encoded(8, GUEST)],
      [12, shift],
    ],
  })

  test('have one time, and tasks and cpus of their own', async () => {
    for (const files of [
      [host, guest],
      [guest, host],
    ]) {
      const { lines, summary } = await dumped(files)
      expect(lines.filter(line => line.endsWith('{'))).toEqual([
        'cat-100 0 vfs_read {',
        'cat-100 100 rw_verify_area {',
        'vm1:cat-5000100 1000 vfs_read {',
        'vm1:cat-5000100 1100 rw_verify_area {',
      ])
      expect(summary.cpus).toEqual([0, 1])
    }
  })

  test('of another session stand one after another', async () => {
    const { summary } = await dumped([host, spec(calls)])
    expect(summary.captures.length).toBe(2)
    expect(summary.tasks).toEqual([{ pid: 100, comm: 'cat' }])
  })
})

describe('what cannot be read', () => {
  const whole = traceDat(spec(calls))
  const opened = (bytes: Uint8Array) => openRecording(bytesInMemory(bytes))

  test.each([
    ['is cut off in its head', whole.subarray(0, 15), /ends before its data/],
    ['is cut off before its options', whole.subarray(0, 900), /ends before its data/],
    ['has no index', withZeros(whole, 24, 8), /run trace-cmd restore if the recorder was killed/],
    [
      'is of version 5',
      replaced(whole, 'tracing7', 'tracing5'),
      /is of version 5, and fgraph reads/,
    ],
    ['is packed by lz9', replaced(whole, 'none\0', 'lz9\0\0'), /compressed with 'lz9'/],
  ])('%s', async (_, bytes, message) => {
    await expect(opened(bytes)).rejects.toThrow(message)
  })

  test('a page of zeros, and one that is not all there, are counted', async () => {
    const none: Page = { time: 0n, items: [] }
    const pages = new Map([[0, [none, page(calls)]]])
    const zeros = await dumped({ comms, kallsyms, buffers: [{ pages }] })
    expect(callsOf(zeros.lines)).toEqual(callsOf(timeline))
    expect(zeros.summary.diagnostics).toMatchObject([{ name: 'damaged-recording', count: 1 }])
  })

  test('an option that nobody knows is counted', async () => {
    const { lines, summary } = await dumped(spec(calls, { options: [[999, Uint8Array.of(1, 2)]] }))
    expect(callsOf(lines)).toEqual(callsOf(timeline))
    expect(summary.diagnostics).toMatchObject([{ name: 'damaged-recording', count: 1 }])
  })
})

function withZeros(bytes: Uint8Array, at: number, count: number): Uint8Array {
  return bytes.slice().fill(0, at, at + count)
}

function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const copy = Buffer.from(bytes)
  copy.write(to, copy.indexOf(from), 'latin1')
  return copy
}
