import { readFileSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  plugins: [
    {
      // As in the build: a schema is imported as its text.
      name: 'proto-text',
      transform(code, id) {
        if (!id.endsWith('.proto')) return null
        return { code: `export default ${JSON.stringify(code)}`, map: null }
      },
    },
    {
      // As in the build: a module of WebAssembly is imported as its bytes.
      name: 'wasm-bytes',
      enforce: 'pre',
      load(id) {
        if (!id.endsWith('.wasm')) return null
        const base64 = JSON.stringify(readFileSync(id, 'base64'))
        return {
          code: `export default Uint8Array.from(Buffer.from(${base64}, 'base64'))`,
          map: null,
        }
      },
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/consumers/**'],
    globalSetup: ['test/global-setup.ts'],
    // Tests share no state but what they have read: see captures.ts.
    isolate: false,
    maxWorkers: '100%',
    // Only a hang is to fail: a machine may do other things, too.
    testTimeout: 60_000,
  },
})
