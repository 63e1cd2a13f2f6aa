import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { openPprof } from '../../src/emit/pprof/pprof.js'
import { type TimelineSink, type TraceFacts, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { decodePprof, printPprof, totalsOfPprof } from '../decode/pprof.js'

const FACTS: TraceFacts = {
  dialect: 'tracefs',
  columns: ['CPU', 'DURATION', 'FUNCTION CALLS'],
  clock: 'timestamps',
  origin: '1000.000000',
  span: 5008,
  lostEvents: 0,
}

function profile(events: (sink: TimelineSink) => void, facts: Partial<TraceFacts> = {}) {
  const blocks: Uint8Array[] = []
  const sink = openPprof(block => blocks.push(block), { title: 'trace.txt' })
  events(sink)
  sink.finish({ ...FACTS, ...facts })
  return Buffer.concat(blocks)
}

function names(sink: TimelineSink, ...functions: string[]): void {
  functions.forEach((text, index) => {
    const [name = '', module = ''] = text.split(/ \[|\]/)
    sink.defineFunction(index + 1, { name, module })
  })
}

/** Two tasks in the same three functions: 7 calls, 8001 ns. */
function sample(sink: TimelineSink): void {
  names(sink, '__x64_sys_read', 'ksys_read', 'vfs_read')
  sink.defineTrack(0, { pid: 100, comm: 'bash', cpu: undefined })
  sink.defineTrack(1, { pid: 201, comm: 'my app;', cpu: undefined })
  sink.migrate(0, 0, 0)
  sink.migrate(1, 1, 0)
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

describe('pprof', () => {
  test('a sample for each stack, with its calls and self time', () => {
    expect(printPprof(profile(sample))).toBe(
      `sample types: calls/count self/nanoseconds (self)
period: 1 self/nanoseconds
duration: 5008
# trace: trace.txt
# dialect: tracefs
# columns: CPU, DURATION, FUNCTION CALLS
# clock: the timestamps of the trace
# origin: 1000.000000 s
# lost events: 0
mapping 1: 0xffffffff81000000 [kernel.kallsyms]
__x64_sys_read 1 101 {cpu=1 cpu, pid=201 pid, comm=my app;, thread=my app;-201, context=task}
__x64_sys_read 1 200 {cpu=0 cpu, pid=100 pid, comm=bash, thread=bash-100, context=task}
__x64_sys_read;ksys_read 1 550 {cpu=0 cpu, pid=100 pid, comm=bash, thread=bash-100, context=task}
__x64_sys_read;ksys_read 1 900 {cpu=1 cpu, pid=201 pid, comm=my app;, thread=my app;-201, context=task}
__x64_sys_read;ksys_read;vfs_read 1 4250 {cpu=0 cpu, pid=100 pid, comm=bash, thread=bash-100, context=task}
__x64_sys_read;ksys_read;vfs_read 2 2000 {cpu=1 cpu, pid=201 pid, comm=my app;, thread=my app;-201, context=task}
`,
    )
    expect(totalsOfPprof(profile(sample))).toEqual(
      new Map([
        ['__x64_sys_read', { calls: 2, self: 301 }],
        ['ksys_read', { calls: 2, self: 1450 }],
        ['vfs_read', { calls: 3, self: 6250 }],
      ]),
    )
  })

  test('errors, where there are return values: of late names and of many stacks, too', () => {
    const value = (text: string, meaning: string) => ({ text, number: BigInt(text), meaning })
    const returned = (text: string, meaning = '') => ({
      arguments: [],
      caller: '',
      returned: value(text, meaning),
    })
    const bytes = profile(sink => {
      names(sink, 'a', 'b', ...Array.from({ length: 3000 }, (_, index) => `f${index}`))
      sink.defineTrack(0, { pid: 1, comm: 't', cpu: undefined })
      sink.begin(0, UNNAMED, 0)
      sink.begin(0, 2, 1)
      sink.end(0, 2, 2, 1, returned('-2', 'ENOENT'))
      sink.begin(0, 2, 2)
      sink.end(0, 2, 3, 1, returned('-22', 'EINVAL'))
      sink.end(0, 1, 4, 4, returned('0'))
      for (let func = 3; func <= 3002; func++) {
        sink.begin(0, func, func)
        sink.end(0, func, func + 1, 1, func === 7 ? returned('-5', 'EIO') : returned('-5'))
      }
    })
    const lines = printPprof(bytes).split('\n')
    expect(lines[0]).toBe('sample types: calls/count self/nanoseconds errors/count (self)')
    const samples = lines.filter(line => line.includes('{')).map(line => line.replace(/ \{.*/, ''))
    expect(samples.filter(line => !line.endsWith(' 0'))).toEqual(['a;b 2 2 2', 'f4 1 1 1'])
    expect(samples).toContain('a 1 2 0')
    expect(samples).toHaveLength(3002)
  })

  test('no document url, which Perfetto stumbles over, and no wall time', () => {
    const { docUrl, timeNanos } = decodePprof(profile(sample))
    expect({ docUrl, timeNanos }).toEqual({ docUrl: '', timeNanos: 0 })
  })

  test('stacks are leaf first', () => {
    const stacks = decodePprof(profile(sample)).samples.map(({ stack }) => stack)
    expect(stacks).toContainEqual(['vfs_read', 'ksys_read', '__x64_sys_read'])
  })

  test('a mapping for each module, and the module in the shown name', () => {
    const decoded = decodePprof(
      profile(sink => {
        names(sink, 'nf_hook_slow', 'nf_conntrack_in [nf_conntrack]', 'ext4_sync_fs [ext4]')
        sink.defineTrack(0, { pid: 7, comm: '', cpu: undefined })
        sink.begin(0, 1, 0)
        sink.begin(0, 2, 1)
        sink.end(0, 2, 4, 3)
        sink.end(0, 1, 5, 5)
        sink.begin(0, 3, 6)
        sink.end(0, 3, 7, 1)
      }),
    )
    expect(decoded.mappings.map(({ id, file }) => [id, file])).toEqual([
      [1, '[kernel.kallsyms]'],
      [2, 'nf_conntrack'],
      [3, 'ext4'],
    ])
    expect(decoded.functions).toEqual([
      { id: 1, name: 'nf_hook_slow', systemName: 'nf_hook_slow', mapping: 1 },
      {
        id: 2,
        name: 'nf_conntrack_in [nf_conntrack]',
        systemName: 'nf_conntrack_in',
        mapping: 2,
      },
      { id: 3, name: 'ext4_sync_fs [ext4]', systemName: 'ext4_sync_fs', mapping: 3 },
    ])
    expect(decoded.samples.map(({ labels }) => labels)).toContainEqual({
      pid: '7 pid',
      thread: '<...>-7',
      context: 'task',
    })
  })

  test('the name of a track is the last one', () => {
    const file = profile(sink => {
      names(sink, 'schedule')
      sink.defineTrack(0, { pid: undefined, comm: '', cpu: 2 })
      sink.begin(0, 1, 0)
      sink.defineTrack(0, { pid: 133, comm: 'bash', cpu: undefined })
      sink.end(0, 1, 9, 9)
    })
    expect(decodePprof(file).samples.map(({ labels }) => labels)).toEqual([
      { cpu: '2 cpu', pid: '133 pid', comm: 'bash', thread: 'bash-133', context: 'task' },
    ])
  })

  test('idle tasks, unnamed tracks and interrupts are told apart by their cpu', () => {
    const file = profile(sink => {
      names(sink, 'schedule')
      sink.defineTrack(0, { pid: 0, comm: 'swapper/0', cpu: 0 })
      sink.defineTrack(1, { pid: undefined, comm: '', cpu: 3 })
      sink.defineTrack(2, { pid: undefined, comm: '', cpu: 3, isInterrupts: true })
      for (const track of [0, 1, 2]) {
        sink.begin(track, 1, 0)
        sink.end(track, 1, 2, 2)
      }
    })
    expect(decodePprof(file).samples.map(({ labels }) => labels)).toEqual([
      { cpu: '0 cpu', pid: '0 pid', comm: 'swapper/0', thread: 'swapper/0', context: 'idle' },
      { cpu: '3 cpu', thread: 'CPU 3' },
      { cpu: '3 cpu', thread: 'CPU 3 interrupts', context: 'interrupt' },
    ])
  })

  test('what an interrupt calls on the stack of a task is in its context, too', () => {
    const file = profile(sink => {
      names(sink, 'vfs_write', 'do_IRQ', 'handler', '__do_softirq')
      sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
      sink.defineTrack(1, { pid: 8, comm: 'ksoftir', cpu: undefined })
      for (const id of [1, 2, 3]) sink.begin(0, id, 0)
      for (const id of [3, 2]) sink.end(0, id, 9, 1)
      sink.begin(0, 3, 10)
      sink.end(0, 3, 11, 1)
      sink.end(0, 1, 20, 20)
      for (const id of [4, 3]) sink.begin(1, id, 0)
      for (const id of [3, 4]) sink.end(1, id, 5, 5)
    })
    const { samples } = decodePprof(file)
    expect(
      samples.map(({ stack, labels }) => `${[...stack].reverse().join(';')} ${labels.context}`),
    ).toEqual([
      'vfs_write task',
      'vfs_write;do_IRQ interrupt',
      'vfs_write;do_IRQ;handler interrupt',
      'vfs_write;handler task',
      '__do_softirq task',
      '__do_softirq;handler task',
    ])
  })

  test('a 0 stands in the file with its unit', () => {
    const file = profile(sink => {
      names(sink, 'schedule')
      sink.defineTrack(0, { pid: 0, comm: '', cpu: 0 })
      sink.begin(0, 1, 0)
      sink.end(0, 1, 2, 2)
    })
    const schema = readFileSync(new URL('../../proto/profile.proto', import.meta.url), 'utf8')
    const type = protobuf.parse(schema).root.lookupType('perftools.profiles.Profile')
    const raw = type.toObject(type.decode(gunzipSync(file)), { longs: Number })
    const [cpu] = raw.sample[0].label
    expect(raw.stringTable[cpu.key]).toBe('cpu')
    expect(raw.stringTable[cpu.numUnit]).toBe('cpu')
  })

  test('a call that migrates counts where it ends, and its callees where they ran', () => {
    const file = profile(sink => {
      names(sink, 'schedule', 'dequeue_task', 'finish_task_switch')
      sink.defineTrack(0, { pid: 5, comm: 'a', cpu: undefined })
      sink.migrate(0, 0, 0)
      sink.begin(0, 1, 0)
      sink.begin(0, 2, 1)
      sink.end(0, 2, 3, 2)
      sink.migrate(0, 3, 8)
      sink.begin(0, 3, 8)
      sink.end(0, 3, 9, 1)
      sink.end(0, 1, 10, 10)
    })
    const rows = decodePprof(file).samples.map(({ stack, values, labels }) => [
      labels.cpu,
      stack[0],
      ...values,
    ])
    expect(rows.sort()).toEqual([
      ['0 cpu', 'dequeue_task', 1, 2],
      ['3 cpu', 'finish_task_switch', 1, 1],
      ['3 cpu', 'schedule', 1, 7],
    ])
  })

  test('late names hold, calls that are never named and incomplete calls weigh nothing', () => {
    const file = profile(sink => {
      names(sink, 'do_syscall_64', 'ksys_read', 'vfs_read')
      sink.defineTrack(0, { pid: 5, comm: 'a', cpu: undefined })
      sink.begin(0, UNNAMED, 0)
      sink.begin(0, UNNAMED, 1)
      sink.begin(0, 3, 2)
      sink.end(0, 3, 4, 2)
      sink.end(0, UNNAMED, 4, UNMEASURED)
      sink.end(0, 1, 7, 7)
      sink.begin(0, 2, 8)
      sink.begin(0, 3, 9)
      sink.end(0, 3, 10, 1)
      sink.end(0, 2, 11, UNMEASURED)
    })
    const rows = decodePprof(file).samples.map(({ stack, values }) => [stack.join(' '), ...values])
    expect(rows.sort()).toEqual([
      ['do_syscall_64', 1, 5],
      ['vfs_read do_syscall_64', 1, 2],
      ['vfs_read ksys_read', 1, 1],
    ])
  })

  test('values are exact up to 2^53', () => {
    const far = 2 ** 53 - 1
    const file = profile(
      sink => {
        names(sink, 'schedule')
        sink.defineTrack(0, { pid: 5, comm: 'a', cpu: undefined })
        sink.begin(0, 1, 0)
        sink.end(0, 1, far, far)
      },
      { span: far },
    )
    const { samples, durationNanos } = decodePprof(file)
    expect([samples[0]?.values, durationNanos]).toEqual([[1, far], far])
  })

  test('says in words what the clock is', () => {
    const facts = { clock: 'rebuilt', origin: '', columns: [], lostEvents: 12 } as const
    const { comments } = decodePprof(profile(sample, facts))
    expect(comments).toEqual([
      'trace: trace.txt',
      'dialect: tracefs',
      'clock: rebuilt from the printed durations, in file order; the trace has no time of its own',
      'lost events: 12',
    ])
  })

  test.each([
    [16_000, []],
    [
      16_001,
      [
        'pprof: Pyroscope takes 16,000 samples and 4 MiB, these are 16001 and 1.2 MiB; trace fewer functions or less time for it',
      ],
    ],
  ])('%i samples', (count, expected) => {
    const warnings: string[] = []
    const sink = openPprof(() => {}, {
      title: '',
      warn: message => warnings.push(message),
    })
    sink.defineTrack(0, { pid: 5, comm: 'a', cpu: undefined })
    for (let func = 1; func <= count; func++) {
      sink.defineFunction(func, { name: `function_${func}`, module: '' })
      sink.begin(0, func, func)
      sink.end(0, func, func, 1)
    }
    sink.finish(FACTS)
    expect(warnings).toEqual(expected)
  })

  test('a trace without calls is a valid profile', () => {
    expect(decodePprof(profile(() => {})).samples).toEqual([])
  })
})
