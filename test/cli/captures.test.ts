import { describe, expect, test } from 'vitest'
import { fgraph, folderWith } from './run.js'

/** Two captures: two calls, then one. The last line is broken. */
const mail = `before:
# ./funcgraph f
 0)               |  f() {
 0)   1.000 us    |    g();
 0)   4.000 us    |  }
what is this
# ./funcgraph -tP f
    9.000001 |   1)    bash-12     |   7.000 us    |  f();
    9.000001 |   1)    bash-12     |   7.000 us    |  fo
`
const files = { 'mail.txt': mail, 'other.txt': ' 2)   2.000 us    |  h();\n' }

async function out(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await fgraph(folder, args)
  expect(stderr).not.toContain('fgraph:')
  expect(code).toBe(0)
  return stdout.toString()
}

describe('info', () => {
  test('lists captures if there are several', async () => {
    const page = await out(folderWith(files), 'info', 'mail.txt')
    expect(page).toMatch(
      /^#1 +lines 1-6; 2 complete; 4\.000 us, rebuilt from durations; kernel: CPU, DURATION$/m,
    )
    expect(page).toMatch(/^#2 +lines 7-9; 1 complete; 7\.000 us; kernel: TIME, CPU, .*DURATION$/m)
    expect(page).toMatch(/^warning +several-captures \(2\): .*FILE#2/m)
    expect(await out(folderWith(files), 'info', 'other.txt')).not.toContain('#1')
  })

  test('lists them for programs', async () => {
    const { captures } = JSON.parse(await out(folderWith(files), 'info', 'mail.txt', '--json'))
    expect(captures).toMatchObject([
      { number: 1, first_line: 1, lines: 6, clock: 'rebuilt', begin_ns: 0, span_ns: 4000 },
      { number: 2, first_line: 7, lines: 3, clock: 'timestamps', origin: '9.000001' },
    ])
  })

  test('of one of them, whose lines keep their numbers', async () => {
    const folder = folderWith(files)
    const args = ['info', '--json', 'mail.txt#2']
    const { captures, calls, lines, span_ns, diagnostics } = JSON.parse(await out(folder, ...args))
    expect(captures).toMatchObject([{ number: 2, first_line: 7, lines: 3, begin_ns: 0 }])
    expect(calls.complete).toBe(1)
    expect(lines.total).toBe(3)
    expect(span_ns).toBe(7000)
    expect(diagnostics).toMatchObject([{ name: 'unrecognized-lines', lines: [9] }])
  })
})

describe('one capture', () => {
  test.each([
    ['report', '--csv'],
    ['graph'],
    ['histogram', 'f'],
    ['slowest', '-n', '1'],
    ['convert', '-f', 'csv', '--quiet'],
    ['convert', '-f', 'csv', '--quiet', '--jobs', '2'],
  ])('of %s %s', async (...words) => {
    const folder = folderWith(files)
    const named = await out(folder, ...words, 'mail.txt#2')
    expect(await out(folder, ...words, 'mail.txt', '--capture', '2')).toBe(named)
    const { stdout } = await fgraph(folder, [...words, '--capture', '2'], mail)
    expect(stdout.toString()).toBe(named)
    expect(named).not.toMatch(/\bg\b/)
    expect(await out(folder, ...words, 'mail.txt#1')).not.toBe(named)
  })

  test('of assert', async () => {
    const folder = folderWith(files)
    await out(folder, 'assert', 'max(f) == 4us', 'mail.txt#1')
    await out(folder, 'assert', 'max(f) == 7us', 'mail.txt#2')
  })

  test('against another one', async () => {
    const folder = folderWith(files)
    const { stdout, stderr } = await fgraph(folder, ['diff', 'mail.txt#1', 'mail.txt#2'])
    const rows = stdout.toString().split('\n').slice(1, -1)
    expect(rows.map(row => row.trim().split(/ {2,}/).slice(-2))).toEqual([
      ['gone', 'g'],
      ['too few calls', 'f'],
    ])
    expect(rows[1]).toContain('4.000 us → 7.000 us')
    expect(stderr).toContain('1 gone; 1 called too rarely to tell.')
  })

  test('begins at its own time', async () => {
    const folder = folderWith(files)
    const args = ['-f', 'function_graph', '--quiet', 'mail.txt']
    const text = await out(folder, 'convert', ...args, '--capture', '2')
    expect(text).toContain('    9.000001 |   1)    bash-12     |   7.000 us    |  f();')
    expect(await out(folder, 'slowest', 'f', 'mail.txt#2')).toContain('at 9.000001, line 8')
  })
})

test('several captures, of several inputs', async () => {
  const folder = folderWith(files)
  const functions = async (...args: string[]) => {
    const { functions } = JSON.parse(await out(folder, 'report', '--json', ...args))
    return Object.fromEntries(
      functions.map((row: { name: string; calls: number }) => [row.name, row.calls]),
    )
  }
  expect(await functions('mail.txt', '--capture', '1-2')).toEqual({ f: 2, g: 1 })
  expect(await functions('mail.txt#1,2')).toEqual({ f: 2, g: 1 })
  expect(await functions('mail.txt#2', 'other.txt')).toEqual({ f: 1, h: 1 })
  expect(await functions('mail.txt#2', 'other.txt', '--capture', '1')).toEqual({ f: 1, h: 1 })
  expect(await functions('mail.txt', 'other.txt', '--capture', '1')).toEqual({ f: 1, g: 1, h: 1 })
})

test('a file that is called so wins', async () => {
  const folder = folderWith({ ...files, 'mail.txt#2': files['other.txt'] })
  expect(await out(folder, 'report', '--csv', 'mail.txt#2')).toContain('h')
})

test.each([
  [['report', 'mail.txt#3'], 'mail.txt: has 2 captures, none of number 3; fgraph info lists them'],
  [['info', 'other.txt#2'], 'other.txt: is one capture, none of number 2; fgraph info lists them'],
  [['info', 'mail.txt#0'], "mail.txt#0: '0' is not a list of captures; write it like #2 or #1,3-4"],
  [
    ['info', 'mail.txt', '--capture', 'x'],
    "--capture: 'x' is not a list of captures; write it like 2 or 1,3-4",
  ],
  [['info', 'none.txt#1'], 'none.txt: no such file or directory; check the path'],
])('%j is refused', async (args, message) => {
  const { code, stdout, stderr } = await fgraph(folderWith(files), args)
  expect(stderr).toBe(`fgraph: ${message}\n`)
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
})

test('convert and report say that there are several', async () => {
  const folder = folderWith(files)
  for (const words of [['convert', '-f', 'folded'], ['report']]) {
    const { stderr } = await fgraph(folder, [...words, 'mail.txt'])
    expect(stderr).toContain('several-captures (2)')
    const other = await fgraph(folder, [...words, 'mail.txt#1', 'other.txt'])
    expect(other.stderr).not.toContain('several-captures')
  }
})
