import { defineConfig } from 'vitest/config'

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
  ],
  test: { include: ['test/**/*.test.ts'] },
})
