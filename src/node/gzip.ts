import { gzipSync } from 'node:zlib'

/** By default zlib gives out 16 KiB at a time, and waits for this thread each time. */
export const GZIP = { level: 4, chunkSize: 256 * 1024 }

/** Packs all at once, by zlib: in a tenth of the time that pako takes. */
export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, GZIP)
}
