/** Takes finished blocks of output. The block belongs to the receiver from then on. */
export type ByteSink = (block: Uint8Array) => void

const BLOCK = 64 * 1024
const utf8 = new TextEncoder()
const ZERO = 0x30

/** Writes text and bytes into blocks of 64 KiB and hands each on when it is full. */
export class ByteWriter {
  readonly #out: ByteSink
  #block = new Uint8Array(BLOCK)
  #at = 0

  constructor(out: ByteSink) {
    this.#out = out
  }

  byte(value: number): void {
    if (this.#at === BLOCK) this.flush()
    this.#block[this.#at++] = value
  }

  /** Copies prepared bytes, such as an escaped name that is written again and again. */
  bytes(piece: Uint8Array): void {
    const length = piece.length
    if (this.#at + length > BLOCK) {
      this.flush()
      if (length > BLOCK) {
        this.#out(piece.slice())
        return
      }
    }
    const block = this.#block
    let at = this.#at
    // A loop of our own: for pieces of some forty bytes `set` costs more than it copies.
    for (let i = 0; i < length; i++) block[at++] = piece[i] as number
    this.#at = at
  }

  text(text: string): void {
    this.bytes(utf8.encode(text))
  }

  /** An integer from 0 to 2^53 in decimal. */
  integer(value: number): void {
    if (this.#at + 16 > BLOCK) this.flush()
    this.#digits(value, decimals(value))
  }

  /** Nanoseconds as microseconds, exactly and as short as they go: `12`, `12.345`. */
  micros(nanos: number): void {
    if (this.#at + 20 > BLOCK) this.flush()
    const whole = Math.floor(nanos / 1000)
    this.#digits(whole, decimals(whole))
    const rest = nanos - whole * 1000
    if (rest === 0) return
    this.#block[this.#at++] = 0x2e
    this.#digits(rest, 3)
  }

  flush(): void {
    if (this.#at === 0) return
    this.#out(this.#block.subarray(0, this.#at))
    this.#block = new Uint8Array(BLOCK)
    this.#at = 0
  }

  /** `count` digits, with leading zeros, into a block that has room for them. */
  #digits(value: number, count: number): void {
    const block = this.#block
    let at = this.#at + count
    this.#at = at
    let left = count
    let rest = value
    // Integer division is only fast, and only right, within 32 bits.
    while (left > 9) {
      const upper = Math.floor(rest / 1e9)
      let lower = (rest - upper * 1e9) | 0
      for (let i = 0; i < 9; i++) {
        const tenth = (lower / 10) | 0
        block[--at] = ZERO + lower - tenth * 10
        lower = tenth
      }
      rest = upper
      left -= 9
    }
    let lower = rest | 0
    for (; left > 0; left--) {
      const tenth = (lower / 10) | 0
      block[--at] = ZERO + lower - tenth * 10
      lower = tenth
    }
  }
}

function decimals(value: number): number {
  let count = 1
  let bound = 10
  while (value >= bound) {
    bound *= 10
    count++
  }
  return count
}
