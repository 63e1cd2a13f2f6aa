import { readdirSync, readFileSync } from 'node:fs'
import type { PluginOption } from 'vite'
import { defineConfig } from 'vitest/config'

export const root = new URL('..', import.meta.url).pathname

const files = readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.test.ts') && !name.startsWith('consumers/'))
  .map(name => `test/${name}`)

/** The files that import something from captures.ts. */
function importing(name: RegExp): string[] {
  return files.filter(path => {
    const [, names = ''] =
      /import \{([^}]*)\} from '[./]*\/captures\.js'/.exec(
        readFileSync(`${root}/${path}`, 'utf8'),
      ) ?? []
    return name.test(names)
  })
}

/** The build's handling of imports, for tests. */
export const plugins: PluginOption[] = [
  {
    // As in the build: a schema or a shell program is imported as its text.
    name: 'text',
    transform(code, id) {
      if (!/\.(proto|sh)$/.test(id)) return null
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
]

/** `--mode long`: of the files in which `npm test` leaves something out, all there is. */
export default defineConfig(({ mode }) => {
  // The projects inherit this from the process; the mode they are told is another one.
  process.env.FGRAPH_TEST ??= mode
  const chosen = mode === 'long' ? importing(/\b(captures|corpus|isLong)\b/) : files
  const sharing = importing(/\bcapture\b/).filter(path => chosen.includes(path))
  return {
    root,
    plugins,
    test: {
      globalSetup: ['test/global-setup.ts'],
      coverage: {
        include: ['src/**/*.ts'],
        // For browsers and other threads: the consumers' suite and dist run these.
        exclude: ['src/**/assembly/**', 'src/emit/browser/**', 'src/page/**'],
        reporter: ['text-summary'],
        thresholds: { statements: 96, branches: 92, functions: 96, lines: 97 },
      },
      maxWorkers: '100%',
      // Files of a worker share the modules, and the captures that they have read.
      isolate: false,
      // Against hangs only: the machine may be busy with other things.
      testTimeout: 60_000,
      hookTimeout: 60_000,
      projects: [
        { extends: true, test: { name: 'captures', include: sharing } },
        // Data kept of captures would make each garbage collection of these take longer.
        {
          extends: true,
          test: { name: 'others', include: chosen.filter(path => !sharing.includes(path)) },
        },
      ],
    },
  }
})
