import type { ByteSink } from './byte-writer.js'

const BLOCK = 64 * 1024

/**
 * Writes protobuf's wire format into blocks of 64 KiB and hands each on when it is full.
 * `room` comes before the fields it makes room for: they check nothing, and stay in one block.
 *
 * https://protobuf.dev/programming-guides/encoding/
 */
export class WireWriter {
  readonly #out: ByteSink
  #block = new Uint8Array(BLOCK)
  #at = 0

  constructor(out: ByteSink) {
    this.#out = out
  }

  /** Makes room for `count` bytes, at most a block. */
  room(count: number): void {
    if (this.#at + count > BLOCK) this.flush()
  }

  /** A varint field: its tag, which is one byte, and its value. */
  field(tag: number, value: number): void {
    this.#block[this.#at++] = tag
    if (value < 0x80) this.#block[this.#at++] = value
    else this.#long(value)
  }

  /** Begins a nested message of less than 128 bytes; `close` takes what this returns. */
  open(tag: number): number {
    this.#block[this.#at] = tag
    this.#at += 2
    return this.#at
  }

  close(begin: number): void {
    this.#block[begin - 1] = this.#at - begin
  }

  /** Copies a message that has been encoded elsewhere. It may be larger than a block. */
  bytes(piece: Uint8Array): void {
    this.room(piece.length)
    if (piece.length > BLOCK) {
      // Not `slice`, which copies nothing where the piece is a Buffer.
      this.#out(new Uint8Array(piece))
      return
    }
    this.#block.set(piece, this.#at)
    this.#at += piece.length
  }

  flush(): void {
    if (this.#at === 0) return
    this.#out(this.#block.subarray(0, this.#at))
    this.#block = new Uint8Array(BLOCK)
    this.#at = 0
  }

  /** An integer up to 2^53: at most eight bytes. */
  #long(value: number): void {
    const block = this.#block
    let at = this.#at
    let rest = value
    // Bit operations are only right within 32 bits.
    while (rest > 0xffffffff) {
      block[at++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest > 0x7f) {
      block[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    block[at++] = rest
    this.#at = at
  }
}
