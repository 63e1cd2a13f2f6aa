import { UserError } from '../../base/user-error.js'

/** Unpacks a block into so many bytes; undefined if it is damaged. */
export type Unpack = (packed: Uint8Array, size: number) => Uint8Array | undefined

/** No block that trace-cmd writes is larger: kallsyms and BTF are, with some 20 MB, the largest. */
const LARGEST_BLOCK = 256 * 2 ** 20

/** How a recording is compressed, by the name that stands in it. Throws a UserError for others. */
export async function unpackerOf(name: string): Promise<Unpack | undefined> {
  if (name === 'none') return undefined
  if (name === 'zlib') {
    const { inflate } = await import('pako')
    return guarded(packed => inflate(packed))
  }
  if (name === 'zstd') {
    const { ZSTDDecoder } = await import('zstddec')
    const decoder = new ZSTDDecoder()
    await decoder.init()
    return guarded((packed, size) => decoder.decode(packed, size))
  }
  const known = /^[\w.-]{1,20}$/.test(name) ? `'${name}'` : 'something unknown'
  throw new UserError(
    `the recording is compressed with ${known}, which fgraph cannot read; print it with trace-cmd report`,
  )
}

/** The libraries throw, or return too little, where a block is damaged. */
function guarded(unpack: (packed: Uint8Array, size: number) => Uint8Array): Unpack {
  return (packed, size) => {
    if (size === 0 || size > LARGEST_BLOCK) return undefined
    try {
      const bytes = unpack(packed, size)
      return bytes.length === size ? bytes : undefined
    } catch {
      return undefined
    }
  }
}
