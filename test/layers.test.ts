/**
 * Who may import whom, types included. A file imports its own room and the doors of the rooms that
 * are listed for it; no imports lead in a circle.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'

/** A folder of src. Its `assembly` is a part of it. */
interface Room {
  /** The rooms whose doors its files may import. */
  readonly imports: readonly string[]
  /** The files that others may import; without a list, all of them. */
  readonly doors?: readonly string[]
}

/** The rooms of `src/timeline`, for those above. */
const timelines = ['timeline', 'timeline/sinks', 'timeline/stacks', 'timeline/logs']

/** The imports allowed to an emitter. */
const emitters = [...timelines, 'base', 'emit']

const rooms: Readonly<Record<string, Room>> = {
  base: { imports: [] },

  timeline: { imports: ['base', 'timeline/sinks'] },
  'timeline/sinks': { imports: ['base', 'timeline'], doors: ['index'] },
  'timeline/stacks': { imports: ['timeline'], doors: ['index'] },
  'timeline/logs': { imports: ['base', 'timeline', 'timeline/sinks'], doors: ['index'] },

  'ingest/text': { imports: ['base'] },
  'ingest/posted': {
    imports: ['base', 'ingest/text'],
    doors: ['posted-text', 'trace-form', 'mangled-event', 'damage'],
  },
  'ingest/lines': { imports: ['base', 'timeline', 'ingest', 'ingest/text'] },
  'ingest/dialects': {
    imports: ['base', 'ingest', 'ingest/lines', 'ingest/posted', 'ingest/text'],
  },
  'ingest/calls': {
    imports: ['base', 'timeline', 'timeline/sinks', 'ingest', 'ingest/lines'],
    doors: ['stacks', 'look-ahead', 'interrupts', 'survey'],
  },
  'ingest/capture': {
    imports: ['base', 'ingest', 'ingest/calls', 'ingest/lines', 'ingest/posted', 'ingest/text'],
    doors: ['capture-reader', 'line-counter', 'recognizer'],
  },
  'ingest/trace-dat': {
    imports: ['base', 'timeline', 'ingest', 'ingest/calls', 'ingest/lines'],
    doors: ['index'],
  },
  ingest: {
    imports: [
      ...['base', 'timeline', 'timeline/sinks'],
      ...['ingest/capture', 'ingest/calls', 'ingest/dialects', 'ingest/lines'],
      ...['ingest/posted', 'ingest/text', 'ingest/trace-dat'],
    ],
    doors: [
      ...['trace-reader', 'trace-summary', 'selected-captures', 'dialects'],
      // For its own rooms.
      ...['dialect', 'engine', 'assembly/counted', 'assembly/doubt-kinds'],
    ],
  },

  filter: { imports: [...timelines, 'base'] },
  analyze: { imports: [...timelines, 'base'] },

  'emit/browser': { imports: ['base', 'timeline'] },
  'emit/browser/page': {
    imports: ['base', 'timeline', 'timeline/sinks', 'emit/browser'],
    doors: [
      ...['data', 'notes', 'replay'],
      ...['dom', 'menu', 'output-menu', 'packed-worker', 'page', 'writer-messages'],
    ],
  },
  'emit/call-lines': { imports: ['emit', 'base', 'timeline'], doors: ['call-lines'] },
  'emit/firefox': { imports: emitters, doors: ['firefox'] },
  'emit/flamegraph': { imports: [...emitters, 'emit/browser'], doors: ['flamegraph'] },
  'emit/folded': { imports: emitters, doors: ['folded'] },
  'emit/function-graph': { imports: emitters, doors: ['function-graph'] },
  'emit/html': { imports: [...emitters, 'emit/browser/page'], doors: ['html', 'page-rows'] },
  'emit/perfetto': { imports: emitters, doors: ['perfetto'] },
  'emit/pprof': { imports: emitters, doors: ['pprof'] },
  'emit/tables': { imports: emitters, doors: ['csv', 'ndjson', 'call-columns', 'call-rows'] },
  'emit/tables/parquet': { imports: [...emitters, 'emit/tables'], doors: ['parquet'] },
  emit: {
    imports: [
      ...emitters,
      ...['emit/call-lines', 'emit/firefox', 'emit/flamegraph', 'emit/folded', 'emit/html'],
      ...['emit/function-graph', 'emit/perfetto', 'emit/pprof', 'emit/tables'],
      'emit/tables/parquet',
    ],
  },

  record: { imports: ['timeline'] },
  unpack: { imports: ['base'], doors: ['unpacked', 'unpacker', 'unpackers'] },

  'node/unpack': { imports: ['base', 'unpack'], doors: ['on-threads'] },
  node: { imports: ['base', 'unpack', 'node/unpack'] },
  threads: {
    imports: ['base', 'timeline', 'timeline/sinks', 'ingest'],
    doors: ['index'],
  },

  // The files of src itself: the library.
  '.': {
    imports: [
      ...[...timelines, 'base', 'filter', 'analyze'],
      ...['ingest', 'ingest/calls', 'ingest/lines', 'ingest/text', 'ingest/trace-dat'],
      ...['emit', 'emit/folded', 'emit/html', 'emit/tables'],
    ],
    doors: ['index', 'convert'],
  },

  page: {
    imports: [
      ...['base', 'timeline', 'timeline/sinks', 'ingest', 'filter', 'unpack', '.'],
      ...['emit', 'emit/browser', 'emit/browser/page', 'emit/html'],
    ],
  },

  'cli/text': {
    imports: [
      ...['base', 'timeline', 'ingest', 'filter', 'analyze', 'node', 'record', 'cli'],
      ...['emit/browser', 'emit/flamegraph'],
    ],
  },
  'cli/options': {
    imports: [
      ...['base', 'timeline', 'ingest', 'ingest/calls', 'filter', 'analyze', 'node', 'threads'],
      ...['record', 'emit', 'emit/folded', 'cli', '.'],
    ],
  },
  'cli/completion': { imports: ['cli'] },
  'cli/help': { imports: ['cli', 'cli/text'] },
  'cli/commands': {
    imports: [
      ...[...timelines, 'base', 'ingest', 'emit', 'filter', 'analyze', 'node', 'record', '.'],
      ...['cli', 'cli/text', 'cli/options', 'cli/completion', 'cli/help'],
    ],
  },
  cli: {
    imports: [
      ...['base', 'timeline', 'timeline/sinks', 'timeline/stacks', 'ingest', 'filter'],
      ...['analyze', 'node'],
      ...[
        'emit',
        'emit/browser',
        'record',
        '.',
        'cli/text',
        'cli/options',
        'cli/commands',
        'cli/help',
      ],
    ],
  },
}

