import { createGunzip, type Gunzip } from 'node:zlib'
import { UserError } from '../base/user-error.js'

const CHUNK = 256 * 1024

/**
 * Unpacks gzip, known by its first two bytes, and passes on everything else as it is. `name` is for
 * the message about gzip data that is damaged.
 */
export async function* gunzipped(
  blocks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const source = blocks[Symbol.asyncIterator]()
  try {
    const start = await firstBytes(source)
    if (start[0] === 0x1f && start[1] === 0x8b) yield* unpacked(start, source, name)
    else yield* plain(start, source)
  } finally {
    // Not awaited: where the source waits for bytes, nobody waits for it any more.
    void source.return?.()
  }
}

/** The first block, or more where that is needed to hold two bytes. */
async function firstBytes(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array(0)
  while (start.length < 2) {
    const { done, value } = await source.next()
    if (done) break
    start = start.length === 0 && value.length > 1 ? value : Buffer.concat([start, value])
  }
  return start
}

async function* plain(
  start: Uint8Array,
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (start.length > 0) yield start
  for (;;) {
    const { done, value } = await source.next()
    if (done) return
    yield value
  }
}

async function* unpacked(
  start: Uint8Array,
  source: AsyncIterator<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK })
  let failure: unknown
  gunzip.on('error', error => {
    failure = error
  })
  feed(gunzip, start, source).catch(error => gunzip.destroy(error))
  try {
    // Not `for await` over the stream: that forgets what the stream holds when an error comes.
    for (;;) {
      const chunk: Uint8Array | null = gunzip.read()
      if (chunk) yield chunk
      else if (failure !== undefined) throw damage(name, failure, gunzip)
      else if (gunzip.readableEnded) return
      else await change(gunzip)
    }
  } finally {
    gunzip.destroy()
  }
}

/** Each block is used up before the next one is asked for, as its source may want it back. */
async function feed(
  gunzip: Gunzip,
  start: Uint8Array,
  source: AsyncIterator<Uint8Array>,
): Promise<void> {
  for await (const block of plain(start, source)) {
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

function damage(name: string, error: unknown, gunzip: Gunzip): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (!code?.startsWith('Z_')) return error
  const what = code === 'Z_BUF_ERROR' ? 'ends too early' : 'is damaged'
  return new UserError(
    `${name}: the gzip data ${what} after ${gunzip.bytesWritten} bytes; copy the file again, ` +
      'or convert what is left of it with gzip -dc FILE | fgraph convert',
  )
}
