import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { fgraph, folderWith } from './run.js'

const corpus = join(import.meta.dirname, '../corpus')

const calls = `#     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS
#      |          |     |    |           |   |                     |   |   |   |
  100.000000 |   0)    bash-170    |               |  vfs_read() {
  100.000001 |   0)    bash-170    |               |    lock() {
  100.000002 |   0)    bash-170    |   1.000 us    |      spin();
  100.000004 |   0)    bash-170    |   3.000 us    |    }
  100.000010 |   0)    bash-170    |   2.000 us    |    ext4_read [ext4]();
  100.000020 |   0)    bash-170    | + 20.000 us   |  }
  100.000030 |   1)     cat-171    |   5.000 us    |  vfs_read();
  100.000040 |   1)     cat-171    |   0.500 us    |  brk();
`

async function folded(...args: string[]): Promise<string[]> {
  const { code, stdout } = await fgraph('.', ['convert', '-f', 'folded', ...args], calls)
  expect(code).toBe(0)
  return stdout.toString().split('\n').filter(Boolean).sort()
}

const all = [
  'brk 500',
  'vfs_read 20000',
  'vfs_read;ext4_read [ext4] 2000',
  'vfs_read;lock 2000',
  'vfs_read;lock;spin 1000',
]

describe('what each filter leaves', () => {
  test.each([
    [[], all],
    [
      ['-F', 'lock'],
      ['lock 2000', 'lock;spin 1000'],
    ],
    [
      ['-F', 'brk', '--filter', 'sp*'],
      ['brk 500', 'spin 1000'],
    ],
    [
      ['-N', 'lock'],
      ['brk 500', 'vfs_read 23000', 'vfs_read;ext4_read [ext4] 2000'],
    ],
    [
      ['-C', 'spin'],
      ['vfs_read 17000', 'vfs_read;lock 2000', 'vfs_read;lock;spin 1000'],
    ],
    [
      ['-H', '/^(lock|brk)$/'],
      ['vfs_read 22000', 'vfs_read;ext4_read [ext4] 2000', 'vfs_read;spin 1000'],
    ],
    [
      ['-D', '1'],
      ['brk 500', 'vfs_read 25000'],
    ],
    [
      ['-t', '3us'],
      ['vfs_read 22000', 'vfs_read;lock 3000'],
    ],
    [
      ['-t', '3000ns'],
      ['vfs_read 22000', 'vfs_read;lock 3000'],
    ],
    [
      ['--cpu', '1'],
      ['brk 500', 'vfs_read 5000'],
    ],
    [['--cpu', '0-1'], all],
    [
      ['--task', 'cat'],
      ['brk 500', 'vfs_read 5000'],
    ],
    [
      ['--task', '171', '--task', 'none'],
      ['brk 500', 'vfs_read 5000'],
    ],
    [['--module', 'ext4'], ['ext4_read [ext4] 2000']],
    [['-r', '25us~35us'], ['vfs_read 5000']],
    [['-r', '100.00003~100.00004'], ['vfs_read 5000']],
    [
      ['-r', '~15us'],
      ['vfs_read;ext4_read [ext4] 2000', 'vfs_read;lock 2000', 'vfs_read;lock;spin 1000'],
    ],
    [
      ['-F', 'vfs_*', '-D', '2', '--task', 'bash', '-N', 'ext4_read'],
      ['vfs_read 17000', 'vfs_read;lock 3000'],
    ],
  ])('%j', async (args, expected) => {
    expect(await folded(...args)).toEqual(expected)
  })
})

test('they are the same for every command', async () => {
  const report = await fgraph('.', ['report', '--json', '-F', 'lock'], calls)
  expect(JSON.parse(report.stdout.toString()).functions).toMatchObject([
    { name: 'lock', calls: 1, total_ns: 3000, self_ns: 2000 },
    { name: 'spin', calls: 1 },
  ])
  const graph = await fgraph('.', ['graph', '--json', '-H', 'lock', 'vfs_read'], calls)
  expect(JSON.parse(graph.stdout.toString()).callees[0].next[1]).toMatchObject({ name: 'spin' })
  const histogram = await fgraph('.', ['histogram', 'vfs_read', '--json', '--cpu', '1'], calls)
  expect(JSON.parse(histogram.stdout.toString()).histograms).toMatchObject([{ calls: 1 }])
  const slowest = await fgraph('.', ['slowest', '--json', '-F', 'lock', '-D', '1'], calls)
  expect(JSON.parse(slowest.stdout.toString()).calls).toMatchObject([
    { name: 'lock', line: 4, duration_ns: 3000, tree: { self_ns: 3000, next: [] } },
  ])
  const folder = folderWith({ 'a.txt': calls })
  const diff = await fgraph(folder, ['diff', '--json', '-N', '*read', 'a.txt', 'a.txt'])
  expect(JSON.parse(diff.stdout.toString()).functions).toMatchObject([{ name: 'brk' }])
  const args = ['assert', 'calls(vfs_read) == 1', 'max(vfs_read) < 6us', '--task', 'cat']
  expect((await fgraph('.', args, calls)).code).toBe(0)
  const info = await fgraph('.', ['info', '-N', 'lock'], calls)
  expect(info.stdout.toString()).toMatch(
    /^filters +4 of 6 calls are left; --notrace lock has removed 2$/m,
  )
})