/** The packages that a layer may import; any other imports none. */
const packages: Readonly<Record<string, RegExp>> = {
  ingest: /^(pako|zstddec)$/,
  emit: /^(pako|protobufjs|hyparquet-writer(\/src\/\w+\.js)?)$/,
  node: /^(node:.*|@hpcc-js\/wasm-zstd)$/,
  unpack: /^(xz-decompress|zstddec.*)$/,
  threads: /^node:/,
  cli: /^(node:.*|yargs.*|cli-progress|open)$/,
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .sort()
const imports = new Map(files.map(path => [path, importsOf(path)]))

test('every room is in the table', () => {
  expect(new Set(files.map(roomOf))).toEqual(new Set(Object.keys(rooms)))
})

describe.each(Object.keys(rooms))('%s', name => {
  const own = files.filter(path => roomOf(path) === name)

  test('imports doors of the rooms that are listed for it', () => {
    const forbidden = own.flatMap(path =>
      targetsOf(path)
        .filter(target => roomOf(target) !== name && !isAllowed(name, target))
        .map(target => `${path} imports ${target}`),
    )
    expect(forbidden).toEqual([])
  })

  test('imports packages that are listed for its layer', () => {
    const allowed = packages[name.split('/')[0]] ?? /^$/
    const foreign = own.flatMap(path => imports.get(path)?.packages ?? [])
    expect(foreign.filter(specifier => !allowed.test(specifier))).toEqual([])
  })

  test('has the doors that are listed for it, and needs what it may import', () => {
    const { imports, doors = [] } = rooms[name]
    for (const door of doors) expect(files).toContain(posix.join(name, `${door}.ts`))
    const needed = new Set(own.flatMap(targetsOf).map(roomOf))
    if (name.startsWith('emit/')) return
    expect(imports.filter(room => !room.startsWith('timeline/') && !needed.has(room))).toEqual([])
  })
})

test('no imports lead in a circle', () => {
  expect(circles()).toEqual([])
})

function isAllowed(name: string, target: string): boolean {
  const room = roomOf(target)
  const { doors } = rooms[room]
  const file = posix.relative(room, target).replace(/\.ts$/, '')
  return rooms[name].imports.includes(room) && (doors?.includes(file) ?? true)
}

/** `emit/html` of `emit/html/html.ts`; `.` of `convert.ts`. */
function roomOf(path: string): string {
  return posix.dirname(path).replace(/\/assembly$/, '')
}

/** The files of src that a file imports. */
function targetsOf(path: string): readonly string[] {
  return imports.get(path)?.files ?? []
}

/** Static and dynamic imports, exports from elsewhere, imports of types. */
function importsOf(path: string): { files: string[]; packages: string[] } {
  const code = readFileSync(`src/${path}`, 'utf8').replace(/^\s*(\/\*\*|\*|\/\/).*$/gm, '')
  const forms = /(?:^|\s)(?:from\s+|import\s*\(\s*|import\s+)['"]([^'"]+)['"]/g
  const specifiers = [...code.matchAll(forms)].map(match => match[1])
  return {
    files: specifiers.filter(specifier => specifier.startsWith('.')).flatMap(relative),
    packages: specifiers.filter(specifier => !specifier.startsWith('.')),
  }

  /** AssemblyScript has no endings; what is no code, such as a schema, is built or lies elsewhere. */
  function relative(specifier: string): string[] {
    const target = posix.join(posix.dirname(path), specifier).replace(/(\.js)?$/, '.ts')
    return existsSync(`src/${target}`) ? [target] : []
  }
}

/** The files that remain after repeatedly taking away those that import nothing. */
function circles(): string[] {
  let left = files
  for (let before = -1; before !== left.length; ) {
    before = left.length
    const among = new Set(left)
    left = left.filter(path => targetsOf(path).some(target => among.has(target)))
  }
  // Those that only lead to a circle are no part of it.
  for (let before = -1; before !== left.length; ) {
    before = left.length
    const imported = new Set(left.flatMap(targetsOf))
    left = left.filter(path => imported.has(path))
  }
  return left
}
