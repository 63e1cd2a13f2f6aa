import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/base/user-error.js'
import { onThreads } from '../../src/node/unpack/on-threads.js'
import { unpacked } from '../../src/unpack/unpacked.js'
import { Damage, type Unpacker } from '../../src/unpack/unpacker.js'
import { unpackers } from '../../src/unpack/unpackers.js'
import { isLong } from '../captures.js'

const text = readFileSync('golden/proc-abstime/input.txt')
const another = readFileSync('golden/udp_sendmsg/input.txt')
const folder = 'test/node/packed'
const refused = ['filter.xz', 'sha256.xz']
const names = readdirSync(folder).filter(
  name => /\.(xz|zst)$/.test(name) && !refused.includes(name),
)
const small = names.filter(name => !name.startsWith('times-'))

test.each(names)('%s, in blocks of any size', async name => {
  const packed = readFileSync(`${folder}/${name}`)
  for (const size of [1, 7, packed.length]) {
    const unpacker = await unpackerFor(name)
    expect(unpack(unpacker, packed, size).equals(contentOf(name))).toBe(true)
  }
})

test.each(small)('%s, cut off anywhere, ends too early', async name => {
  const packed = readFileSync(`${folder}/${name}`)
  // Where a stream or frame ends, or its padding, what is there is whole.
  const sound = new Set<number>()
  for (const length of places(packed)) {
    const unpacker = await unpackerFor(name)
    const cut = packed.subarray(0, length)
    try {
      const content = unpack(unpacker, cut, length)
      sound.add(length)
      expect(contentOf(name).subarray(0, content.length).equals(content)).toBe(true)
    } catch (error) {
      expect(error).toBeInstanceOf(Damage)
      expect(error).toMatchObject({ message: 'ends too early', at: length })
    }
  }
  expect(sound.size).toBeLessThanOrEqual(name === 'streams-padding.xz' ? 4 : 3)
})

test.each(['crc64.xz', 'crc32-contexts.xz', 'streams-padding.xz', 'incompressible.xz', 'one.zst'])(
  '%s with a byte changed is damaged, unless the byte says nothing',
  async name => {
    const packed = readFileSync(`${folder}/${name}`)
    let unharmed = 0
    for (const at of places(packed)) {
      const harmed = Uint8Array.from(packed)
      harmed[at] = harmed[at] ^ 0x10
      const unpacker = await unpackerFor(name)
      try {
        const content = unpack(unpacker, harmed, harmed.length)
        expect(content.equals(contentOf(name)), `byte ${at}`).toBe(true)
        unharmed++
      } catch (error) {
        expect(error).toBeInstanceOf(Damage)
      }
    }
    expect(unharmed).toBeLessThan(5)
  },
)

describe('by content', () => {
  test.each([
    ['plain text', text],
    ['one byte', Buffer.from('#')],
    ['nothing', Buffer.alloc(0)],
    ['what only begins like zstd', Buffer.from([0x28, 0xb5, 0x2f])],
    ['what only begins like xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x20])],
  ])('%s passes as it is', async (_, content) => {
    for (const size of [1, 2, 3, 1000])
      expect((await passed(content, size)).equals(content)).toBe(true)
  })

  test.each([...names, 'gzip'])('%s is unpacked, whatever its first block', async name => {
    const packed = name === 'gzip' ? gzipSync(text) : readFileSync(`${folder}/${name}`)
    const content = name === 'gzip' ? text : contentOf(name)
    for (const size of [5, 100_000]) expect((await passed(packed, size)).equals(content)).toBe(true)
  })

  test.each(refused)('%s is refused with what to do', async name => {
    const reading = passed(readFileSync(`${folder}/${name}`), 1000)
    await expect(reading).rejects.toThrow(UserError)
    await expect(reading).rejects.toThrow(
      /^a: the xz data is packed with a filter .* check than CRC after \d+ bytes; .* xz -dc FILE \| fgraph convert$/,
    )
  })

  test('what follows xz data is refused', async () => {
    const packed = readFileSync(`${folder}/crc64.xz`)
    await expect(passed(Buffer.concat([packed, text]), 1000)).rejects.toThrow(
      /^a: the xz data is followed by something else after \d+ bytes; /,
    )
  })

  test('an error of the source comes through', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield readFileSync(`${folder}/one.zst`).subarray(0, 100)
      throw new Error('no disk')
    }
    await expect(drained(unpacked(failing(), 'a', onThreads))).rejects.toThrow('no disk')
  })
})

test.runIf(has('xz') && has('zstd'))('what the tools pack, at every level', async () => {
  const capture = Buffer.concat([text, another])
  for (let level = 0; level <= 9; level++) {
    const xz = execFileSync('xz', ['-c', `-${level}`], { input: capture })
    expect((await passed(xz, 4096)).equals(capture)).toBe(true)
    const zstd = execFileSync('zstd', ['-qc', `-${level * 2 + 1}`], { input: capture })
    expect((await passed(zstd, 4096)).equals(capture)).toBe(true)
  }
})

test.runIf(has('xz'))('xz streams one after another, with a dictionary of any size', async () => {
  const sizes = ['4KiB', '64MiB', '1MiB', '48MiB', '2MiB', '64MiB']
  const packed = Buffer.concat(sizes.map(packedWith))
  const content = Buffer.concat(sizes.map(() => text))
  expect((await passed(packed, 4096)).equals(content)).toBe(true)
  await expect(passed(packedWith('65MiB'), 4096)).rejects.toThrow(
    'needs a dictionary of more than 64 MiB',
  )

  function packedWith(dictionary: string): Buffer {
    return execFileSync('xz', ['-c', `--lzma2=dict=${dictionary}`], { input: text })
  }
})

/** Each of the first and last bytes, and some between; in `npm test` one of seven of these. */
function places({ length }: Uint8Array): number[] {
  const all = Array.from({ length: length - 1 }, (_, index) => index + 1)
  const chosen = all.filter(at => at < 40 || at > length - 60 || at % 29 === 0)
  return isLong ? chosen : chosen.filter((_, index) => index % 7 === 0)
}

function has(tool: string): boolean {
  try {
    execFileSync(tool, ['--version'])
    return true
  } catch {
    return false
  }
}

function unpackerFor(name: string): Promise<Unpacker> {
  return unpackers[name.endsWith('.xz') ? 'xz' : 'zstd']()
}

function contentOf(name: string): Buffer {
  if (name === 'incompressible.xz') return readFileSync(`${folder}/crc64.xz`)
  return name.startsWith('times-500') ? Buffer.concat(Array(500).fill(another)) : text
}

function unpack(unpacker: Unpacker, packed: Uint8Array, size: number): Buffer {
  const pieces: Uint8Array[] = []
  for (const block of blocksOf(packed, size)) {
    for (const piece of unpacker.push(block)) pieces.push(Uint8Array.from(piece))
  }
  unpacker.end()
  return Buffer.concat(pieces)
}

function passed(content: Uint8Array, size: number): Promise<Buffer> {
  async function* source(): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.alloc(size)
    // One buffer for all, as files are read.
    for (const block of blocksOf(content, size)) {
      buffer.set(block)
      yield buffer.subarray(0, block.length)
    }
  }
  return drained(unpacked(source(), 'a', onThreads))
}

async function drained(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const chunk of chunks) pieces.push(Uint8Array.from(chunk))
  return Buffer.concat(pieces)
}

function* blocksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
