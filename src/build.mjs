/**
 * Builds fgraph: `node src/build.mjs` makes all that a package holds, `node src/build.mjs code` leaves
 * out the type declarations, which no test needs. As in make, a step is skipped if its output is newer
 * than its sources: tests can call this each time.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { gzipSync } from 'node:zlib'

/**
 * The WebAssembly modules. A module imports nothing from outside the folder of its entry but files that
 * TypeScript reads too.
 */
const modules = [
  {
    entry: 'src/ingest/assembly/index.ts',
    output: 'src/ingest/assembly/built/engine.wasm',
    flags: ['--runtime', 'stub', '--enable', 'simd'],
  },
  {
    entry: 'src/timeline/stacks/assembly/index.ts',
    output: 'src/timeline/stacks/assembly/built/call-tree.wasm',
    flags: ['--runtime', 'minimal', '--memoryBase', '65536'],
  },
  {
    entry: 'src/timeline/logs/assembly/call-log.ts',
    output: 'src/timeline/logs/assembly/built/call-log.wasm',
    flags: ['--runtime', 'minimal', '--memoryBase', '65536'],
  },
  {
    entry: 'src/emit/tables/assembly/index.ts',
    output: 'src/emit/tables/assembly/built/rows.wasm',
    flags: ['--runtime', 'minimal', '--memoryBase', '65536', '--enable', 'simd'],
  },
  {
    entry: 'src/emit/call-lines/assembly/call-lines.ts',
    output: 'src/emit/call-lines/assembly/built/call-lines.wasm',
    flags: ['--runtime', 'minimal', '--memoryBase', '65536', '--enable', 'simd'],
  },
]

const shared = [
  'src/timeline/event-layout.ts',
  'src/timeline/stacks/layout.ts',
  'src/emit/tables/row-layout.ts',
  'src/ingest/lines/marks.ts',
]

/** The code of the page and of the SVG, which emitters import as text. It uses other layers, too. */
const page = {
  sources: ['src', 'proto'],
  output: 'src/emit/browser/built/page.js.txt',
  run: bundlePage,
}

const code = {
  sources: ['src', 'proto', 'package.json'],
  output: 'dist/cli.js',
  run: bundleCode,
}

/** The page that opens any trace, in one file. */
const anyTrace = {
  sources: ['src', 'proto', 'package.json'],
  output: 'dist/fgraph.html',
  run: bundleAnyTrace,
}

/** The command line tool in one file, which needs Node and nothing else. */
const oneFile = {
  sources: ['src', 'proto', 'package.json'],
  output: 'dist/fgraph.mjs',
  run: bundleOneFile,
}

const declarations = {
  sources: ['src', 'tsconfig.json'],
  output: 'dist/index.d.ts',
  run: writeDeclarations,
}

/** The sources behind the imports of package.json, for the single file. */
const workers = {
  'reader-worker': 'src/threads/reader-worker.ts',
  'unpack-worker': 'src/node/unpack/worker.ts',
}

/** Sources of every step: a new compiler or other flags build everything again. */
const compilers = ['package-lock.json', 'src/build.mjs']

/** Modules of WebAssembly as bytes, decoded by what Node or a browser has. */
const wasmAnywhere = {
  name: 'wasm-anywhere',
  setup(build) {
    build.onLoad({ filter: /\.wasm$/ }, ({ path }) => {
      const base64 = JSON.stringify(readFileSync(path, 'base64'))
      const inBrowser = 'Uint8Array.from(atob(text), char => char.charCodeAt(0))'
      return {
        loader: 'js',
        contents: `const text = ${base64}
          export default globalThis.Buffer ? new Uint8Array(Buffer.from(text, 'base64')) : ${inBrowser}`,
      }
    })
  },
}

/** Options of every bundle that runs in a browser. */
const forBrowsers = {
  bundle: true,
  minify: true,
  charset: 'utf8',
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  loader: { '.proto': 'text' },
  logLevel: 'warning',
}

