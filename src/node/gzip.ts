import { gzipSync } from 'node:zlib'

/** With its default chunks of 16 KiB, zlib would wait for this thread too often. */
export const GZIP = { level: 4, chunkSize: 256 * 1024 }

/** Compresses in one go with zlib, which takes a tenth of the time that pako takes. */
export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, GZIP)
}
