import { LF } from './ascii.js'

/** Bytes from chunks of any size, held until somebody has read them. */
export class HeldBytes {
  readonly #slack: number
  #bytes: Uint8Array
  #length = 0

  /** Behind the bytes held there are always `slack` bytes more, whatever is in them. */
  constructor(slack: number) {
    this.#slack = slack
    this.#bytes = new Uint8Array(64 * 1024)
  }

  /** The bytes held are the first `length` of these; a `push` may bring another array. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  get length(): number {
    return this.#length
  }

  /** Where the last whole line ends: behind its line feed, or 0. */
  lineEnd(): number {
    return this.#bytes.subarray(0, this.#length).lastIndexOf(LF) + 1
  }

  push(chunk: Uint8Array): void {
    const length = this.#length + chunk.length
    if (length + this.#slack > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length + this.#slack, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    this.#bytes.set(chunk, this.#length)
    this.#length = length
  }

  /** Forgets the first bytes. */
  drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.#length)
    this.#length -= count
  }
}
