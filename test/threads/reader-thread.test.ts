/** Reading on a thread of its own: whatever the number of threads, the same comes out. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ConvertOptions } from '../../src/convert.js'
import type { Format } from '../../src/emit/format.js'
import { formats } from '../../src/emit/formats.js'
import { ignored } from '../../src/timeline/sinks/index.js'
import { binary, ended, fgraph, fgraphProcess, folderWith, start, trace } from '../cli/run.js'
import { readCapture } from '../read-trace.js'

// The library as it is built: threads are started from files.
const { convertTo, read: readSources } = await import('../../dist/index.js')
const { ReaderThread, readerOnThread } = await import('../../dist/threads/index.js')

const folded = formats.find(({ name }) => name === 'folded') as Format

const captures = ['6.12-events-proc-abstime', '6.12-full-plain', '7.2-args-proc-abstime-tail']

describe.each(captures)('%s', name => {
  const text = readCapture(`test/corpus/${name}.txt.gz`)

  test('for 1, 2, 3 and 7 jobs', async () => {
    const folder = folderWith()
    const jobs = ['1', '2', '3', '7']
    const names = (count: string) => ['json', 'pftrace', 'csv'].map(ending => `${count}.${ending}`)
    const results = await Promise.all(
      jobs.map(count => {
        const outputs = names(count).flatMap(output => ['-o', output])
        return fgraphProcess(folder, ['convert', ...outputs, '-j', count], text)
      }),
    )
    const [one, ...others] = jobs.map(count =>
      names(count).map(output => readFileSync(join(folder, output))),
    )
    for (const output of one) expect(output.length).toBeGreaterThan(1000)
    for (const other of others) {
      for (const [index, output] of one.entries()) expect(other[index].equals(output)).toBe(true)
    }
    // The names of the files differ.
    const said = results.map(({ stderr }) => stderr.replace(/^wrote \d/gm, 'wrote'))
    expect(new Set(said).size).toBe(1)
  })
})

test('really is another thread, for chunks of any size', async () => {
  const text = readCapture('test/corpus/6.12-full-plain.txt.gz')
  const whole = await converted([text])
  for (const size of [1000, 300_000, 3_000_000]) {
    const chunks: Uint8Array[] = []
    for (let at = 0; at < text.length; at += size) chunks.push(text.subarray(at, at + size))
    let isThread = false
    const read = await converted(chunks, async (sink, options) => {
      const reader = await readerOnThread(sink, options)
      isThread = reader instanceof ReaderThread
      return reader
    })
    expect(isThread).toBe(true)
    expect(read).toBe(whole)
  }
})

test('reads captures of a text, and keeps the numbers of lines', async () => {
  const text = `${trace}# ./b\n 0)   1.000 us    |  chosen();\n 0)   1.000 us    |  fo\n# ./c\n${trace}`
  const read = async (openReader?: ConvertOptions['openReader']) =>
    readSources([{ name: 'trace', chunks: inOne(text), captures: [2] }], ignored, { openReader })
  const summary = await read(readerOnThread)
  expect(summary).toEqual(await read())
  expect(summary.captures).toMatchObject([{ number: 2, firstLine: 3, calls: { complete: 1 } }])
  expect(summary.diagnostics.find(({ lines }) => lines)).toMatchObject({ lines: [5] })
})

async function* inOne(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}

test('what is no trace is refused in the same words', async () => {
  const text = 'no trace at all\n'.repeat(10_000)
  const folder = folderWith()
  const [one, two] = await Promise.all(
    ['1', '2'].map(jobs => fgraphProcess(folder, ['convert', '-f', 'folded', '-j', jobs], text)),
  )
  expect(two).toEqual(one)
  expect(two).toMatchObject({ code: 2 })
  expect(two?.stderr).toMatch(/^fgraph: standard input: not a function_graph trace/)
})

test('what comes in small pieces is told at once', async () => {
  const child = start(folderWith(), ['convert', '-f', 'chrome', '--array', '-j', '2'])
  child.stdin?.write(trace.repeat(4000))
  child.stdin?.write(trace)
  await new Promise(resolve => child.stdout?.once('data', resolve))
  child.stdin?.end(trace)
  const { code, stdout } = await ended(child)
  expect(code).toBe(0)
  expect(stdout.toString()).toContain('"foo"')
})

test('a sink that fails ends the run', async () => {
  const failing: Format = {
    ...folded,
    load: async () => () => ({
      ...ignored,
      begin() {
        throw new Error('no more')
      },
    }),
  }
  const chunks = Array.from({ length: 100 }, () => new TextEncoder().encode(trace.repeat(5000)))
  await expect(converted(chunks, readerOnThread, failing)).rejects.toThrow('no more')
})

test('where no thread is allowed, all is done on one', async () => {
  const forbidding = ['--experimental-permission', '--allow-fs-read=*', '--allow-fs-write=*']
  const command = [...forbidding, '--no-warnings', binary, 'convert', '-f', 'folded', '--quiet']
  const [two, one] = [
    ['-j', '2'],
    ['-j', '1'],
  ].map(jobs => spawnSync(process.execPath, [...command, ...jobs], { input: trace }))
  expect(two?.stderr.toString()).toBe('')
  expect(two?.stdout.toString()).toBe('foo 1000\nbar 2500\n')
  expect(one?.stdout.toString()).toBe(two?.stdout.toString())
})

test('--jobs wants a number', async () => {
  const { code, stderr } = await fgraph(folderWith(), ['convert', '-j', '0'], trace)
  expect(code).toBe(2)
  expect(stderr).toBe('fgraph: --jobs: give a number of threads, 1 or more\n')
})

async function converted(
  chunks: readonly Uint8Array[],
  openReader?: ConvertOptions['openReader'],
  format = folded,
): Promise<string> {
  const blocks: Uint8Array[] = []
  const source = (async function* () {
    yield* chunks
  })()
  await convertTo(
    [{ name: 'trace', chunks: source }],
    [{ format, write: block => blocks.push(block) }],
    { title: 'trace', openReader },
  )
  return Buffer.concat(blocks).toString()
}
