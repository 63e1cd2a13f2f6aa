/** Takes finished blocks of output. The block belongs to the receiver from then on. */
export type ByteSink = (block: Uint8Array) => void

export const BLOCK = 64 * 1024
/** Written blocks, to be used again: new ones would pile up between two garbage collections. */
const spare: Uint8Array[] = []
const MOST_SPARE = 32

/** Takes back a block that its receiver no longer needs. */
export function recycle(block: Uint8Array): void {
  const { buffer } = block
  if (buffer.byteLength === BLOCK && spare.length < MOST_SPARE) spare.push(new Uint8Array(buffer))
}

/** A block of 64 KiB with arbitrary content. */
export function anyBlock(): Uint8Array {
  return spare.pop() ?? new Uint8Array(BLOCK)
}

const utf8 = new TextEncoder()
/** Texts up to this length are copied faster than they are encoded. */
const SHORT = 256
const ZERO = 0x30
const DOT = 0x2e

/** `000` to `999`, the first digit in the lowest byte. */
const TRIPLES = Int32Array.from({ length: 1000 }, (_, value) => {
  const [hundreds, tens, ones] = [Math.floor(value / 100), Math.floor(value / 10) % 10, value % 10]
  return (ZERO + hundreds) | ((ZERO + tens) << 8) | ((ZERO + ones) << 16)
})

/** `0000` to `9999`, likewise. */
const QUADS = Int32Array.from({ length: 10_000 }, (_, value) => {
  const ones = value % 10
  return TRIPLES[(value - ones) / 10] | ((ZERO + ones) << 24)
})

/** Writes text and bytes into blocks of 64 KiB and hands each on when it is full. */
export class ByteWriter {
  readonly #out: ByteSink
  #block = anyBlock()
  #view = new DataView(this.#block.buffer)
  #at = 0
  /** The milliseconds of the last time; its digits are kept below. */
  #millis = 0
  #millisLength = 0
  readonly #millisDigits = new DataView(new ArrayBuffer(16))

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
    const at = this.#at
    // For short pieces a call of `set` costs more than the copying.
    if (length > 64) block.set(piece, at)
    else for (let i = 0; i < length; i++) block[at + i] = piece[i]
    this.#at = at + length
  }

  text(text: string): void {
    if (text.length > SHORT || !this.#ascii(text)) this.bytes(utf8.encode(text))
  }

  /** Writes a text of ASCII alone; otherwise returns false. */
  #ascii(text: string): boolean {
    const { length } = text
    if (this.#at + length > BLOCK) this.flush()
    const block = this.#block
    const at = this.#at
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80) return false
      block[at + i] = code
    }
    this.#at = at + length
    return true
  }

  /**
   * An integer from 0 to 2^53 in decimal. Large ones are mostly nanoseconds, in the same
   * millisecond as the one before or the next, so the leading digits are kept.
   */
  integer(value: number): void {
    if (this.#at + 24 > BLOCK) this.flush()
    if (value < 1e6) {
      const count = decimals(value)
      writeDigits(this.#view, this.#at, value, count)
      this.#at += count
      return
    }
    const whole = Math.floor(value / 1e6)
    this.#writeMillis(whole)
    const rest = (value - whole * 1e6) | 0
    const micros = (rest / 1000) | 0
    this.#view.setInt32(this.#at, TRIPLES[micros], true)
    this.#view.setInt32(this.#at + 3, TRIPLES[rest - micros * 1000], true)
    this.#at += 6
  }

  /** `seconds` and `nanos` together, in nanoseconds: the sum may be more than a number holds. */
  nanos(nanos: number, seconds: number): void {
    if (seconds === 0) {
      this.integer(nanos)
      return
    }
    const whole = Math.floor(nanos / 1e9)
    this.integer(seconds + whole)
    if (this.#at + 9 > BLOCK) this.flush()
    writeDigits(this.#view, this.#at, nanos - whole * 1e9, 9)
    this.#at += 9
  }

  /** Nanoseconds plus `millis`, as milliseconds, exactly: `12`, `12.000345`. */
  millis(nanos: number, millis: number): void {
    const whole = Math.floor(nanos / 1e6)
    const rest = (nanos - whole * 1e6) | 0
    this.integer(whole + millis)
    if (rest === 0) return
    if (this.#at + 8 > BLOCK) this.flush()
    const micros = (rest / 1000) | 0
    this.#view.setInt32(this.#at, (TRIPLES[micros] << 8) | DOT, true)
    this.#view.setInt32(this.#at + 4, TRIPLES[rest - micros * 1000], true)
    this.#at += 7
  }

  flush(): void {
    if (this.#at === 0) return
    this.#out(this.#block.subarray(0, this.#at))
    this.#block = anyBlock()
    this.#view = new DataView(this.#block.buffer)
    this.#at = 0
  }

  /** Copies sixteen bytes at once; only the digits count. */
  #writeMillis(millis: number): void {
    const digits = this.#millisDigits
    if (millis !== this.#millis) {
      this.#millis = millis
      this.#millisLength = decimals(millis)
      writeDigits(digits, 0, millis, this.#millisLength)
    }
    this.#view.setFloat64(this.#at, digits.getFloat64(0, true), true)
    this.#view.setFloat64(this.#at + 8, digits.getFloat64(8, true), true)
    this.#at += this.#millisLength
  }
}

/** The last `count` digits, with leading zeros. */
function writeDigits(view: DataView, start: number, value: number, count: number): void {
  let at = start + count
  let left = count
  let rest = value
  // Integer division is only fast, and only right, within 32 bits.
  while (left > 8) {
    const upper = Math.floor(rest / 1e8)
    const lower = (rest - upper * 1e8) | 0
    const high = (lower / 10_000) | 0
    view.setInt32(at - 8, QUADS[high], true)
    view.setInt32(at - 4, QUADS[lower - high * 10_000], true)
    rest = upper
    left -= 8
    at -= 8
  }
  let lower = rest | 0
  if (left > 4) {
    const high = (lower / 10_000) | 0
    view.setInt32(at - 4, QUADS[lower - high * 10_000], true)
    lower = high
    left -= 4
    at -= 4
  }
  for (; left > 0; left--) {
    const tenth = (lower / 10) | 0
    view.setUint8(--at, ZERO + lower - tenth * 10)
    lower = tenth
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
