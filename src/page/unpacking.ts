import type { Unpacking } from '../unpack/unpacked.js'
import { DAMAGED, Damage, TRUNCATED } from '../unpack/unpacker.js'
import { unpackedHere } from '../unpack/unpackers.js'

/** Unpacks on the thread that asks: gzip by the browser, the others as Node does. */
export const inBrowser: Unpacking = {
  gzip: gunzipped,
  zstd: source => unpackedHere('zstd', source),
  xz: source => unpackedHere('xz', source),
}

async function* gunzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let packed = 0
  const blocks = source[Symbol.asyncIterator]()
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await blocks.next()
      if (done) return controller.close()
      packed += value.length
      controller.enqueue(value.slice())
    },
  })
  const reader = stream.pipeThrough(new DecompressionStream('gzip')).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const isCut = (await blocks.next()).done === true
    throw new Damage(isCut ? TRUNCATED : DAMAGED, packed)
  }
}
