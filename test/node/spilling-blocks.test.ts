import { readdirSync, readlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { blocksInMemory } from '../../src/base/block-store.js'
import { VarintLog, VarintReader } from '../../src/base/varint-log.js'
import type { Format } from '../../src/emit/format.js'
import { formats } from '../../src/emit/formats.js'
import { spillingBlocks } from '../../src/node/spilling-blocks.js'
import { tee } from '../../src/timeline/sinks/index.js'
import { readCapture, readTrace } from '../read-trace.js'

test('what was added, from memory and from the file, in any order', () => {
  const store = spillingBlocks(100)
  const block = (index: number) => new Uint8Array(30 + index).fill(index)
  const numbers = Array.from({ length: 10 }, (_, index) => store.add(block(index)))
  for (const index of [9, 0, 4, 3, 2, 9]) {
    expect(store.get(numbers[index])).toEqual(block(index))
  }
  store.close()
})

test('nothing is on the disk below the limit, and a file without a name above it', () => {
  const before = openTemporaries().length
  const store = spillingBlocks(100)
  store.add(new Uint8Array(100))
  expect(openTemporaries()).toHaveLength(before)
  store.add(new Uint8Array(1))
  expect(openTemporaries()).toHaveLength(before + 1)
  expect(openTemporaries().every(path => path.endsWith(' (deleted)'))).toBe(true)
  store.close()
  expect(openTemporaries()).toHaveLength(before)
})

test('two logs, read side by side', () => {
  const store = spillingBlocks(1000)
  const logs = [new VarintLog(store), new VarintLog(store)]
  for (let value = 0; value < 50_000; value++) for (const log of logs) log.write(value)
  const readers = logs.map(log => new VarintReader(log.blocks()))
  for (let value = 0; value < 50_000; value++) {
    expect(readers.map(reader => reader.read())).toEqual([value, value])
  }
  store.close()
})

test.each([
  ['speedscope', {}],
  ['folded', { flamechart: true }],
  ['html', {}],
  ['firefox', {}],
  ['function_graph', {}],
] as const)('%s is the same from a file', async (name, options) => {
  const open = await (formats.find(format => format.name === name) as Format).load()
  const inMemory = blocksInMemory()
  const inFile = spillingBlocks(0)
  const outputs = [inMemory, inFile].map(store => {
    const blocks: Uint8Array[] = []
    const all = { title: 'trace', root: 'none', store, ...options } as const
    return { blocks, sink: open(block => blocks.push(block), all) }
  })
  const bench = readCapture('test/bench/proc-abstime.txt.gz')
  readTrace(bench, tee(outputs.map(({ sink }) => sink)))
  const [first, second] = outputs.map(({ blocks }) => Buffer.concat(blocks))
  expect(first?.length).toBeGreaterThan(10_000)
  expect(first?.equals(second as Buffer)).toBe(true)
  inFile.close()
})

test('without a place for it the error says what to do', () => {
  const { TMPDIR } = process.env
  process.env.TMPDIR = '/nonexistent'
  try {
    expect(() => spillingBlocks(0).add(new Uint8Array(1))).toThrow(
      /^\/nonexistent: no such file or directory; .*set TMPDIR/,
    )
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
})

function openTemporaries(): string[] {
  return readdirSync('/proc/self/fd').flatMap(fd => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return path.includes('/fgraph-') ? [path] : []
    } catch {
      return []
    }
  })
}
