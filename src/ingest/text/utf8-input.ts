/** As many bytes tell how a text is encoded. */
const TELLING = 4

/**
 * Text as UTF-8, whatever it comes in: UTF-16 with a byte order mark, or without one where the
 * first characters are ASCII. A byte order mark is left out. Other bytes pass as they are.
 */
export class Utf8Input {
  #start: Uint8Array | undefined = new Uint8Array(0)
  #decoder: TextDecoder | undefined

  push(chunk: Uint8Array): Uint8Array {
    if (this.#start === undefined) return this.#decode(chunk, false)
    const start = joined(this.#start, chunk)
    this.#start = start
    return start.length < TELLING ? start.subarray(0, 0) : this.#begin(start)
  }

  /** Hands out the rest where a text ends; another text may follow. */
  end(): Uint8Array {
    const rest = this.#start ? this.#begin(this.#start) : new Uint8Array(0)
    const last = this.#decode(new Uint8Array(0), true)
    this.#start = new Uint8Array(0)
    this.#decoder = undefined
    return joined(rest, last)
  }

  #begin(start: Uint8Array): Uint8Array {
    const [encoding, mark] = encodingOf(start)
    if (encoding !== 'utf-8') this.#decoder = new TextDecoder(encoding, { ignoreBOM: true })
    this.#start = undefined
    return this.#decode(start.subarray(mark), false)
  }

  #decode(bytes: Uint8Array, isEnd: boolean): Uint8Array {
    if (!this.#decoder) return bytes
    return new TextEncoder().encode(this.#decoder.decode(bytes, { stream: !isEnd }))
  }
}

/** The encoding of a text that starts like this, and the length of its byte order mark. */
function encodingOf(start: Uint8Array): ['utf-8' | 'utf-16le' | 'utf-16be', number] {
  const [a, b, c, d] = start
  if (a === 0xff && b === 0xfe) return ['utf-16le', 2]
  if (a === 0xfe && b === 0xff) return ['utf-16be', 2]
  if (a === 0xef && b === 0xbb && c === 0xbf) return ['utf-8', 3]
  if (a && b === 0 && c && d === 0) return ['utf-16le', 0]
  if (a === 0 && b && c === 0 && d) return ['utf-16be', 0]
  return ['utf-8', 0]
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
