import { describe, expect, test } from 'vitest'
import { formats } from '../../src/emit/formats.js'
import { inputForms } from '../../src/ingest/dialects.js'
import { fgraph, folderWith, lossyTrace, namesIn, trace } from './run.js'

describe('fgraph', () => {
  test('--version', async () => {
    const { code, stdout } = await fgraph('.', ['--version'])
    expect(code).toBe(0)
    expect(stdout.toString()).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('--help', async () => {
    const { code, stdout } = await fgraph('.', ['convert', '--help'])
    expect(code).toBe(0)
    expect(stdout.toString()).toContain('fgraph convert trace.txt -o trace.pftrace')
  })

  test('without a command shows the help', async () => {
    const { code, stdout, stderr } = await fgraph('.', [])
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: fgraph COMMAND [OPTION..] [TRACE..]')
  })

  test('man has every command and option', async () => {
    const { code, stdout } = await fgraph('.', ['man'])
    expect(code).toBe(0)
    const page = stdout.toString()
    expect(page).toMatch(/^\.TH FGRAPH 1 "" "fgraph \d+\.\d+\.\d+"\n\.SH NAME\n/)
    expect(page).toContain('\n.SS fgraph diff [OPTION..] [FUNCTION|TRACE..]\n')
    expect(page).toContain(
      '\n.TP\n.B \\-F, \\-\\-filter FUNCTION\nKeep only calls of this function',
    )
    expect(page).toContain('\n.SH EXIT STATUS\n.TP\n.B 0\ndone\n')
    // A line of text that began with a dot would be lost.
    const requests = page.match(/^\.\w+/gm) ?? []
    expect(new Set(requests)).toEqual(new Set(['.TH', '.SH', '.B', '.I', '.SS', '.TP', '.PP']))
  })

  test('formats', async () => {
    const { stdout } = await fgraph('.', ['formats'])
    const lines = stdout.toString().trimEnd().split('\n')
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(100)
    const firstWords = lines.filter(line => !line.startsWith(' ')).map(line => line.split(' ')[0])
    expect(firstWords).toEqual([
      'FORMAT',
      ...formats.map(({ name }) => name),
      '',
      'DIALECT',
      ...inputForms.map(({ name }) => name),
    ])
    const json = await fgraph('.', ['formats', '--json'])
    expect(JSON.parse(json.stdout.toString())).toEqual(
      formats.map(({ name, extensions, summary, memory, binary }) => ({
        name,
        extensions,
        summary,
        memory,
        binary,
      })),
    )
  })

  test('info tells in words what the trace shows in part', async () => {
    const text =
      '    1.000000 |   0)    bash-1      |   6.000 us    |  } /* f */\n' +
      'CPU:0 [LOST 30 EVENTS]\n' +
      '    1.000010 |   0)    bash-1      |               |  g() {\n' +
      '    1.000012 |   0)    bash-1      |   1.000 us    |    h();\n'
    const { stdout } = await fgraph(folderWith({ 'a.txt': text }), ['info', 'a.txt'])
    expect(stdout.toString()).toMatch(/^lost +30 events, 88.2% of all$/m)
    expect(stdout.toString()).toMatch(
      /^time +9.000 us in calls, 11.1% of calls that are whole, 66.7% of calls that began before, 22.2% of calls without an exit$/m,
    )
  })

  test('convert shows what is noted on calls, unless told not to', async () => {
    const folder = folderWith({ 'a.txt': ' 0)   1.000 us    |  f(x=1); /* ret=-2 */\n'.repeat(3) })
    const shown = await fgraph(folder, ['convert', 'a.txt', '-f', 'chrome'])
    expect(shown.stdout.toString()).toContain(
      '"args":{"x":1,"return":-2,"returned error":"ENOENT"}',
    )
    const bare = await fgraph(folder, ['convert', 'a.txt', '-f', 'chrome', '--no-args'])
    expect(bare.stdout.toString()).not.toContain('"x"')
    expect(bare.stdout.toString()).toContain('"name":"f"')
  })

  test('convert tells interrupts and sleep apart', async () => {
    const text =
      ' 0)               |  f() {\n 0)   2.000 us    |    __sysvec_apic_timer_interrupt();\n 0)   9.000 us    |  }\n'
    const folder = folderWith({ 'a.txt': text })
    const folded = async (...options: string[]) =>
      (await fgraph(folder, ['convert', 'a.txt', '-f', 'folded', ...options])).stdout.toString()
    expect(await folded()).toBe('f 7000\nf;__sysvec_apic_timer_interrupt 2000\n')
    expect(await folded('--interrupts', 'drop')).toBe('f 7000\n')
    expect(await folded('--interrupts', 'apart', '--sleep', 'apart')).toBe(
      'f 7000\n__sysvec_apic_timer_interrupt 2000\n',
    )
  })

  test('report has rows of contexts', async () => {
    const text =
      ' 0)               |  f() {\n 0)   2.000 us    |    __sysvec_apic_timer_interrupt();\n 0)   9.000 us    |  }\n'
    const args = ['report', '--by', 'context', '--columns', 'calls,self']
    const { stdout } = await fgraph('.', args, text)
    expect(stdout.toString()).toBe(
      'CALLS      SELF  CONTEXT\n    1  7.000 us  task\n    1  2.000 us  irq\n',
    )
  })

  test('info says which calls are not shown as long as printed, and why', async () => {
    const text = [
      '   12.000100 |   0)    bash-1      |               |  a() {',
      '   12.000101 |   0)    bash-1      | + 20.000 us   |    b();',
      '   12.000130 |   0)    bash-1      | + 10.000 us   |  }',
      '',
    ].join('\n')
    const { stdout } = await fgraph(folderWith({ 'a.txt': text }), ['info', 'a.txt'])
    expect(stdout.toString()).toMatch(
      /^extents +1 calls are not as long as printed, by up to 11.000 us: 1 longer, for callees take longer$/m,
    )
    const json = await fgraph('.', ['info', '--json'], text)
    expect(JSON.parse(json.stdout.toString()).extents).toEqual({
      longer_by_sleep: 0,
      longer_by_callees: 1,
      shorter: 0,
      largest_ns: 11_000,
    })
  })

  test('info', async () => {
    const folder = folderWith({ 'a.txt': trace })
    const page = await fgraph(folder, ['info', 'a.txt'])
    expect(page.stdout.toString()).toMatch(/^calls +2 complete$/m)
    const json = await fgraph(folder, ['info', '--json'], trace)
    const info = JSON.parse(json.stdout.toString())
    expect(Object.keys(info)).toEqual([
      'input',
      'dialect',
      'undone',
      'columns',
      'clock',
      'lines',
      'cpus',
      'tasks',
      'calls',
      'time',
      'moved',
      'extents',
      'span_ns',
      'lost_events',
      'lost_share',
      'captures',
      'diagnostics',
    ])
    expect(info).toMatchObject({
      input: '-',
      lines: { total: 2, leaf: 2, unrecognized: 0 },
      cpus: [0],
      calls: { complete: 2, incomplete: 0, orphan: 0 },
      time: { roots_ns: 3500, without_entry_ns: 0, without_exit_ns: 0 },
      span_ns: 3500,
      lost_events: 0,
      lost_share: 0,
    })
  })
})

describe('user errors are one line and exit code 2', () => {
  test.each([
    ['unknown command', ['convrt'], /did you mean convert/],
    ['unknown option', ['convert', 'a.txt', '--bogus'], /bogus/],
    ['unknown format', ['convert', 'a.txt', '-f', 'bogus'], /"bogus".*"chrome"/],
    ['unknown root', ['convert', 'a.txt', '--root', 'bogus'], /"bogus".*"comm"/],
    ['missing value', ['convert', 'a.txt', '-o'], /needs a value/],
    ['unknown ending', ['convert', 'a.txt', '-o', 'a.xyz'], /a\.xyz: .*\.pftrace/],
    ['missing input', ['convert', 'none.txt', '-o', 'a.json'], /none\.txt: no such file/],
    ['folder as input', ['convert', '.', '-o', 'a.json'], /\.: is a folder/],
    ['no trace', ['convert', 'no-trace.txt', '-o', 'a.json'], /no-trace\.txt: /],
    ['missing folder', ['convert', 'a.txt', '-o', 'none/a.json'], /none\/a\.json: .*mkdir/],
    ['folder as output', ['convert', 'a.txt', '-f', 'chrome', '-o', '.'], /\.: is a folder/],
    ['one output twice', ['convert', 'a.txt', '-o', 'a.json', '-o', './a.json'], /twice/],
    ['stdin twice', ['convert', '-', '-'], /twice/],
    ['input as output', ['convert', 'a.txt', '-f', 'folded', '-o', './a.txt'], /input a\.txt/],
    ['input as output by link', ['convert', 'a.txt', '-o', 'link.json'], /input a\.txt/],
  ])('%s', async (_, args, message) => {
    const folder = folderWith({ 'a.txt': trace, 'no-trace.txt': 'hello\nworld\n' })
    const { linkSync } = await import('node:fs')
    linkSync(`${folder}/a.txt`, `${folder}/link.json`)
    const { code, stdout, stderr } = await fgraph(folder, args)
    expect(stderr).toMatch(/^fgraph: .*\n$/)
    expect(stderr).toMatch(message)
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
    expect(namesIn(folder)).toEqual(['a.txt', 'link.json', 'no-trace.txt'])
  })
})

describe('what is said', () => {
  test('a summary with every diagnostic and its advice', async () => {
    const { code, stderr } = await fgraph('.', ['convert'], lossyTrace)
    expect(code).toBe(0)
    expect(stderr).toMatch(/^calls +4 complete$/m)
    expect(stderr).toMatch(/^loss +lost-events \(.*buffer_size_kb/m)
  })

  test('what was written, and where to open it', async () => {
    const folder = folderWith({ 'a.txt': trace })
    const args = ['convert', 'a.txt', '-o', 'a.folded', '-o', 'a.html']
    const { stderr } = await fgraph(folder, args)
    expect(stderr).toMatch(/^wrote a\.folded \(18 B\), for flamegraph\.pl\n/)
    expect(stderr).toMatch(/^wrote a\.html \(\d{3}\.\d kB\), for any browser$/m)
    expect((await fgraph(folder, [...args, '--quiet'])).stderr).toBe('')
  })

  test('that a terminal gets no JSON unasked', async () => {
    const folder = folderWith({ 'a.txt': trace })
    const { code, stderr } = await fgraph(folder, ['convert', 'a.txt'], '', { columns: 80 })
    expect(stderr).toBe(
      'fgraph: no output: name a file, such as -o trace.html, or pipe the output\n',
    )
    expect(code).toBe(2)
    const asked = await fgraph(folder, ['convert', 'a.txt', '-f', 'folded'], '', { columns: 80 })
    expect(asked.stdout.toString()).toContain('foo 1000\n')
  })

  test('nothing with --quiet', async () => {
    const { code, stderr } = await fgraph('.', ['convert', '--quiet'], lossyTrace)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('the loss with --strict, and the output is written', async () => {
    const folder = folderWith({ 'a.txt': lossyTrace })
    const args = ['convert', 'a.txt', '-o', 'a.folded', '--strict', '--quiet']
    const { code, stderr } = await fgraph(folder, args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^fgraph: --strict: .*lost-events.*\n$/)
    expect(namesIn(folder)).toEqual(['a.folded', 'a.txt'])
  })

  test('--strict accepts a trace without loss', async () => {
    const { code } = await fgraph('.', ['convert', '--strict'], trace)
    expect(code).toBe(0)
  })
})