/** Leaves out the format whose pages hold the bundle. */
const withoutPages = {
  name: 'without-pages',
  setup(build) {
    build.onLoad({ filter: /\/emit\/html\/html\.ts$/ }, () => ({
      contents: 'export const openHtml = undefined',
    }))
  },
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const steps = [...modules.map(asStep), page, code]
if (process.argv[2] !== 'code') steps.push(declarations, anyTrace, oneFile)
for (const { sources, output, run } of steps) {
  mkdirSync(dirname(output), { recursive: true })
  if (modified(output) > Math.max(...[...sources, ...compilers].map(newest))) continue
  const started = new Date()
  await run()
  // A source saved while a compiler runs is newer than its output.
  utimesSync(output, started, started)
  console.log(`built ${output}`)
}

function asStep({ entry, output, flags }) {
  return {
    sources: [dirname(entry), ...shared],
    output,
    run: () => compileModule(entry, output, flags),
  }
}

async function compileModule(entry, output, flags) {
  // Binaryen is WebAssembly itself: to optimize its code costs V8 more than a faster Binaryen saves.
  setFlagsFromString('--liftoff-only')
  const { default: asc } = await import('assemblyscript/asc')
  const { error } = await asc.main(
    [entry, '--outFile', output, '-O3', '--noAssert', '--use', 'abort=', ...flags],
    { stdout: process.stdout, stderr: process.stderr },
  )
  if (error) throw error
}

async function bundlePage() {
  const { build } = await import('esbuild')
  await build({
    entryPoints: [
      { in: 'src/emit/browser/page/main.ts', out: 'page' },
      { in: 'src/emit/browser/page/page.css', out: 'page' },
      { in: 'src/emit/browser/svg.ts', out: 'svg' },
      { in: 'src/emit/browser/svg.css', out: 'svg' },
      { in: 'src/emit/browser/hand-over-page.ts', out: 'hand-over' },
    ],
    outdir: dirname(page.output),
    outExtension: { '.js': '.js.txt', '.css': '.css.txt' },
    ...forBrowsers,
  })
  const { outputFiles } = await build({
    ...forBrowsers,
    entryPoints: ['src/page/writers.ts'],
    plugins: [wasmAnywhere, withoutPages],
    write: false,
  })
  const writers = gzipSync(outputFiles[0].contents, { level: 9 }).toString('base64')
  writeFileSync(join(dirname(page.output), 'writers.txt'), writers)
}

async function bundleCode() {
  const { build } = await import('esbuild')
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const { metafile } = await build({
    entryPoints: [
      { in: 'src/index.ts', out: 'index' },
      { in: 'src/node/index.ts', out: 'node/index' },
      { in: 'src/node/unpack/worker.ts', out: 'node/unpack/worker' },
      { in: 'src/threads/index.ts', out: 'threads/index' },
      { in: 'src/threads/reader-worker.ts', out: 'threads/reader-worker' },
      { in: 'src/cli/main.ts', out: 'cli' },
    ],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    // Named constants become numbers, worth 9 % of a conversion's CPU time; names stay readable.
    minifySyntax: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // yargs is bundled: it loads faster.
    external: Object.keys(dependencies),
    loader: { '.proto': 'text', '.sh': 'text' },
    plugins: [wasmAnywhere],
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    logLevel: 'warning',
  })
  removeOld('.js', metafile.outputs)
}

async function bundleAnyTrace() {
  const { build } = await import('esbuild')
  const options = { ...forBrowsers, write: false }
  const bundled = async (path, plugins) => {
    const { outputFiles } = await build({ ...options, entryPoints: [path], plugins })
    // No text in it may end the script.
    return outputFiles[0].text.trim().replaceAll('</script', '<\\/script')
  }
  const asCode = {
    name: 'as-code',
    setup(build) {
      build.onResolve({ filter: /\?code$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path.replace(/\.js\?code$/, '.ts')),
        namespace: 'code',
      }))
      build.onLoad({ filter: /./, namespace: 'code' }, async ({ path }) => ({
        loader: 'text',
        contents: gzipSync(await bundled(path, [wasmAnywhere]), { level: 9 }).toString('base64'),
      }))
    },
  }
  const style = await bundled('src/page/page.css', [])
  const script = await bundled('src/page/main.ts', [wasmAnywhere, asCode])
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "script-src 'unsafe-inline' 'wasm-unsafe-eval'",
    'worker-src blob:',
    // A decoder loads itself from an address that holds it.
    'connect-src data:',
  ].join('; ')
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>fgraph</title>
<style>
${style}
</style>
</head>
<body>
<noscript>This page reads traces with the script in it: please allow scripts.</noscript>
<script>
${script}
</script>
</body>
</html>
`
  writeFileSync(anyTrace.output, page)
}

async function bundleOneFile() {
  const { build } = await import('esbuild')
  const options = {
    bundle: true,
    minify: true,
    // Diagnostics and stack traces have names.
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    loader: { '.proto': 'text', '.sh': 'text' },
    plugins: [wasmAnywhere],
    // Packages that are no ES modules require what Node has.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(process.execPath);",
    },
    logLevel: 'warning',
  }
  const urls = {}
  for (const [name, path] of Object.entries(workers)) {
    const { outputFiles } = await build({ ...options, entryPoints: [path], write: false })
    const base64 = Buffer.from(outputFiles[0].contents).toString('base64')
    urls[name] = `data:text/javascript;base64,${base64}`
  }
  await build({
    ...options,
    entryPoints: ['bin/fgraph.js'],
    outfile: oneFile.output,
    plugins: [wasmAnywhere, inOneFile(urls)],
  })
  chmodSync(oneFile.output, 0o755)
}

/** Puts the code of workers in place of their paths, and that of the command line in place of its build. */
function inOneFile(urls) {
  return {
    name: 'in-one-file',
    setup(build) {
      build.onResolve({ filter: /^\.\.\/dist\/cli\.js$/ }, () => ({
        path: resolve('src/cli/main.ts'),
      }))
      build.onLoad({ filter: /\/src\/(?:threads|node\/unpack)\/[\w-]+\.ts$/ }, ({ path }) => ({
        loader: 'ts',
        contents: readFileSync(path, 'utf8').replace(
          /import\.meta\.resolve\('#([\w-]+)'\)/g,
          (_, name) => JSON.stringify(urls[name]),
        ),
      }))
    },
  }
}

function writeDeclarations() {
  removeOld('.d.ts', {})
  const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
  // Types are checked by `npm run check`, once, not by everybody who installs.
  execFileSync(process.execPath, [tsc, '-p', 'src', '--noCheck'], { stdio: 'inherit' })
}

/** Removes files of former builds, whose names this one did not write. */
function removeOld(extension, written) {
  for (const name of readdirSync('dist', { recursive: true })) {
    const path = `dist/${name}`
    if (path.endsWith(extension) && !(path in written)) rmSync(path)
  }
}

/** The last change of a file, or of anything in a folder, in milliseconds; a file that went counts. */
function newest(path) {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  const inside = readdirSync(path).filter(name => name !== 'built')
  return Math.max(stats.mtimeMs, ...inside.map(name => newest(join(path, name))))
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
