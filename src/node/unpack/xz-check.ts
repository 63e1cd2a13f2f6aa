import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Crc64 } from './crc64.js'

/** Adds up what a block of an .xz file holds, to be compared with what stands behind it. */
export interface XzCheck {
  /** Bytes of the digest. */
  readonly size: number
  update(piece: Uint8Array): void
  /** Undefined where it is not known. */
  digest(): Uint8Array | undefined
}

/** Sizes for all checks that a file may name, be they in use or not. */
const sizes = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64]

const CRC32 = 1
const CRC64 = 4
const SHA256 = 10

/** `id` is a number from 0 to 15. */
export function xzCheck(id: number): XzCheck {
  const size = sizes[id] as number
  if (id === CRC32) {
    let sum = 0
    return {
      size,
      update: piece => {
        sum = crc32(piece, sum)
      },
      digest: () => uint32Bytes(sum),
    }
  }
  if (id === CRC64) {
    const sum = new Crc64()
    return { size, update: piece => sum.update(piece), digest: () => sum.digest() }
  }
  if (id === SHA256) {
    const hash = createHash('sha256')
    return { size, update: piece => hash.update(piece), digest: () => hash.digest() }
  }
  return { size, update() {}, digest: () => undefined }
}

/** The lowest byte first. */
export function uint32Bytes(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24)
}
