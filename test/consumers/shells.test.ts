import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { fgraph } from '../cli/run.js'
import { recorderSuite } from '../record/recorder-suite.js'
import { programPath } from './consumers.js'

describe.each(['bash', 'busybox', 'dash', 'mksh'] as const)('%s', shell => {
  recorderSuite(programPath(shell))
})

test.each([
  ['the whole kernel', []],
  ['functions and a command', ['vfs_*', '--cpu', '0,40', '-p', '1', '--', 'dd', "of=it's", '$(x)']],
])('shellcheck finds nothing in a recorder of %s', async (_, args) => {
  const { stdout } = await fgraph('.', ['record', '--print', ...args])
  const checked = spawnSync(programPath('shellcheck'), ['-'], { input: stdout })
  expect(String(checked.stdout)).toBe('')
  expect(checked.status).toBe(0)
})
