import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { binary, fgraph, folderWith } from './run.js'

const corpus = join(import.meta.dirname, '../corpus')

/** A call with a recursive one in it, a call of a module, and one without an exit. */
const calls = ` 0)               |  vfs_read() {
 0)               |    vfs_read() {
 0)   0.300 us    |      ext4_read [ext4]();
 0)   1.000 us    |    }
 0)   2.000 us    |  }
 0)   0.083 us    |  brk();
 0)   0.093 us    |  brk();
 0)               |  do_exit() {
`

describe('report', () => {
  test('as a table', async () => {
    const { code, stdout, stderr } = await fgraph('.', ['report'], calls)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.toString()).toBe(
      `    %     TOTAL      SELF  CALLS       AVG       MIN       P50       P90       P99       MAX  STDDEV  INCOMPLETE  FUNCTION
91.9%  2.000 us  1.700 us      2  1.500 us  1.000 us  1.000 us  2.000 us  2.000 us  2.000 us  500 ns           0  vfs_read
13.8%    300 ns    300 ns      1    300 ns    300 ns    300 ns    300 ns    300 ns    300 ns    0 ns           0  ext4_read [ext4]
 8.1%    176 ns    176 ns      2     88 ns     83 ns     83 ns     93 ns     93 ns     93 ns    5 ns           0  brk
 0.0%         -      0 ns      0         -         -         -         -         -         -       -           1  do_exit
`,
    )
  })

  const cut =
    ' 0)               |  f() {\n 0)   5.000 us    |    g();\n 0)   1.000 us    |    h();\n'

  test('what is seen of calls without an exit', async () => {
    const { stdout, stderr } = await fgraph('.', ['report'], cut)
    expect(stdout.toString()).toMatch(/\n100\.0% {2}≥ 6\.000 us +0 ns +0 .* +1 {2}f\n/)
    expect(stderr).toBe('≥ some calls have no exit in the trace: they took this long or longer\n')
    const graph = await fgraph('.', ['graph', 'f'], cut)
    expect(graph.stdout.toString()).toMatch(/\n6\.000 us +0 ns +0 {2}100\.0% {2}f\n/)
    const slowest = await fgraph('.', ['slowest', 'f'], cut)
    expect(slowest.stderr).toBe(
      'fgraph: f: no call of it ends in the trace, so none has a duration; fgraph graph shows what is known of them\n',
    )
    expect(slowest.code).toBe(2)
  })

  test('as JSON', async () => {
    const { stdout } = await fgraph('.', ['report', '--json', '--limit', '1'], calls)
    const { functions, totals, diagnostics } = JSON.parse(stdout.toString())
    const vfsRead = {
      name: 'vfs_read',
      module: '',
      calls: 2,
      incomplete: 0,
      duration_ns: 3000,
      total_ns: 2000,
      self_ns: 1700,
      min_ns: 1000,
      max_ns: 2000,
      avg_ns: 1500,
      p50_ns: 1000,
      p90_ns: 2000,
      p99_ns: 2000,
      stddev_ns: 500,
      errors: null,
    }
    expect(functions).toEqual([vfsRead])
    expect(Object.keys(functions[0])).toEqual(Object.keys(vfsRead))
    expect(totals).toEqual({
      functions: 4,
      calls: 5,
      incomplete: 1,
      duration_ns: 3476,
      total_ns: 2176,
      self_ns: 2176,
      span_ns: 2176,
      lost_events: 0,
    })
    expect(diagnostics.map(({ name }: { name: string }) => name)).toEqual([
      'open-at-end',
      'rebuilt-time',
    ])
  })

  test('as CSV and as Markdown', async () => {
    const args = ['report', '--sort', 'name', '--columns', 'calls,avg,p99.9']
    const csv = await fgraph('.', [...args, '--csv'], calls)
    expect(csv.stdout.toString()).toBe(
      'name,module,calls,avg_ns,p99.9_ns\nbrk,,2,88,93\ndo_exit,,0,,\next4_read,ext4,1,300,300\nvfs_read,,2,1500,2000\n',
    )
    const markdown = await fgraph('.', [...args, '--markdown', '--limit', '2'], calls)
    expect(markdown.stdout.toString()).toBe(
      '| CALLS | AVG | P99.9 | FUNCTION |\n| ---: | ---: | ---: | --- |\n| 2 | 88 ns | 93 ns | brk |\n| 0 | - | - | do_exit |\n',
    )
  })

  test.each([
    ['module', ['[kernel]', 'ext4']],
    ['task', ['CPU 0']],
    ['cpu', ['CPU 0']],
    [
      'caller',
      [
        'vfs_read < -',
        'ext4_read [ext4] < vfs_read',
        'brk < -',
        'do_exit < -',
        'vfs_read < vfs_read',
      ],
    ],
  ])('by %s', async (by, names) => {
    const args = ['report', '--by', by, '--columns', 'calls']
    const { stdout } = await fgraph('.', args, calls)
    const rows = stdout.toString().trimEnd().split('\n').slice(1)
    expect(rows.map(row => row.replace(/^ *\d+ {2}/, ''))).toEqual(names)
  })

  test('times as they are with --ns', async () => {
    const { stdout } = await fgraph('.', ['report', '--ns', '--columns', 'total'], calls)
    expect(stdout.toString()).toContain('2,000  vfs_read\n')
  })

  test('colour if it is asked for', async () => {
    const { stdout } = await fgraph('.', ['report', '--color', 'always'], calls)
    expect(stdout.toString()).toContain('\x1b[1m')
    const { stdout: never } = await fgraph('.', ['report'], calls)
    expect(never.toString()).not.toContain('\x1b')
  })

  test.each([
    [['--sort', 'size'], /^fgraph: --sort: unknown column 'size'; .*p99.*\n$/],
    [['--columns', 'calls,p0x'], /^fgraph: --columns: unknown column 'p0x'; .*\n$/],
    [['--limit', '-1'], /^fgraph: --limit: .*\n$/],
    [['--json', '--csv'], /^fgraph: --json and --csv .*\n$/],
    [['--by', 'color'], /^fgraph: .*"color".*\n$/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await fgraph('.', ['report', ...args], calls)
    expect(stderr).toMatch(message)
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
  })

  test('fits a terminal, and is in colour there', async () => {
    for (const columns of [40, 60, 80, 120]) {
      const { stdout } = await fgraph('.', ['report', '-'], calls, { columns })
      expect(stdout.toString()).toContain('\x1b[1m')
      const lines = stripVTControlCharacters(stdout.toString()).split('\n')
      expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(columns)
      expect(lines[1]).toMatch(/ {2}vfs_read/)
    }
  })

  test('fits a real terminal', () => {
    const folder = folderWith({ 'a.txt': calls })
    const line = `stty cols 40 rows 40; NO_COLOR=1 ${process.execPath} ${binary} report a.txt`
    const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { cwd: folder })
    const lines = stdout.toString().replaceAll('\r', '').split('\n')
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(40)
    expect(lines[1]).toMatch(/ {2}vfs_read/)
  })

  test.each([
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('%j without a terminal', async (env, isColored) => {
    const { stdout } = await fgraph('.', ['report'], calls, { env })
    expect(stdout.toString().includes('\x1b[1m')).toBe(isColored)
  })

  test.each([[{ NO_COLOR: '1' }], [{ TERM: 'dumb' }]])(
    'no colour on a terminal with %j',
    async env => {
      const { stdout } = await fgraph('.', ['report'], calls, { columns: 80, env })
      expect(stdout.toString()).toContain('vfs_read')
      expect(stdout.toString()).not.toContain('\x1b')
    },
  )

  test('as many rows as a terminal has room for', async () => {
    const text = Array.from({ length: 99 }, (_, at) => ` 0)   1.000 us    |  f${at}();\n`).join('')
    const { stdout, stderr } = await fgraph('.', ['report'], text, { columns: 80, rows: 24 })
    expect(stdout.toString().trimEnd().split('\n').length).toBe(21)
    expect(stderr).toContain('79 more rows; --limit 0 shows all\n')
  })

  test('calls and sums are those of the text', async () => {
    for (const name of [
      '6.12-full-proc-abstime-tail',
      '7.2-opt-tail',
      '5.10-arm64-full-tail-overrun',
    ]) {
      const path = join(corpus, `${name}.txt.gz`)
      const { stdout } = await fgraph('.', ['report', '--json', path])
      const { functions } = JSON.parse(stdout.toString()) as { functions: PlainRow[] }
      const plain = plainRows(gunzipSync(readFileSync(path)).toString())
      for (const row of functions.filter(({ calls }) => calls > 0)) {
        const { name, module, calls, duration_ns, min_ns, max_ns } = row
        const durations = plain.get(module ? `${name} [${module}]` : name) as number[]
        expect(calls).toBe(durations.length)
        expect(duration_ns).toBe(durations.reduce((sum, one) => sum + one, 0))
        expect([min_ns, max_ns]).toEqual([Math.min(...durations), Math.max(...durations)])
        for (const [field, share] of shares) {
          const exact = durations.toSorted((a, b) => a - b)[Math.ceil(share * calls) - 1]
          expect(Math.abs(row[field] - exact)).toBeLessThanOrEqual(exact / 100)
        }
        plain.delete(module ? `${name} [${module}]` : name)
      }
      expect([...plain.keys()]).toEqual([])
    }
  })
})

describe('graph', () => {
  test('of everything', async () => {
    const { stdout } = await fgraph('.', ['graph'], calls)
    expect(stdout.toString()).toBe(
      `   TOTAL    SELF  CALLS      %  FUNCTION
2.000 us  1.000 us      1  91.9%  vfs_read
1.000 us    700 ns      1  46.0%  └─ vfs_read
  300 ns    300 ns      1  13.8%     └─ ext4_read [ext4]
  176 ns    176 ns      2   8.1%  brk
`.replace('   TOTAL    SELF', '   TOTAL      SELF'),
    )
  })

  test('of one function', async () => {
    const { stdout } = await fgraph('.', ['graph', 'ext4_read'], calls)
    expect(stdout.toString()).toBe(
      ` TOTAL  CALLS       %  CALLERS OF ext4_read
300 ns      1  100.0%  ext4_read [ext4]
300 ns      1  100.0%  └─ vfs_read
300 ns      1  100.0%     └─ vfs_read

 TOTAL    SELF  CALLS       %  CALLEES OF ext4_read
300 ns  300 ns      1  100.0%  ext4_read [ext4]
`,
    )
  })

  test.each([
    [
      ['--levels', '1'],
      ['vfs_read', 'brk'],
    ],
    [
      ['--min-percent', '20'],
      ['vfs_read', '└─ vfs_read', '   └─ ext4_read [ext4]', 'brk'],
    ],
    [
      ['--min-percent', '60'],
      ['vfs_read', '└─ vfs_read', 'brk'],
    ],
  ])('%j', async (args, names) => {
    const { stdout } = await fgraph('.', ['graph', ...args], calls)
    const lines = stdout.toString().trimEnd().split('\n').slice(1)
    expect(lines.map(line => line.replace(/^.*?% {2}/, ''))).toEqual(names)
  })

  test('small ones are folded into one line', async () => {
    const text = `${calls} 1)   9000.000 us |  long();\n`
    const { stdout } = await fgraph('.', ['graph'], text)
    expect(stdout.toString()).toMatch(/ {2}long\n2.176 us .* 3 {4}0.0% {2}\(2 more\)\n$/)
  })

  test('as JSON', async () => {
    const { stdout } = await fgraph('.', ['graph', '--json', 'vfs_*'], calls)
    const { callees, callers } = JSON.parse(stdout.toString())
    expect(callees).toMatchObject([
      { name: 'vfs_read', module: '', calls: 1, total_ns: 2000, self_ns: 1000, next: [{}] },
    ])
    expect(callers).toMatchObject([{ name: 'vfs_read', calls: 1, next: [] }])
  })

  test('a file is an input, whatever it is called', async () => {
    const folder = folderWith({ brk: calls, 'a.txt': calls })
    const { stdout } = await fgraph(folder, ['graph', 'brk'])
    expect(stdout.toString()).toContain('vfs_read')
    const one = await fgraph(folder, ['graph', 'vfs_read', 'a.txt', 'brk'])
    expect(one.stdout.toString()).toMatch(/4.000 us .* 2 {2}100.0% {2}vfs_read/)
  })

  test.each([
    [['graph', 'none.txt'], /^fgraph: none\.txt: no such file.*\n$/],
    [
      ['graph', 'vfs_raed'],
      /^fgraph: vfs_raed: the trace has no such call; did you mean vfs_read\n$/,
    ],
    [['graph', '/(/'], /^fgraph: \/\(\/: not a valid regular expression; .*\n$/],
    [['graph', '--levels', '0'], /^fgraph: --levels: .*\n$/],
    [['graph', '--min-percent', '200'], /^fgraph: --min-percent: .*\n$/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await fgraph('.', args, calls)
    expect(stderr).toMatch(message)
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
  })
})

describe('histogram', () => {
  test('of round bins', async () => {
    const { stdout } = await fgraph('.', ['histogram', 'brk'], calls)
    expect(stdout.toString()).toBe(`brk: 2 calls
min 83 ns  p50 83 ns  p90 93 ns  p99 93 ns  p99.9 93 ns  max 93 ns  avg 88 ns  stddev 5 ns
 FROM      TO  CALLS       %
50 ns  100 ns      2  100.0%  ${'█'.repeat(40)}
`)
  })

  test('of bins of one width', async () => {
    const { stdout } = await fgraph('.', ['histogram', 'brk', '--linear', '5ns'], calls)
    expect(stdout.toString().split('\n').slice(2, 6)).toEqual([
      ' FROM     TO  CALLS      %',
      `80 ns  85 ns      1  50.0%  ${'█'.repeat(40)}`,
      '85 ns  90 ns      0   0.0%',
      `90 ns  95 ns      1  50.0%  ${'█'.repeat(40)}`,
    ])
  })

  test('by caller, and of calls without an exit', async () => {
    const { stdout } = await fgraph('.', ['histogram', 'vfs_read', '--by', 'caller'], calls)
    expect(stdout.toString()).toMatch(/^vfs_read < -: 1 call\n/)
    expect(stdout.toString()).toContain('\nvfs_read < vfs_read: 1 call\n')
    const none = await fgraph('.', ['histogram', 'do_exit'], calls)
    expect(none.stdout.toString()).toBe('do_exit: 0 calls, and 1 without an exit\n')
  })

  test('as JSON', async () => {
    const { stdout } = await fgraph('.', ['histogram', 'brk', '--by', 'task', '--json'], calls)
    expect(JSON.parse(stdout.toString()).histograms).toMatchObject([
      { task: 'CPU 0', calls: 2, p99_ns: 93, bins: [{ from_ns: 50, to_ns: 100, calls: 2 }] },
    ])
  })

  test('a heat map as SVG', async () => {
    const folder = folderWith({ 'a.txt': calls })
    const { code } = await fgraph(folder, ['histogram', 'brk', 'a.txt', '-o', 'x.svg'])
    expect(code).toBe(0)
    const svg = readFileSync(join(folder, 'x.svg'), 'utf8')
    expect(svg).toMatch(/^<svg xmlns=.*<\/svg>\n$/s)
    expect(svg.match(/<title>1 call of /g)?.length).toBe(2)
  })

  test.each([
    [['brk', '-o', 'x.png'], /^fgraph: x\.png: a heat map is SVG; .*\n$/],
    [['brk', '--linear', '0us'], /^fgraph: --linear: '0us' .*\n$/],
    [['none'], /^fgraph: none: the trace has no such call; fgraph report .*\n$/],
    [[], /^fgraph: no function: name one/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await fgraph('.', ['histogram', ...args], calls)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})

describe('slowest', () => {
  test('of everything', async () => {
    const { stdout } = await fgraph('.', ['slowest', '-n', '2'], calls)
    expect(stdout.toString()).toBe(`1. vfs_read 2.000 us, CPU 0, at 0 ns, rebuilt, line 1
   TOTAL      SELF  CALLS       %  FUNCTION
2.000 us  1.000 us      1  100.0%  vfs_read
1.000 us    700 ns      1   50.0%  └─ vfs_read
  300 ns    300 ns      1   15.0%     └─ ext4_read [ext4]

2. brk 93 ns, CPU 0, at 2.083 us, rebuilt, line 7
TOTAL   SELF  CALLS       %  FUNCTION
93 ns  93 ns      1  100.0%  brk
`)
  })

  test('with task, cpu and the time that the trace prints', async () => {
    const path = join(corpus, '7.2-full-proc-abstime-tail.txt.gz')
    const { stdout } = await fgraph('.', ['slowest', '-n', '3', '--json', path])
    const [first, , third] = JSON.parse(stdout.toString()).calls
    const lines = gunzipSync(readFileSync(path)).toString().split('\n')
    // Its entry is not in the trace; of the third one it is.
    expect(first).toMatchObject({ task: 'python3-186', duration_ns: 3_493_652, has_entry: false })
    const { name, task, cpu, timestamp, duration_ns, tree } = third
    const entry = lines.find(line => line.includes(timestamp) && line.includes(` ${name}()`))
    expect(entry).toMatch(new RegExp(` ${cpu}\\) +${task} `))
    const exit = ` ${(duration_ns / 1000).toFixed(3)} us `
    expect(lines.some(line => line.includes(exit))).toBe(true)
    expect(tree).toMatchObject({ name, calls: 1, total_ns: duration_ns })
  })

  test.each([
    [['-n', '0'], /^fgraph: -n: .*\n$/],
    [['none'], /^fgraph: none: the trace has no such call; .*\n$/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await fgraph('.', ['slowest', ...args], calls)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})

describe('slowest --against typical', () => {
  const usual = ' 0)               |  f() {\n 0)   1.000 us    |    g();\n 0)   2.000 us    |  }\n'
  const slow = ' 0)               |  f() {\n 0)   8.000 us    |    g();\n 0)   9.500 us    |  }\n'

  test('shows where a slow call takes longer', async () => {
    const args = ['slowest', 'f', '-n', '1', '--against', 'typical']
    const { code, stdout } = await fgraph('.', args, usual.repeat(5) + slow)
    expect(code).toBe(0)
    const [head, ...rows] = stdout.toString().split('\n')
    expect(head).toMatch(/^1\. f 9\.500 us, CPU 0, at 10\.000 us, rebuilt, line 16/)
    expect(rows.find(row => / g$/.test(row))).toMatch(/8\.000 us.*7\.000 us/)
  })

  test('as JSON', async () => {
    const args = ['slowest', 'f', '-n', '1', '--against', 'typical', '--json']
    const { stdout } = await fgraph('.', args, usual.repeat(5) + slow)
    expect(JSON.stringify(JSON.parse(stdout.toString()))).toContain('"duration_ns":9500')
  })
})

describe('diff -o x.svg', () => {
  test('draws what grew and what shrank', async () => {
    const folder = folderWith({
      'a.txt': ' 0)   4.000 us    |  f();\n 0)   4.000 us    |  g();\n',
      'b.txt': ' 0)   6.000 us    |  f();\n 0)   2.000 us    |  g();\n',
    })
    const { code } = await fgraph(folder, ['diff', 'a.txt', 'b.txt', '-o', 'd.svg'])
    expect(code).toBe(0)
    const svg = readFileSync(join(folder, 'd.svg'), 'utf8')
    const colourOf = (name: string) =>
      new RegExp(`<title>${name}\\b[^]*?<rect class="(s\\d+)"`).exec(svg)?.[1]
    // The reddest and the bluest of thirteen.
    expect([colourOf('f'), colourOf('g')]).toEqual(['s12', 's0'])
  })
})

describe('diff', () => {
  const after = calls.replace('1.000 us', '1.500 us').replaceAll('brk', 'mmap')

  test('as a table', async () => {
    const folder = folderWith({ 'a.txt': calls, 'b.txt': after })
    const { code, stdout, stderr } = await fgraph(folder, ['diff', 'a.txt', 'b.txt'])
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /^No function is slower or faster by more than chance explains; 1 new; 1 gone; 3 called too rarely to tell\.\n$/,
    )
    const rows = stdout.toString().split('\n').slice(1, -1)
    expect(rows.map(row => row.trim().replace(/ {2,}/g, '  ').split('  ').slice(-2))).toEqual([
      ['new', 'mmap'],
      ['gone', 'brk'],
      ['too few calls', 'vfs_read'],
      ['too few calls', 'do_exit'],
      ['too few calls', 'ext4_read [ext4]'],
    ])
    expect(rows[2]).toContain('1.500 us → 1.750 us')
    expect(rows[2]).toContain('+16.7%')
  })

  test('a function that a trace does not call fails', async () => {
    const folder = folderWith({
      'a.txt': calls,
      'b.txt': after,
      'c.txt': '# tracer: function_graph\n',
    })
    const run = (...args: string[]) => fgraph(folder, ['diff', ...args])
    const gone = await run('a.txt', 'b.txt', '--fail-on', 'p99(brk) > +10%')
    expect(gone.code).toBe(1)
    expect(gone.stderr).toContain(
      'fgraph: --fail-on: p99(brk) > +10%: no call of brk in b.txt; --allow-missing accepts that\n',
    )
    const empty = ['a.txt', 'c.txt', '--fail-on', 'p99(*) > +10%']
    expect((await run(...empty)).code).toBe(1)
    expect((await run(...empty, '--allow-missing')).code).toBe(0)
  })

  test('as JSON', async () => {
    const folder = folderWith({ 'a.txt': calls, 'b.txt': after })
    const args = [
      'diff',
      'a.txt',
      'b.txt',
      '--json',
      '--sort',
      'name',
      '--fail-on',
      'avg(vfs_read) > +10%',
    ]
    const { code, stdout } = await fgraph(folder, args)
    const { functions, failures, diagnostics } = JSON.parse(stdout.toString())
    expect(code).toBe(1)
    expect(functions[0]).toMatchObject({
      name: 'brk',
      module: '',
      verdict: 'gone',
      before: { calls: 2, total_ns: 176, p99_ns: 93 },
      after: null,
    })
    expect(failures).toEqual([{ condition: 'avg(vfs_read) > +10%', name: 'vfs_read', module: '' }])
    expect(Object.keys(diagnostics)).toEqual(['before', 'after'])
  })

  test('fails on what is worse than allowed', async () => {
    const folder = folderWith({ 'a.txt': calls, 'b.txt': after })
    const diff = (condition: string) =>
      fgraph(folder, ['diff', 'a.txt', 'b.txt', '--fail-on', condition])
    const { code, stderr } = await diff('avg(vfs_read) > +10%')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^fgraph: --fail-on: avg\(vfs_read\) > \+10%: vfs_read 1.500 us before, 1.750 us after, \+16.7%; with 2 and 2 calls this may be noise$/m,
    )
    expect((await diff('avg(vfs_read) > +20%')).code).toBe(0)
    expect((await diff('avg(vfs_reed) > +20%')).code).toBe(2)
    expect((await diff('avg(vfs_read) > 20us')).code).toBe(2)
  })

  test('writes differential stacks', async () => {
    const folder = folderWith({ 'a.txt': calls, 'b.txt': after })
    await fgraph(folder, ['diff', 'a.txt', 'b.txt', '-o', 'ab.folded'])
    const lines = readFileSync(join(folder, 'ab.folded'), 'utf8').trimEnd().split('\n')
    expect(lines.sort()).toEqual([
      'brk 176 0',
      'mmap 0 176',
      'vfs_read 1000 500',
      'vfs_read;vfs_read 700 1200',
      'vfs_read;vfs_read;ext4_read [ext4] 300 300',
    ])
  })

  test.each([
    [['a.txt'], /diff needs two traces and has 1/],
    [['-', '-'], /twice/],
    [['a.txt', 'b.txt'], /b\.txt: no such file/],
    [['a.txt', 'a.txt', '-o', 'x.png'], /x\.png: .*\.folded/],
    [['a.txt', 'a.txt', '--sort', 'size'], /--sort/],
  ])('refuses %j', async (args, message) => {
    const folder = folderWith({ 'a.txt': calls })
    const { code, stderr } = await fgraph(folder, ['diff', ...args])
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^fgraph: .*\n$/)
    expect(code).toBe(2)
  })
})

describe('assert', () => {
  test('budgets that are met', async () => {
    const args = ['assert', 'max(vfs_read) <= 2us', 'calls(brk) == 2', 'calls(none) == 0']
    const { code, stdout, stderr } = await fgraph('.', args, calls)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.toString()).toBe(`ok    max(vfs_read) <= 2us: 2.000 us
ok    calls(brk) == 2: 2
ok    calls(none) == 0: no call of none
`)
  })

  test('budgets that are missed, and JUnit XML', async () => {
    const folder = folderWith({ 'a.txt': calls })
    const args = ['assert', 'p99(*) < 1us', 'avg(brk) < 1us', 'p99(none) < 1us', 'a.txt']
    const { code, stdout } = await fgraph(folder, [...args, '--junit', 'r.xml'])
    expect(code).toBe(1)
    expect(stdout.toString()).toBe(
      `FAIL  p99(*) < 1us: vfs_read has 2.000 us (+100.0%), do_exit has no call with a duration
ok    avg(brk) < 1us: 88 ns
FAIL  p99(none) < 1us: no call of none in the trace; --allow-missing accepts that
`,
    )
    const xml = readFileSync(join(folder, 'r.xml'), 'utf8')
    expect(xml).toContain('<testsuite name="fgraph assert" tests="3" failures="2" errors="0">')
    expect(xml).toContain('<testcase classname="a.txt" name="avg(brk) &lt; 1us"/>')
    expect(xml.match(/<failure /g)?.length).toBe(2)
  })

  test.each([
    ['', 'calls(brk) == 0'],
    ['', 'total(brk) < 1s'],
    [calls, 'total(none) < 1s'],
  ])('an absent function is a failure', async (text, condition) => {
    const trace = `# tracer: function_graph\n${text}`
    expect((await fgraph('.', ['assert', condition], trace)).code).toBe(1)
    expect((await fgraph('.', ['assert', condition, '--allow-missing'], trace)).code).toBe(0)
  })

  test.each([
    [['a.txt'], /no condition/],
    [['p99(a) < soon'], /p99 cannot be compared with soon/],
    [['p99(a < 5us'], /not a condition/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await fgraph(
      folderWith({ 'a.txt': calls }),
      ['assert', ...args],
      calls,
    )
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^fgraph: .*\n$/)
    expect(code).toBe(2)
  })
})

describe('every command', () => {
  const commands = [
    ['report'],
    ['graph'],
    ['histogram', 'brk'],
    ['slowest'],
    ['assert', 'calls(brk) >= 0'],
  ]

  test.each(commands)('%s reads gzip, several files, and a forced dialect', async (...words) => {
    const folder = folderWith({ 'a.txt': calls, 'b.gz': gzipSync(calls) })
    const both = await fgraph(folder, [...words, 'a.txt', 'b.gz', '--dialect', 'kernel'])
    const piped = await fgraph(folder, words, calls + calls)
    expect(both.code).toBe(0)
    expect(both.stdout.length).toBeGreaterThan(20)
    expect(both.stdout.length).toBe(piped.stdout.length)
    const other = await fgraph(folder, [...words, 'a.txt', '--dialect', 'trace-cmd'])
    expect(other.code).toBe(2)
  })

  test.each([...commands, ['diff']])('%s --help has three examples', async command => {
    const { stdout } = await fgraph('.', [command, '--help'])
    const examples = stdout.toString().split('Examples:\n')[1]?.split('\n') ?? []
    expect(examples.filter(line => line.startsWith('  ') && /fgraph/.test(line)).length).toBe(3)
  })

  test.each(commands)('%s fits a terminal', async (...words) => {
    for (const columns of [40, 60, 80, 120]) {
      const { stdout, stderr } = await fgraph('.', words, calls, {
        columns,
        env: { NO_COLOR: '1' },
      })
      const lines = `${stdout}${stderr}`.split('\n')
      expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(columns)
    }
  })

  test('diagnostics of loss are told on stderr', async () => {
    const { stderr } = await fgraph('.', ['report'], `${calls}CPU:0 [LOST 7 EVENTS]\n${calls}`)
    expect(stderr).toMatch(/^loss +lost-events \(7\): /m)
  })
})

interface PlainRow {
  name: string
  module: string
  calls: number
  duration_ns: number
  min_ns: number
  max_ns: number
  p50_ns: number
  p90_ns: number
  p99_ns: number
}

const shares = [
  ['p50_ns', 0.5],
  ['p90_ns', 0.9],
  ['p99_ns', 0.99],
] as const

/** The durations by function of a text whose exits say what they close. */
function plainRows(text: string): Map<string, number[]> {
  const rows = new Map<string, number[]>()
  for (const line of text.split('\n')) {
    const [, micros, exit, leaf] =
      /(\d+\.\d+) us +\| +(?:\} \/\* ([^*]+?) (?:\(.*\) )?\*\/|(\S+(?: \[\w+\])?)\(\);)/.exec(
        line,
      ) ?? []
    const name = exit ?? leaf
    if (micros === undefined || name === undefined) continue
    const nanos = Number(micros.replace('.', '').padEnd(micros.indexOf('.') + 3, '0'))
    rows.set(name, [...(rows.get(name) ?? []), nanos])
  }
  return rows
}

describe('tables for other programs', () => {
  test.each([
    [['report', '--csv', 'brk'], 'name,module,calls,incomplete,', /^brk,,2,0,176,176,/],
    [
      ['graph', '--csv'],
      'tree,depth,name,module,calls,total_ns,self_ns,stack',
      /^calls,0,vfs_read,,1,2000,1000,vfs_read$/,
    ],
    [['slowest', '--csv', '-n', '1'], 'name,module,duration_ns,task,', /^vfs_read,,2000,CPU 0,/],
    [['histogram', '--csv', 'brk'], 'name,from_ns,to_ns,calls', /^brk,50,100,2$/],
    [
      ['assert', '--csv', 'calls(brk) == 2'],
      'condition,function,value,met',
      /^calls\(brk\) == 2,brk,2,true$/,
    ],
  ])('%j', async (args, head, row) => {
    const { code, stdout } = await fgraph('.', args, calls)
    expect(code).toBe(0)
    const [first = '', second = ''] = stdout.toString().split('\n')
    expect(first.startsWith(head)).toBe(true)
    expect(second).toMatch(row)
  })

  test.each([
    [
      ['report', 'brk'],
      /^\| % \| TOTAL \|.*\| FUNCTION \|\n\| ---: .*\n\| 8\.1% \| 176 ns \|.*\| brk \|\n$/,
    ],
    [['graph'], /\n\| 1\.000 us \| 700 ns \| 1 \| 46\.0% \| └─ vfs_read \|\n/],
    [['slowest', '-n', '1'], /\n\| 2\.000 us \| CPU 0 \| 0 \| 0 ns \| 1 \| vfs_read \|\n$/],
    [['histogram', 'brk'], /\n\| 50 ns \| 100 ns \| 2 \| brk \|\n$/],
    [['assert', 'calls(brk) == 2'], /\n\| calls\(brk\) == 2 \| brk \| 2 \| true \|\n$/],
  ])('%j --markdown', async (args, expected) => {
    const { stdout } = await fgraph('.', [...args, '--markdown'], calls)
    expect(stdout.toString()).toMatch(expected)
  })

  test('diff', async () => {
    const folder = folderWith({ 'a.txt': calls, 'b.txt': calls.replaceAll('brk', 'mmap') })
    const run = async (...args: string[]) =>
      (await fgraph(folder, ['diff', 'a.txt', 'b.txt', ...args])).stdout.toString()
    expect(await run('--csv', '--only', 'gone')).toMatch(
      /^name,module,verdict,probability,before_calls,after_calls,.*\nbrk,,gone,1,2,,0,,.*\n$/,
    )
    expect(await run('--markdown', '--only', 'new,gone')).toMatch(
      /\n\| .* \| new \| mmap \|\n\| .* \| gone \| brk \|\n$/,
    )
    expect(await run('vfs_read')).not.toContain('brk')
  })

  test('two forms at once are refused', async () => {
    const { code, stderr } = await fgraph('.', ['graph', '--json', '--csv'], calls)
    expect(stderr).toBe('fgraph: --json and --csv cannot be combined; choose one\n')
    expect(code).toBe(2)
  })
})

test('a deep graph on a narrow terminal keeps its names', async () => {
  const depth = 14
  const name = (level: number) => `function_of_level_${level}`
  const entries = Array.from(
    { length: depth },
    (_, level) => `${'  '.repeat(level)}${name(level)}() {`,
  )
  const text = [
    ...entries.map(call => ` 0)               |  ${call}`),
    ...entries.map((_, at) => ` 0) + 50.000 us   |  ${'  '.repeat(depth - 1 - at)}}`),
    '',
  ].join('\n')
  const wide = (await fgraph('.', ['graph'], text, { columns: 120 })).stdout.toString()
  expect(wide).toContain(`└─ ${name(13)}`)
  const narrow = (await fgraph('.', ['graph'], text, { columns: 80 })).stdout.toString()
  expect(narrow).toContain(`└${name(13)}`)
  expect(narrow).not.toContain('…')
})

describe('sleep', () => {
  const text =
    ' 0)               |  f() {\n 0) # 5000.000 us |    schedule();\n 0) # 5010.000 us |  }\n'

  test.each([
    ['report', /\n100\.0% +10\.000 us +10\.000 us +1 .* f\n/],
    ['graph', /\n10\.000 us +10\.000 us +1 +100\.0% +f\n/],
  ])('is left out of what %s shows to people, which says so', async (command, row) => {
    const { stdout, stderr } = await fgraph('.', [command], text)
    expect(stdout.toString()).toMatch(row)
    expect(stderr).toBe('left out: 5.000 ms asleep; --sleep inline shows it\n')
    const inline = await fgraph('.', [command, '--sleep', 'inline'], text)
    expect(inline.stdout.toString()).toMatch(/5\.010 ms .* f\n/)
    expect(inline.stderr).toBe('')
    const json = await fgraph('.', [command, '--json'], text)
    expect(json.stdout.toString()).toContain('"total_ns": 5010000')
  })

  test('is left out of a flame graph, whatever else is written', async () => {
    const folder = folderWith({ 'a.txt': text })
    const { stderr } = await fgraph(folder, ['convert', 'a.txt', '-o', 'a.svg', '-o', 'a.folded'])
    expect(stderr).toContain('left out: 5.000 ms asleep; --sleep inline shows it\n')
    const svg = readFileSync(join(folder, 'a.svg'), 'utf8')
    expect(svg).toContain('10.000 µs')
    expect(svg).not.toContain('5.010 ms')
    expect(readFileSync(join(folder, 'a.folded'), 'utf8')).toContain('f;schedule 5000000\n')
    await fgraph(folder, ['convert', 'a.txt', '-o', 'b.svg', '--sleep', 'inline', '--quiet'])
    expect(readFileSync(join(folder, 'b.svg'), 'utf8')).toContain('5.010 ms')
  })
})

describe('words', () => {
  test.each([
    ['report', 'brk', 'a.txt'],
    ['report', 'a.txt', 'brk'],
    ['graph', 'a.txt', 'brk'],
    ['slowest', 'a.txt', 'brk'],
    ['histogram', 'a.txt', 'brk'],
  ])('%s %s %s', async (...args) => {
    const { code, stdout } = await fgraph(folderWith({ 'a.txt': calls }), args)
    expect(code).toBe(0)
    expect(stdout.toString()).toContain('brk')
    expect(stdout.toString()).not.toContain('ext4_read')
  })

  test('a file that is called like a function', async () => {
    const folder = folderWith({ brk: calls })
    const { stdout, stderr } = await fgraph(folder, ['report', 'brk'])
    expect(stdout.toString()).toContain('vfs_read')
    expect(stderr).toBe('fgraph: brk is taken as a file; /^brk$/ is the function\n')
  })

  test('a trace alone is told about', async () => {
    const { stdout } = await fgraph(folderWith({ 'a.txt': calls }), ['a.txt'])
    expect(stdout.toString()).toMatch(/^dialect +kernel$/m)
  })
})

describe('help', () => {
  test.each([80, 200])('of every command fits %d columns', async columns => {
    const names = ['convert', 'info', 'report', 'graph', 'histogram', 'slowest', 'diff', 'assert']
    for (const name of [...names, 'formats', 'completion']) {
      const { code, stdout } = await fgraph('.', [name, '--help'], '', { columns })
      expect(code).toBe(0)
      const lines = stdout.toString().split('\n')
      expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(columns)
      const short = (await fgraph('.', [name, '-h'], '', { columns })).stdout.length
      expect(short).toBeLessThanOrEqual(stdout.length)
      expect((await fgraph('.', ['help', name], '', { columns })).stdout).toEqual(stdout)
    }
  })

  test('breaks at blanks only', async () => {
    const read = async (columns: number) =>
      (await fgraph('.', ['report', '--help'], '', { columns })).stdout.toString().split(/\s+/)
    expect(await read(80)).toEqual(await read(200))
  })

  test.each([
    [['reprot'], 'unknown command reprot; did you mean report'],
    [['report', '--lmit', '3'], 'unknown option or argument --lmit; did you mean --limit'],
    [['report', '--zzz'], 'unknown option or argument --zzz; see fgraph report --help'],
    [['report', '--by'], 'option by needs a value; see fgraph report --help'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await fgraph('.', args)
    expect(stderr).toBe(`fgraph: ${message}\n`)
    expect(code).toBe(2)
  })
})
