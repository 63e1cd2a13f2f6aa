import type { BlockStore } from './block-store.js'

/** Blocks double from here on, so that a short log takes little memory. */
const FIRST_BLOCK = 128
const LARGEST_BLOCK = 32 * 1024
/** Bytes of the largest integer, 2^53. */
const LONGEST = 8

/**
 * A list of integers from 0 to 2^53 that only grows. Most are small, so they are varints: seven bits
 * to a byte, the lowest first. Full blocks go to a store.
 */
export class VarintLog {
  readonly #store: BlockStore
  readonly #full: number[] = []
  #block = new Uint8Array(FIRST_BLOCK)
  #at = 0
  /** Bytes in full blocks. */
  #before = 0

  constructor(store: BlockStore) {
    this.#store = store
  }

  /** In bytes. */
  get length(): number {
    return this.#before + this.#at
  }

  write(value: number): void {
    if (this.#at + LONGEST > this.#block.length) this.#begin(LONGEST)
    const block = this.#block
    let at = this.#at
    let rest = value
    // Bit operations are only right, and much faster, within 31 bits.
    while (rest > 0x7fffffff) {
      block[at++] = (rest % 0x80) + 0x80
      rest = Math.floor(rest / 0x80)
    }
    let small = rest | 0
    while (small > 0x7f) {
      block[at++] = (small & 0x7f) | 0x80
      small >>= 7
    }
    block[at++] = small
    this.#at = at
  }

  /** Appends encoded values, in one block. */
  append(bytes: Uint8Array): void {
    if (this.#at + bytes.length > this.#block.length) this.#begin(bytes.length)
    this.#block.set(bytes, this.#at)
    this.#at += bytes.length
  }

  /** Everything written so far. No value crosses from one block into the next. */
  *blocks(): Generator<Uint8Array> {
    for (const number of this.#full) yield this.#store.get(number)
    yield this.#block.subarray(0, this.#at)
  }

  #begin(length: number): void {
    this.#before += this.#at
    this.#full.push(this.#store.add(this.#block.subarray(0, this.#at)))
    const size = Math.min(this.#block.length * 2, LARGEST_BLOCK)
    this.#block = new Uint8Array(Math.max(size, length))
    this.#at = 0
  }
}

/** Reads what a log has written, from its blocks or from all of them in one piece. */
export class VarintReader {
  readonly #blocks: Iterator<Uint8Array>
  #block: Uint8Array = new Uint8Array(0)
  #at = 0

  constructor(blocks: Iterable<Uint8Array>) {
    this.#blocks = blocks[Symbol.iterator]()
  }

  /** Whether there are values left. */
  get more(): boolean {
    return this.#at < this.#block.length || this.#next()
  }

  read(): number {
    if (this.#at === this.#block.length) this.#next()
    const block = this.#block
    let byte = block[this.#at++]
    if (byte < 0x80) return byte
    let value = 0
    let scale = 1
    while (byte >= 0x80) {
      value += (byte - 0x80) * scale
      scale *= 0x80
      byte = block[this.#at++]
    }
    return value + byte * scale
  }

  #next(): boolean {
    const { done, value } = this.#blocks.next()
    if (done) return false
    this.#block = value
    this.#at = 0
    return value.length > 0 || this.#next()
  }
}

/** -1, 1, -2, 2 ... as 1, 2, 3, 4 ... */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
