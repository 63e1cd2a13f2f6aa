import { Transform } from 'node:stream'
import { createGzip, gzipSync } from 'node:zlib'

/** How an output is compressed. */
export type Compression = 'gzip' | 'zstd'

const endings: Readonly<Record<Compression, string>> = { gzip: '.gz', zstd: '.zst' }

/** The compression that the ending of a file name asks for: `.gz` or `.zst`. */
export function compressionOf(fileName: string): Compression | undefined {
  const name = fileName.toLowerCase()
  return (Object.keys(endings) as Compression[]).find(key => name.endsWith(endings[key]))
}

/** A file name without the ending of its compression: `a.json.gz` is `a.json`. */
export function uncompressedName(fileName: string): string {
  const compression = compressionOf(fileName)
  return compression ? fileName.slice(0, -endings[compression].length) : fileName
}

/** With its default chunks of 16 KiB, zlib would wait for this thread too often. */
const GZIP = { level: 4, chunkSize: 256 * 1024 }

/** A stream from plain to compressed bytes. */
export function compressor(compression: Compression): Transform {
  return compression === 'gzip' ? createGzip(GZIP) : zstdFrames()
}

/** Compresses in one go with zlib, which takes a tenth of the time that pako takes. */
export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, GZIP)
}

const FRAME = 4 * 1024 * 1024

/**
 * The library has one stream for a whole process, and outputs can be several: each block becomes a
 * frame of its own. Frames in a row are one zstd file (RFC 8878, 3).
 */
function zstdFrames(): Transform {
  const block = new Uint8Array(FRAME)
  let length = 0
  let frame: (bytes: Uint8Array) => Uint8Array
  return new Transform({
    construct(done) {
      import('@hpcc-js/wasm-zstd')
        .then(({ Zstd }) => Zstd.load())
        .then(zstd => {
          frame = bytes => zstd.compress(bytes)
          done()
        }, done)
    },
    transform(chunk: Uint8Array, _encoding, done) {
      for (let from = 0; from < chunk.length; ) {
        const part = chunk.subarray(from, from + FRAME - length)
        block.set(part, length)
        length += part.length
        from += part.length
        if (length < FRAME) break
        this.push(frame(block))
        length = 0
      }
      done()
    },
    flush(done) {
      // An empty file is one empty frame.
      this.push(frame(block.subarray(0, length)))
      done()
    },
  })
}
