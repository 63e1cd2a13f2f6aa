/** Who may import whom: the arrows point from what is general to what uses it. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Layer {
  /** Layers that it may import, itself left out. */
  readonly imports: readonly string[]
  /** Without a list, any package. */
  readonly packages?: readonly string[]
}

const layers: Readonly<Record<string, Layer>> = {
  base: { imports: [], packages: [] },
  timeline: { imports: ['base'], packages: [] },
  ingest: { imports: ['timeline', 'base'], packages: [] },
  emit: {
    imports: ['timeline', 'base', 'proto'],
    packages: ['pako', 'protobufjs', 'hyparquet-writer'],
  },
  filter: { imports: ['timeline', 'base'], packages: [] },
  analyze: { imports: ['timeline', 'base'], packages: [] },
  node: { imports: ['base'], packages: ['node:', 'xz-decompress', 'zstddec'] },
  threads: { imports: ['ingest', 'timeline', 'base'], packages: ['node:'] },
  'convert.ts': { imports: ['ingest', 'emit', 'timeline', 'base'], packages: [] },
  'index.ts': {
    imports: ['convert.ts', 'analyze', 'filter', 'ingest', 'emit', 'timeline', 'base'],
    packages: [],
  },
  cli: {
    imports: [
      'index.ts',
      'convert.ts',
      'node',
      'threads',
      'ingest',
      'emit',
      'analyze',
      'filter',
      'timeline',
      'base',
      'package.json',
    ],
  },
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .map(path => `src/${path}`)
  .sort()

test('every layer is in the table', () => {
  expect(new Set(files.map(layerOf))).toEqual(new Set(Object.keys(layers)))
})

test.each(files)('%s', path => {
  const layer = layers[layerOf(path)]
  const forbidden = importsOf(path).filter(specifier => !isAllowed(path, specifier, layer))
  expect(forbidden, `${path} must not import`).toEqual([])
})

function isAllowed(path: string, specifier: string, { imports, packages }: Layer): boolean {
  if (!specifier.startsWith('.')) {
    return packages?.some(name => specifier.startsWith(name)) ?? true
  }
  const target = new URL(specifier, `file:///${path}`).pathname.slice(1).replace(/\.js$/, '.ts')
  const layer = layerOf(target)
  return layer === layerOf(path) || imports.includes(layer)
}

/** `src/emit/chrome.ts` is of `emit`, `src/convert.ts` a layer of its own; outside of src the folder. */
function layerOf(path: string): string {
  const parts = path.split('/')
  return parts[0] === 'src' ? parts[1] : parts[0]
}

/** Static and dynamic imports, exports from elsewhere, imports of types. */
function importsOf(path: string): string[] {
  const code = readFileSync(path, 'utf8').replace(/^\s*(\/\*\*|\*).*$/gm, '')
  const forms = /(?:^|\s)(?:from\s+|import\s*\(\s*|import\s+)['"]([^'"]+)['"]/g
  return [...code.matchAll(forms)].map(match => match[1])
}
