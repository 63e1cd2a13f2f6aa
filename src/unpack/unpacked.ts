/** The door of unpacking: recognises gzip, zstd and xz, and turns them into text. */
import { joined, withStart } from '../base/chunks.js'
import { UserError } from '../base/user-error.js'
import { Damage } from './unpacker.js'

/** Unpacks the bytes of one format. Throws `Damage`. */
export type Unpack = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

/** The formats of packed data, by the names of their commands: their first bytes, one of these. */
const magics = {
  gzip: [[0x1f, 0x8b]],
  zstd: [
    [0x28, 0xb5, 0x2f, 0xfd],
    // Skippable frames, which parallel and seekable packers write first.
    ...Array.from({ length: 16 }, (_, kind) => [0x50 + kind, 0x2a, 0x4d, 0x18]),
  ],
  xz: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
} as const satisfies Readonly<Record<string, readonly (readonly number[])[]>>

type Packing = keyof typeof magics

/** How an environment unpacks each format. */
export type Unpacking = Readonly<Record<Packing, Unpack>>

/**
 * Recognises gzip, zstd and xz by their first bytes and unpacks them. Passes on
 * everything else unchanged. `name` is for messages about damaged data.
 */
export async function* unpacked(
  blocks: AsyncIterable<Uint8Array>,
  name: string,
  unpacking: Unpacking,
): AsyncGenerator<Uint8Array> {
  const source = blocks[Symbol.asyncIterator]()
  try {
    const start = await firstBytes(source)
    const text = withStart(start, source)
    const packing = packings.find(packing => isBegun(magics[packing], start))
    yield* packing ? unpackedBy(packing, unpacking[packing](text), name) : text
  } finally {
    // Not awaited: the source may be waiting for bytes that nobody needs any more.
    void source.return?.()
  }
}

const packings = Object.keys(magics) as Packing[]

function isBegun(magics: readonly (readonly number[])[], start: Uint8Array): boolean {
  return magics.some(magic => beginsWith(start, magic))
}

/** The first block, or more if it is too short to tell how the data are packed. */
async function firstBytes(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array(0)
  while (isUndecided(start)) {
    const { done, value } = await source.next()
    if (done) break
    start = start.length === 0 && !isUndecided(value) ? value : joined([start, value])
  }
  return start
}

function isUndecided(start: Uint8Array): boolean {
  return packings.some(packing =>
    magics[packing].some(magic => start.length < magic.length && beginsWith(magic, start)),
  )
}

function beginsWith(bytes: ArrayLike<number>, start: ArrayLike<number>): boolean {
  return start.length <= bytes.length && Array.from(start).every((byte, at) => byte === bytes[at])
}

async function* unpackedBy(
  packing: Packing,
  pieces: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces
  } catch (error) {
    if (!(error instanceof Damage)) throw error
    throw new UserError(
      `${name}: the ${packing} data ${error.message} after ${error.at} bytes; copy the file ` +
        `again, or convert what is left of it with ${packing} -dc FILE | fgraph convert`,
    )
  }
}
