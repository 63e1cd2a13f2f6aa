import { createGunzip, type Gunzip } from 'node:zlib'
import { DAMAGED, Damage, TRUNCATED } from '../../unpack/unpacker.js'

const PIECE = 256 * 1024

/** Unpacks gzip with any number of members, on the threads of zlib. Throws `Damage`. */
export async function* gunzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: PIECE })
  let failure: unknown
  gunzip.on('error', error => {
    failure = error
  })
  feed(gunzip, source).catch(error => gunzip.destroy(error))
  try {
    // Not `for await` over the stream: on an error that drops what the stream has buffered.
    for (;;) {
      const piece: Uint8Array | null = gunzip.read()
      if (piece) yield piece
      else if (failure !== undefined) throw damage(failure, gunzip)
      else if (gunzip.readableEnded) return
      else await change(gunzip)
    }
  } finally {
    gunzip.destroy()
  }
}

/** Uses up each block before it asks for the next one, because the source may reuse its memory. */
async function feed(gunzip: Gunzip, source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const block of source) {
    await new Promise<void>((resolve, reject) => {
      gunzip.write(block, error => (error ? reject(error) : resolve()))
    })
  }
  gunzip.end()
}

function change(gunzip: Gunzip): Promise<void> {
  return new Promise(resolve => {
    const changed = () => {
      for (const event of CHANGES) gunzip.off(event, changed)
      resolve()
    }
    for (const event of CHANGES) gunzip.on(event, changed)
  })
}

const CHANGES = ['readable', 'end', 'error', 'close'] as const

function damage(error: unknown, gunzip: Gunzip): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (!code?.startsWith('Z_')) return error
  return new Damage(code === 'Z_BUF_ERROR' ? TRUNCATED : DAMAGED, gunzip.bytesWritten)
}
