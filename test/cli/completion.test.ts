import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { formats } from '../../src/emit/formats.js'
import { inputForms } from '../../src/ingest/dialects.js'
import { fgraph, folderWith } from './run.js'

const script = (await fgraph('.', ['completion', 'bash'])).stdout.toString()

/** The completions of bash for the last word of a command line. */
function offered(...words: string[]): string[] {
  const drive =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of bash
    'eval "$SCRIPT"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _fgraph; echo "${COMPREPLY[*]}"'
  const { stdout, stderr } = spawnSync('bash', ['-c', drive, 'bash', ...words], {
    encoding: 'utf8',
    env: { ...process.env, SCRIPT: script },
  })
  expect(stderr).toBe('')
  return stdout.split(/\s+/).filter(Boolean)
}

test('commands', () => {
  expect(offered('fgraph', 'c')).toEqual(['convert', 'completion'])
  expect(offered('fgraph', '')).toContain('slowest')
})

test('formats and dialects', () => {
  const names = formats.map(({ name }) => name)
  expect(offered('fgraph', 'convert', '-f', '')).toEqual(names)
  expect(offered('fgraph', 'convert', '--format', 'p')).toEqual(
    names.filter(name => name.startsWith('p')),
  )
  expect(offered('fgraph', 'convert', '--format', '=', 'fire')).toEqual(['firefox'])
  expect(offered('fgraph', 'report', '--dialect', '=')).toEqual(inputForms.map(({ name }) => name))
})

test('filters', () => {
  for (const command of ['convert', 'info', 'report', 'graph', 'diff', 'assert']) {
    expect(offered('fgraph', command, '--min')).toContain('--min-duration')
    expect(offered('fgraph', command, '--context', '')).toEqual(['task', 'irq', 'softirq'])
  }
})

test('columns, shells, and what only one command knows', () => {
  expect(offered('fgraph', 'report', '--sort', 'p')).toEqual(['p50', 'p90', 'p99'])
  expect(offered('fgraph', 'completion', '')).toEqual(['bash', 'zsh', 'fish'])
  expect(offered('fgraph', 'slowest', '--against', '')).toEqual(['typical'])
})

test('inputs are left to bash, which completes files', () => {
  expect(offered('fgraph', 'report', 'tr')).toEqual([])
  expect(offered('fgraph', 'convert', '-o', 'tr')).toEqual([])
  expect(script).toContain('complete -o default -F _fgraph fgraph')
})

test('zsh and fish get every option of every command', async () => {
  const [zsh, fish] = await Promise.all(
    ['zsh', 'fish'].map(async shell =>
      (await fgraph('.', ['completion', shell])).stdout.toString(),
    ),
  )
  for (const name of ['convert', 'info', 'report', 'diff', 'formats']) {
    const help = (await fgraph('.', [name, '--help'])).stdout.toString()
    const [, options = ''] = /^Options:$(.*?)^$/ms.exec(help) ?? []
    const [, filters = ''] = /^Filters:$(.*?)^$/ms.exec(help) ?? []
    const [, inZsh = ''] = new RegExp(`^    ${name}\\) (.*?) ;;$`, 'ms').exec(zsh) ?? []
    for (const [, option] of (options + filters).matchAll(/^ +(?:-\w, )?--([\w-]+) /gm)) {
      expect(inZsh).toContain(`--${option}`)
      expect(fish).toMatch(new RegExp(`from ${name}' .*-l ${option} `))
    }
  }
})

test('the shell is that of the user', async () => {
  const run = (shell: string) => fgraph('.', ['completion'], '', { env: { SHELL: shell } })
  expect((await run('/bin/bash')).stdout.toString()).toBe(script)
  expect((await run('/usr/bin/fish')).stdout.toString()).toContain('complete -c fgraph -f')
  const other = await run('/bin/tcsh')
  expect(other.stderr).toMatch(/^fgraph: completion: \$SHELL is not bash, zsh, fish; .*\n$/)
  expect(other.code).toBe(2)
  const { stderr, code } = await fgraph(folderWith(), ['completion', 'tcsh'])
  expect(stderr).toMatch(/^fgraph: .*"tcsh".*bash.*\n$/)
  expect(code).toBe(2)
})
