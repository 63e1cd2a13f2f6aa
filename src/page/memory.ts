/** How much memory a trace takes in the page, and what to say where there is none. */

/** Bytes of memory for a byte of text, measured with `npm run bench -- page`. */
const FOR_A_BYTE = 1
/** Packed text is about so many times as long when it is unpacked. */
const UNPACKED = 10
/** From here on the user is asked first. */
const MUCH = 1e9

/** The bytes that a page takes for files, as far as their sizes tell. */
export function memoryFor(files: readonly File[]): number {
  const bytes = files.map(({ name, size }) =>
    /\.(?:gz|zst|xz)$/.test(name) ? size * UNPACKED : size,
  )
  return bytes.reduce((sum, each) => sum + each, 0) * FOR_A_BYTE
}

export function isMuch(memory: number): boolean {
  return memory > MUCH
}

/** Whether a browser says with this that it has no more memory. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /alloc|memory|array (?:buffer )?length/i.test(error.message)
}

export const TOO_LARGE =
  'The browser has no memory for this trace. Keep a part of it with filters, or on the command line: ' +
  'fgraph convert -F tcp_* -o part.html'
