/** Starts a worker from code that is gzipped, in base64. */
export async function startPacked(code: string): Promise<Worker> {
  const headers = { 'Content-Type': 'text/javascript' }
  const blob = await new Response(unpackedStream(code), { headers }).blob()
  const url = URL.createObjectURL(blob)
  const worker = new Worker(url)
  URL.revokeObjectURL(url)
  return worker
}

/** What a text holds: gzipped, in base64, in lines. */
export function unpackedStream(text: string): ReadableStream<Uint8Array> {
  const packed = Uint8Array.from(atob(text.replaceAll('\n', '')), char => char.charCodeAt(0))
  return new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
}
