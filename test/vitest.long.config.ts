import { readdirSync, readFileSync } from 'node:fs'
import { mergeConfig } from 'vitest/config'
import config from './vitest.config.js'

/** The files in which `npm test` leaves something out: all captures, all seeds, and what takes long. */
const include = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.test.ts') && !name.startsWith('consumers'))
  .map(name => `test/${name}`)
  .filter(path => /\bcaptures\.js'/.test(readFileSync(path, 'utf8')))

export default mergeConfig(
  { ...config, test: { ...config.test, include } },
  { test: { env: { FGRAPH_TEST: 'long' } } },
)
