/** The door of unpacking: recognises gzip, zstd and xz, and turns them into text. */
import { withStart } from '../../base/chunks.js'
import { UserError } from '../../base/user-error.js'
import { unpackedApart } from './apart.js'
import { gunzipped } from './gzip.js'
import { Damage } from './unpacker.js'

/** A format of packed data. */
interface Packing {
  /** The name of the format and of its command. */
  readonly name: string
  /** The first bytes of packed data: one of these. */
  readonly magics: readonly (readonly number[])[]
  /** Throws `Damage`. */
  unpack(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
}

const packings: readonly Packing[] = [
  { name: 'gzip', magics: [[0x1f, 0x8b]], unpack: gunzipped },
  {
    name: 'zstd',
    magics: [
      [0x28, 0xb5, 0x2f, 0xfd],
      // Skippable frames, which parallel and seekable packers write first.
      ...Array.from({ length: 16 }, (_, kind) => [0x50 + kind, 0x2a, 0x4d, 0x18]),
    ],
    unpack: source => unpackedApart('zstd', source),
  },
  {
    name: 'xz',
    magics: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
    unpack: source => unpackedApart('xz', source),
  },
]

/**
 * Recognises gzip, zstd and xz by their first bytes and unpacks them on another thread. Passes on
 * everything else unchanged. `name` is for messages about damaged data.
 */
export async function* unpacked(
  blocks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const source = blocks[Symbol.asyncIterator]()
  try {
    const start = await firstBytes(source)
    const text = withStart(start, source)
    const packing = packings.find(({ magics }) => magics.some(magic => beginsWith(start, magic)))
    yield* packing ? unpackedBy(packing, text, name) : text
  } finally {
    // Not awaited: the source may be waiting for bytes that nobody needs any more.
    void source.return?.()
  }
}

/** The first block, or more if it is too short to tell how the data are packed. */
async function firstBytes(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array(0)
  while (isUndecided(start)) {
    const { done, value } = await source.next()
    if (done) break
    start = start.length === 0 && !isUndecided(value) ? value : Buffer.concat([start, value])
  }
  return start
}

function isUndecided(start: Uint8Array): boolean {
  return packings.some(({ magics }) =>
    magics.some(magic => start.length < magic.length && beginsWith(magic, start)),
  )
}

function beginsWith(bytes: ArrayLike<number>, start: ArrayLike<number>): boolean {
  return start.length <= bytes.length && Array.from(start).every((byte, at) => byte === bytes[at])
}

async function* unpackedBy(
  packing: Packing,
  source: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* packing.unpack(source)
  } catch (error) {
    if (!(error instanceof Damage)) throw error
    throw new UserError(
      `${name}: the ${packing.name} data ${error.message} after ${error.at} bytes; copy the file ` +
        `again, or convert what is left of it with ${packing.name} -dc FILE | fgraph convert`,
    )
  }
}
