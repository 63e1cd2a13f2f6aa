import { defineConfig } from 'vitest/config'
import { plugins, root } from '../vitest.config.js'

/** A suite of its own, for it needs programs that `npm ci` does not bring. */
export default defineConfig({
  root,
  plugins,
  test: {
    include: ['test/consumers/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
