/**
 * Names as a trace may have them by chance or by intent: those of JavaScript's own objects, those that
 * would command a terminal, and those that a spreadsheet would run.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { formats } from '../../src/emit/formats.js'
import { fgraph } from './run.js'

const folder = mkdtempSync(join(tmpdir(), 'fgraph-names-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A trace whose task, module, function, event and argument have this name. */
function traceOf(name: string, file: string): string {
  const path = join(folder, file)
  const line = (time: string, rest: string) =>
    `   12.0001${time} |   0) ${`${name.slice(0, 7)}-12`.padEnd(14)} |${rest}\n`
  const lines = [
    line('00', `               |  top(${name}=1) {`),
    line('01', `               |    /* ${name}: ${name}=1 ${name} */`),
    line('02', `   1.000 us    |    ${name} [${name}]();`),
    line('03', `   1.000 us    |    ${name}();`),
    line('10', ' + 10.000 us   |  } /* top ret=0x0 */'),
  ]
  writeFileSync(
    path,
    `# tracer: function_graph
#
#     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS
#      |          |     |    |           |   |                     |   |   |   |
${lines.join('')}`,
  )
  return path
}

async function ran(...words: readonly string[]) {
  const { code, stdout, stderr } = await fgraph(folder, words)
  return { code, stdout: stdout.toString(), stderr }
}

const ofObjects = [
  ...['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'],
  ...['__defineGetter__', '__lookupSetter__', 'prototype', 'length', 'name', 'then', 'toJSON'],
]

describe.each(ofObjects)('%s', name => {
  const path = traceOf(name, `${name}.txt`)

  test('is a name in every command', async () => {
    const commands = [
      ['info', path],
      ['info', '--json', path],
      ...['function', 'module', 'task', 'cpu', 'context', 'caller'].flatMap(by => [
        ['report', '--by', by, path],
        ['report', '--by', by, '--json', path],
        ['report', '--by', by, '--csv', path],
      ]),
      ['graph', path],
      ['graph', name, path],
      ['slowest', path],
      ['slowest', name, path],
      ['histogram', name, path],
      ['diff', path, path],
      ['assert', `p99(${name}) < 20us`, path],
      ['report', '-F', name, path],
      ['report', '--task', name.slice(0, 7), path],
      ['report', '--module', name, path],
    ]
    for (const words of commands) {
      const { code, stderr } = await ran(...words)
      expect(code, `${words.join(' ')}: ${stderr}`).toBe(0)
    }
    const { stdout } = await ran('report', '--json', path)
    const { functions } = JSON.parse(stdout)
    const found = functions.filter((row: { name: string }) => row.name === name)
    expect(found.map((row: { calls: number }) => row.calls)).toEqual([1, 1])
  })

  test('is a name in every format', async () => {
    for (const { name: format } of formats) {
      const out = join(folder, `${name}.${format}`)
      const { code, stderr } = await ran('convert', path, '-f', format, '-o', out)
      expect(code, `${format}: ${stderr}`).toBe(0)
    }
    expect(readFileSync(join(folder, `${name}.folded`), 'utf8').split('\n')).toEqual(
      expect.arrayContaining([`top;${name} 1000`, `top;${name} [${name}] 1000`]),
    )
  })
})

describe('a name that commands a terminal', () => {
  const path = traceOf('a\x1b[2J\x9b\u202eb', 'escape.txt')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out.
  const raw = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/

  test.each([
    ['info'],
    ['report', '--by', 'task'],
    ['report', '--by', 'module'],
    ['report', '--markdown', '--by', 'task'],
    ['graph'],
    ['graph', '--tracks', 'cpu'],
    ['slowest'],
    ['diff', path],
    ['histogram', 'top'],
    ['assert', 'p99(*) < 1ns'],
    ['report', '--task', 'x\x1b[31m'],
    ['slowest', 'no\x1b[31m'],
  ])('%s', async (...words) => {
    const { stdout, stderr } = await ran(...words, path)
    expect(stdout + stderr).not.toMatch(raw)
    expect(stdout + stderr).not.toBe('')
  })

  test('shows what it has', async () => {
    const { stdout } = await ran('report', '--by', 'task', path)
    expect(stdout).toContain('a\\x1b[2J')
  })

  test('is shown in an error, too', async () => {
    const { code, stderr } = await ran('info', join(folder, 'none\x1b[31m.txt'))
    expect(code).toBe(2)
    expect(stderr).toContain('none\\x1b[31m.txt')
  })
})

describe('a name that a spreadsheet would run', () => {
  const path = traceOf('=1+2', 'formula.txt')

  test('is written as it is', async () => {
    const { stdout } = await ran('report', '--csv', '--by', 'task', path)
    expect(stdout).toMatch(/^=1\+2-12,12,/m)
  })

  test.each([
    ['report', '--csv', '--by', 'task'],
    ['convert', '-f', 'csv', '-o', '-'],
  ])('has a quote in front with --spreadsheet: %s', async (...words) => {
    const { stdout } = await ran(...words, '--spreadsheet', path)
    expect(stdout).toMatch(/(^|,)'=1\+2/m)
    expect(stdout).not.toMatch(/(^|,)=/m)
  })
})
