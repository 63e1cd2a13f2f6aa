import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formats } from '../../src/emit/formats.js'
import { binary, fgraph, folderWith } from './run.js'

const formatNames = formats.map(({ name }) => name)

describe('bash completes', () => {
  test.each([
    ['commands', 're', ['report']],
    ['formats', 'convert -f pe', ['perfetto']],
    ['formats by the long name', 'convert a.txt --format c', formatNames.filter(isC)],
    ['choices', 'report --by mo', ['module']],
    ['dialects', 'info --dialect tr', ['trace-cmd']],
    ['options', 'diff --fail', ['--fail-on']],
    ['shells', 'completion z', ['zsh']],
    ['no more than file names', 'convert a', []],
    ['nothing of what is no command', 'nonsense --', []],
  ])('%s', (_, line, expected) => {
    expect(completed(`fgraph ${line}`)).toEqual(expected)
  })
})

test('every command is completed', async () => {
  const { stdout } = await fgraph('.', ['--help'])
  const named = [...stdout.toString().matchAll(/^ {2}fgraph (\w+)/gm)].map(([, name]) => name)
  expect(new Set(completed('fgraph '))).toEqual(new Set(['--help', '--version', ...named]))
})

test.each(['bash', 'zsh', 'fish'])('the script of %s knows every format', async shell => {
  const { code, stdout } = await fgraph('.', ['completion', shell])
  for (const name of formatNames) expect(stdout.toString()).toContain(name)
  expect(code).toBe(0)
})

test('refuses other shells', async () => {
  const { code, stderr } = await fgraph('.', ['completion', 'tcsh'])
  expect(stderr).toMatch(/^fgraph: .*"bash", "zsh", "fish".*\n$/)
  expect(code).toBe(2)
})

function isC(name: string): boolean {
  return name.startsWith('c')
}

/** What bash offers for the last word of a line. */
function completed(line: string): string[] {
  const words = line.split(' ')
  const folder = folderWith()
  symlinkSync(binary, join(folder, 'fgraph'))
  const script = `
    source <(fgraph completion bash)
    COMP_WORDS=("$@") COMP_CWORD=${words.length - 1}
    _fgraph
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const path = `${folder}${delimiter}${process.env.PATH}`
  const options = { env: { ...process.env, PATH: path }, encoding: 'utf8' } as const
  const text = execFileSync('bash', ['-c', script, 'bash', ...words], options)
  return text.split('\n').filter(word => word !== '')
}