test('a task is found by its whole name, and as cells cut it', async () => {
  const text = ` 0)  rcu_pre-13    |               |  f() {
 0)  rcu_pre-13    |               |    /* sched_waking: comm=rcu_preempt pid=13 prio=120 target_cpu=000 */
 0)  rcu_pre-13    |   2.000 us    |  }
`
  for (const task of ['rcu_preempt', 'rcu_pre', 'rcu_pre-13', 'rcu_preempt-13', '13']) {
    const args = ['convert', '-f', 'folded', '--root', 'pid', '--task', task]
    const { stdout } = await fgraph('.', args, text)
    expect(stdout.toString()).toBe('rcu_preempt-13;f 2000\n')
  }
})

describe('contexts', () => {
  const text = ` 0)               |  vfs_read() {
 0)   ==========> |
 0)               |    do_IRQ() {
 0)               |      irq_exit() {
 0)               |        __do_softirq() {
 0)   1.000 us    |          run_timers();
 0)   3.000 us    |        }
 0)   4.000 us    |      }
 0)   9.000 us    |    }
 0)   <========== |
 0)   2.000 us    |    lock();
 0) + 20.000 us   |  }
`
  test.each([
    ['task', ['vfs_read 9000', 'vfs_read;lock 2000']],
    ['irq', ['do_IRQ 5000', 'do_IRQ;irq_exit 1000']],
    ['softirq', ['__do_softirq 2000', '__do_softirq;run_timers 1000']],
  ])('%s', async (context, expected) => {
    const args = ['convert', '-f', 'folded', '--context', context]
    const { stdout } = await fgraph('.', args, text)
    expect(stdout.toString().split('\n').filter(Boolean).sort()).toEqual(expected)
  })
})

test('values are separated by commas, but for those of regular expressions', async () => {
  const folded = async (...args: string[]) =>
    (await fgraph('.', ['convert', '-f', 'folded', '--quiet', ...args], calls)).stdout.toString()
  expect(await folded('-F', 'brk,lock')).toBe(await folded('-F', 'brk', '-F', 'lock'))
  expect(await folded('-F', '/^lock{1,2}$/')).toBe(await folded('-F', 'lock'))
  expect(await folded('--task', 'bash,cat')).toBe(await folded())
})

describe('an empty result says why', () => {
  test.each([
    [
      ['report', '-F', 'vfs_raed', '--task', 'bash'],
      '--filter vfs_raed: the trace has no such function; did you mean vfs_read',
    ],
    [
      ['graph', '--task', 'bsah'],
      '--task bsah: the trace has no such task; it has bash-170, cat-171',
    ],
    [
      ['report', '--json', '--module', 'xfs'],
      '--module xfs: the trace has no such module; it has kernel, ext4',
    ],
  ])('%j is refused', async (args, line) => {
    const { code, stdout, stderr } = await fgraph('.', args, calls)
    expect(stderr).toBe(`fgraph: ${line}\n`)
    expect(stdout.toString()).toBe('')
    expect(code).toBe(2)
  })

  test.each([
    [['slowest', '-r', '1ms~'], ['0 of 6 calls are left; --range 1ms~ has removed 6']],
    [['report', '--cpu', '5'], ['0 of 6 calls are left; --cpu 5 has removed 6']],
  ])('%j', async (args, lines) => {
    const { code, stderr } = await fgraph('.', args, calls)
    expect(stderr).toBe(lines.map(line => `fgraph: ${line}\n`).join(''))
    expect(code).toBe(0)
  })

  test('what converts says it among the rest', async () => {
    const { stderr } = await fgraph('.', ['convert', '-N', 'vfs_*', '-N', 'brk', '-H', 'x'], calls)
    expect(stderr).toMatch(
      /^filters +0 of 6 calls are left; --notrace vfs_\* --notrace brk has removed 6, --hide x has removed 0$/m,
    )
    expect(stderr).toMatch(/^fgraph: --hide x: the trace has no such function; check the name$/m)
  })

  test('a function that filters have removed', async () => {
    const { code, stderr } = await fgraph('.', ['graph', 'lock', '--task', 'cat'], calls)
    expect(stderr).toBe('fgraph: lock: the filters leave no call of it; --task cat has removed 4\n')
    expect(code).toBe(2)
  })
})

