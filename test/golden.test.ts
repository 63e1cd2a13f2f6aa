/**
 * Each folder of golden/ is a test: its input in every format, and what there is to say about it.
 * Binary formats stand there as text. `npm test -- -u` writes what is now the case: read the diff.
 */
import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type FormatName, formats } from '../src/emit/formats.js'
import { tee } from '../src/timeline/sinks/index.js'
import { printFlamegraph } from './decode/flamegraph.js'
import { printHtml } from './decode/html.js'
import { printParquet } from './decode/parquet.js'
import { printPerfetto } from './decode/perfetto.js'
import { printPprof } from './decode/pprof.js'
import { openWritten, readCapture, readTrace } from './read-trace.js'
import { readFiles } from './trace-dat/read.js'

/** Where the file of a format is not its text in `<name>.txt`. */
const expected: Partial<
  Record<FormatName, { file: string; print: (bytes: Uint8Array) => string | Promise<string> }>
> = {
  chrome: { file: 'chrome.json', print: asText },
  perfetto: { file: 'perfetto.txt', print: printPerfetto },
  pprof: { file: 'pprof.txt', print: printPprof },
  speedscope: { file: 'speedscope.json', print: asText },
  firefox: { file: 'firefox.json', print: asText },
  csv: { file: 'calls.csv', print: asText },
  ndjson: { file: 'calls.ndjson', print: asText },
  parquet: { file: 'parquet.txt', print: printParquet },
  flamegraph: { file: 'flamegraph.svg.txt', print: printFlamegraph },
  html: { file: 'html.txt', print: printHtml },
}

describe.each(readdirSync('golden'))('%s', async name => {
  const outputs = await Promise.all(
    formats.map(async format => ({
      ...(expected[format.name] ?? { file: `${format.name}.txt`, print: asText }),
      written: await openWritten(format.name, name),
    })),
  )
  const sink = tee(outputs.map(({ written }) => written.sink))
  const recording = `golden/${name}/input.dat.gz`
  const summary = existsSync(recording)
    ? await readFiles([readCapture(recording)], sink)
    : readTrace(readCapture(`golden/${name}/input.txt`), sink)

  test.each(outputs)('$file', async ({ file, print, written }) => {
    await expect(await print(written.bytes)).toMatchFileSnapshot(`../golden/${name}/${file}`)
  })

  test('summary', async () => {
    const { captures, ...others } = summary
    const shown = captures.length > 1 ? summary : others
    const json = `${JSON.stringify(shown, undefined, 2)}\n`
    await expect(json).toMatchFileSnapshot(`../golden/${name}/summary.json`)
  })
})

function asText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
