/** Bytes that come in chunks. */

/** All chunks as one. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

/** The chunks of an iterator whose first ones were taken to look at them: `start` has their bytes. */
export async function* withStart(
  start: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (start.length > 0) yield start
  for (;;) {
    const { done, value } = await rest.next()
    if (done) return
    yield value
  }
}
