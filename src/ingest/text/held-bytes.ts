import { LF } from '../../base/ascii.js'

/** Bytes from chunks of any size, held in one place until somebody has read them. */
export class HeldBytes {
  /** The bytes held are the first `length` of these. */
  readonly bytes: Uint8Array
  #length = 0

  /** `bytes` is the place; a `push` throws a RangeError if there is no room for it. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get length(): number {
    return this.#length
  }

  /** Where the last whole line ends: behind its line feed, or 0. */
  lineEnd(): number {
    return this.bytes.subarray(0, this.#length).lastIndexOf(LF) + 1
  }

  push(chunk: Uint8Array): void {
    this.bytes.set(chunk, this.#length)
    this.#length += chunk.length
  }

  /** Forgets the first bytes. */
  drop(count: number): void {
    this.bytes.copyWithin(0, count, this.#length)
    this.#length -= count
  }
}
