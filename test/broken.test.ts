/** Small inputs that broke something once, found by mutating captures. */
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'vitest'
import { expectSound } from './soundness.js'

test.each(readdirSync('test/broken'))('%s', async name => {
  await expectSound(readFileSync(`test/broken/${name}`), 7)
})
