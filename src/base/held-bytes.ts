import { LF } from './ascii.js'

/** Bytes from chunks of any size, held until somebody has read them. */
export class HeldBytes {
  readonly #slack: number
  readonly #room: (size: number) => Uint8Array
  #bytes: Uint8Array
  #length = 0

  /**
   * Behind the bytes held there are always `slack` bytes more, whatever is in them. `room` gives the
   * place for so many bytes, with those that are held in the place before.
   */
  constructor(slack: number, room: (size: number) => Uint8Array = roomAnywhere()) {
    this.#slack = slack
    this.#room = room
    this.#bytes = room(64 * 1024)
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
      this.#bytes = this.#room(Math.max(length + this.#slack, this.#bytes.length * 2))
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

function roomAnywhere(): (size: number) => Uint8Array {
  let bytes = new Uint8Array(0)
  return size => {
    const larger = new Uint8Array(size)
    larger.set(bytes)
    bytes = larger
    return larger
  }
}
