import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Gzip, gzipByPako } from '../../src/emit/gzip.js'
import { gzip } from '../../src/node/compression.js'

const packers: readonly [string, Gzip][] = [
  ['zlib', gzip],
  ['pako', gzipByPako],
]

test.each(packers)('%s: pieces become one member, which browsers unpack, too', async (_, pack) => {
  const sizes = [0, 1, 5, 1000, 40_000, 0, 700_000, 700_000, 3]
  const pieces = sizes.map((size, piece) =>
    Uint8Array.from({ length: size }, (_, index) => (index * (piece + 3)) >> 3),
  )
  const packed = Buffer.concat([...pack(pieces)])
  expect(packed.length).toBeLessThan(200_000)
  expect(gunzipSync(packed).equals(Buffer.concat(pieces))).toBe(true)
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
  const unpacked = Buffer.from(await new Response(stream).arrayBuffer())
  expect(unpacked.equals(Buffer.concat(pieces))).toBe(true)
  expect(gunzipSync(Buffer.concat([...pack([])])).length).toBe(0)
})