test.each([
  [['-D', '0'], /--depth: '0' is not a number of levels/],
  [['-D', 'x'], /--depth: 'x'/],
  [['-t', '5 parsecs'], /--min-duration: '5 parsecs' is not a time; write one like 500ns or 5us/],
  [['-r', '5ms'], /'5ms' is not a range of time; write 1.5ms~2ms/],
  [['-r', '~'], /'~' is not a range of time/],
  [['-r', '2ms~1ms'], /'2ms~1ms': ends before it begins/],
  [['-r', '100.1~100.05'], /ends before it begins/],
  [['--cpu', '3-1'], /--cpu: '3-1' is not a list of cpus; write it like 0,2-3/],
  [['--cpu', 'all'], /--cpu: 'all'/],
  [['-F', '/(/'], /\/\(\/: not a valid regular expression/],
  [['-F'], /option F needs a value/],
  [['--context', 'nmi'], /--context: unknown value "nmi"; choose one of "task", "irq", "softirq"/],
  [
    ['--context', 'irq', '--interrupts', 'drop'],
    /--context and --interrupts drop cannot be combined/,
  ],
])('refuses %j', async (args, message) => {
  const { code, stdout, stderr } = await fgraph('.', ['report', ...args], calls)
  expect(stderr).toMatch(message)
  expect(stderr).toMatch(/^fgraph: .*\n$/)
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
})

test('printed times need timestamps', async () => {
  const { code, stderr } = await fgraph(
    '.',
    ['report', '-r', '100~101'],
    ' 0)   1.000 us    |  f();\n',
  )
  expect(stderr).toMatch(
    /^fgraph: standard input: '100~101': the trace has no timestamps; give .*\n$/,
  )
  expect(code).toBe(2)
})

test('folded stacks filtered are folded stacks picked, cut or joined', async () => {
  // No call of it is incomplete: what that calls counts nowhere once it is removed.
  const path = join(corpus, '7.2-full-plain.percpu1.txt.gz')
  const stacksOf = async (...args: string[]) => {
    const { stdout } = await fgraph('.', ['convert', '-f', 'folded', path, ...args])
    return new Map(
      stdout
        .toString()
        .trimEnd()
        .split('\n')
        .map(line => {
          const [, stack, weight] = /^(.*) (\d+)$/.exec(line) as unknown as [string, string, string]
          return [stack, Number(weight)] as const
        }),
    )
  }
  const whole = await stacksOf()
  const joined = (make: (frames: string[]) => string[]) => {
    const sums = new Map<string, number>()
    for (const [stack, weight] of whole) {
      const key = make(stack.split(';')).join(';')
      if (key !== '') sums.set(key, (sums.get(key) ?? 0) + weight)
    }
    return sums
  }
  const sorted = (stacks: ReadonlyMap<string, number>) => [...stacks].sort()
  expect(sorted(await stacksOf('-D', '3'))).toEqual(sorted(joined(frames => frames.slice(0, 3))))
  const func = 'tick_nohz_handler'
  const picked = joined(frames => (frames.includes(func) ? frames.slice(frames.indexOf(func)) : []))
  expect(picked.size).toBeGreaterThan(3)
  expect(sorted(await stacksOf('-F', func))).toEqual(sorted(picked))
  const without = joined(frames =>
    frames.includes(func) ? frames.slice(0, frames.indexOf(func)) : frames,
  )
  expect(sorted(await stacksOf('-N', func))).toEqual(sorted(without))
  const { stdout } = await fgraph('.', ['report', '--json', path])
  const { functions } = JSON.parse(stdout.toString())
  const { total_ns } = functions.find(({ name }: { name: string }) => name === func)
  expect([...picked.values()].reduce((sum, weight) => sum + weight, 0)).toBe(total_ns)
})

test('lines of the input, whatever filters hold back', async () => {
  const path = join(corpus, '7.2-full-proc-abstime-tail.txt.gz')
  const lines = gunzipSync(readFileSync(path)).toString().split('\n')
  for (const filters of [
    [],
    ['-t', '1us'],
    ['-F', '*page*', '-F', '*lock*'],
    ['-D', '9'],
    ['-C', '*lock*'],
  ]) {
    const args = ['slowest', '/lock/', '-n', '20', '--json', ...filters, path]
    const { stdout } = await fgraph('.', args)
    const found = JSON.parse(stdout.toString()).calls
    expect(found.length).toBe(20)
    for (const { name, duration_ns, line, has_entry, tree } of found) {
      const text = lines[line - 1]
      const isLeaf = text.includes(`${name}();`)
      expect(text).toContain(has_entry ? `${name}()` : `} /* ${name}`)
      if (isLeaf) expect(tree.next).toEqual([])
      if (isLeaf || !has_entry) expect(text).toContain(` ${(duration_ns / 1000).toFixed(3)} us `)
    }
  }
})
