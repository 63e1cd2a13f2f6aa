import { defineConfig } from 'vitest/config'
import base from '../vitest.config.js'

/** A suite of its own, for it needs programs that `npm ci` does not bring. */
export default defineConfig({
  ...base,
  test: { include: ['test/consumers/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000 },
})
