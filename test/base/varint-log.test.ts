import { expect, test } from 'vitest'
import { blocksInMemory } from '../../src/base/block-store.js'
import { unzigzag, VarintLog, VarintReader, zigzag } from '../../src/base/varint-log.js'

const values = [0, 1, 127, 128, 300, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1]

test('what was written, through many blocks and in one piece', () => {
  const log = new VarintLog(blocksInMemory())
  for (let i = 0; i < 10_000; i++) for (const value of values) log.write(value)
  const blocks = [...log.blocks()]
  expect(blocks.length).toBeGreaterThan(8)
  expect(blocks.reduce((sum, block) => sum + block.length, 0)).toBe(log.length)
  for (const bytes of [log.blocks(), [Buffer.concat(blocks)]]) {
    const reader = new VarintReader(bytes)
    for (let i = 0; i < 10_000; i++) expect(values.map(() => reader.read())).toEqual(values)
    expect(reader.more).toBe(false)
  }
})

test('nothing', () => {
  expect(new VarintReader(new VarintLog(blocksInMemory()).blocks()).more).toBe(false)
})

test('zigzag', () => {
  expect([0, -1, 1, -2, 2].map(zigzag)).toEqual([0, 1, 2, 3, 4])
  for (const value of [0, -1, 1, -1e12, 1e12]) expect(unzigzag(zigzag(value))).toBe(value)
})
