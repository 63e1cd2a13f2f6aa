/**
 * Decodes LZMA2, the coding of .xz files: chunks of at most 2 MiB, plain or coded with LZMA
 * (7-zip.org/sdk.html, "LZMA specification"; the chunks are told of in the source of XZ Utils).
 *
 * A chunk is decoded as a whole, so nothing is put aside in the middle of a symbol. What was decoded
 * lies in one window that matches are copied within; when it is full, as much of it as matches may
 * reach back to moves to its front.
 */

/** No chunk decodes to more. */
const LONGEST_CHUNK = 2 * 1024 * 1024
/** With the sizes and the properties. */
export const LONGEST_CHUNK_HEADER = 6

const STATES = 12
const FIRST_STATE_AFTER_MATCH = 7
const POSITIONS = 16
/** For so few bytes a call costs more than it saves; for the rest it saves a third of all time. */
const COPIED_BYTEWISE = 24
/** Probabilities are of 2048. */
const EVEN = 1024

// Where the probabilities of each decision begin in the one array of them.
const IS_MATCH = 0
const IS_REP = IS_MATCH + STATES * POSITIONS
const IS_REP_1_TO_3 = IS_REP + STATES
const IS_REP_2_OR_3 = IS_REP_1_TO_3 + STATES
const IS_REP_3 = IS_REP_2_OR_3 + STATES
const IS_LONG_REP_0 = IS_REP_3 + STATES
const SLOT = IS_LONG_REP_0 + STATES * POSITIONS
const MIDDLE_DISTANCE = SLOT + 4 * 64
const ALIGNMENT = MIDDLE_DISTANCE + 128
const MATCH_LENGTH = ALIGNMENT + 16
const REP_LENGTH = MATCH_LENGTH + 2 + 2 * POSITIONS * 8 + 256
const LITERAL = REP_LENGTH + 2 + 2 * POSITIONS * 8 + 256
const PROBABILITIES = LITERAL + 16 * 0x300

// Within those of lengths, behind two choices: lengths from 2, from 10, and from 18 on.
const SHORT = 2
const MEDIUM = SHORT + POSITIONS * 8
const LONG = MEDIUM + POSITIONS * 8

/** What a chunk says of itself. */
export interface ChunkHeader {
  readonly control: number
  /** How long the header is, and what stands behind it. */
  readonly headerSize: number
  readonly size: number
}

/** Undefined where the control byte ends the chunks. `bytes` hold a longest header. */
export function chunkHeader(bytes: Uint8Array): ChunkHeader | undefined {
  const control = bytes[0] as number
  if (control === 0) return undefined
  if (control < 0x80) return { control, headerSize: 3, size: word(bytes, 1) + 1 }
  return { control, headerSize: control < 0xc0 ? 5 : 6, size: word(bytes, 3) + 1 }
}

export class Lzma2 {
  /** How far matches go back. */
  readonly reach: number
  readonly #window: Uint8Array
  /** Up to where the window is filled, and since where it is of this dictionary. */
  #end = 0
  #start = 0
  /** Since the dictionary began: contexts count from there. */
  #position = 0
  #needsDictionary = true
  #needsProperties = true

  readonly #probabilities = new Uint16Array(PROBABILITIES)
  #state = 0
  /** The last four distances, less one. */
  #rep0 = 0
  #rep1 = 0
  #rep2 = 0
  #rep3 = 0
  #literalBits = 0
  #literalMask = 0
  #positionMask = 0

  /** The range coder: two integers of 32 bits, and what it reads. */
  #range = 0
  #code = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0

  constructor(reach: number) {
    this.reach = reach
    this.#window = new Uint8Array(reach + Math.max(reach >> 1, LONGEST_CHUNK) + LONGEST_CHUNK)
  }

  /** What comes now has nothing to do with what was. */
  restart(): void {
    this.#needsDictionary = true
  }

  /** What a chunk holds, valid until the next one; undefined if it is damaged. `bytes` are all of it. */
  decode(bytes: Uint8Array, { control, headerSize }: ChunkHeader): Uint8Array | undefined {
    if (this.#end + LONGEST_CHUNK > this.#window.length) this.#slide()
    const begin = this.#end
    if (control === 1 || control >= 0xe0) this.#resetDictionary()
    if (this.#needsDictionary) return undefined
    const body = bytes.subarray(headerSize)
    if (control < 0x80) {
      if (control > 2) return undefined
      this.#window.set(body, begin)
      this.#end += body.length
    } else {
      if (control >= 0xc0 && !this.#setProperties(bytes[headerSize - 1] as number)) return undefined
      if (this.#needsProperties) return undefined
      if (control >= 0xa0) this.#resetState()
      const length = ((control & 0x1f) << 16) + word(bytes, 1) + 1
      if (!this.#decodeSymbols(body, begin + length)) return undefined
    }
    this.#position += this.#end - begin
    return this.#window.subarray(begin, this.#end)
  }

  #slide(): void {
    const from = Math.max(this.#end - this.reach, this.#start)
    this.#window.copyWithin(0, from, this.#end)
    this.#end -= from
    this.#start = 0
  }

  #resetDictionary(): void {
    this.#start = this.#end
    this.#position = 0
    this.#needsDictionary = false
    this.#needsProperties = true
  }

  #setProperties(byte: number): boolean {
    const literalBits = byte % 9
    const literalPositionBits = Math.floor(byte / 9) % 5
    const positionBits = Math.floor(byte / 45)
    if (positionBits > 4 || literalBits + literalPositionBits > 4) return false
    this.#literalBits = literalBits
    this.#literalMask = (1 << literalPositionBits) - 1
    this.#positionMask = (1 << positionBits) - 1
    this.#needsProperties = false
    return true
  }

  #resetState(): void {
    this.#probabilities.fill(EVEN)
    this.#state = 0
    this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0
  }

  /** Whether the bytes decode to just what fills the window up to `end`. */
  #decodeSymbols(bytes: Uint8Array, end: number): boolean {
    if (bytes.length < 5 || bytes[0] !== 0) return false
    this.#bytes = bytes
    this.#range = -1
    this.#code = (word(bytes, 1) << 16) | word(bytes, 3)
    this.#at = 5
    const window = this.#window
    const aligned = this.#position - this.#end
    while (this.#end < end) {
      const position = (this.#end + aligned) & this.#positionMask
      if (this.#bit(IS_MATCH + this.#state * POSITIONS + position) === 0) {
        this.#literal(aligned)
        continue
      }
      const length = this.#match(position)
      const distance = this.#rep0 + 1
      let to = this.#end
      let from = to - distance
      const stop = to + length
      if (distance <= 0 || from < this.#start || stop > end) return false
      this.#end = stop
      if (length > COPIED_BYTEWISE && distance >= length) window.copyWithin(to, from, from + length)
      else while (to < stop) window[to++] = window[from++] as number
    }
    return this.#code === 0 && this.#at === bytes.length
  }

  #literal(aligned: number): void {
    const window = this.#window
    const end = this.#end
    const before = end > this.#start ? (window[end - 1] as number) : 0
    const context =
      (((end + aligned) & this.#literalMask) << this.#literalBits) +
      (before >> (8 - this.#literalBits))
    const base = LITERAL + 0x300 * context
    let symbol = 1
    if (this.#state >= FIRST_STATE_AFTER_MATCH) {
      // What a match would have brought is likely to be wrong in its last bits only.
      let expected = window[end - this.#rep0 - 1] as number
      let matching = 0x100
      while (symbol < 0x100) {
        expected <<= 1
        const expectedBit = expected & matching
        const bit = this.#bit(base + matching + expectedBit + symbol)
        symbol = (symbol << 1) | bit
        matching = bit === 0 ? matching & ~expectedBit : expectedBit
      }
    } else {
      while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(base + symbol)
    }
    window[end] = symbol
    this.#end = end + 1
    const state = this.#state
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6
  }

  /** Its length; its distance becomes the first of the last ones. */
  #match(position: number): number {
    const state = this.#state
    if (this.#bit(IS_REP + state) === 0) {
      this.#rep3 = this.#rep2
      this.#rep2 = this.#rep1
      this.#rep1 = this.#rep0
      this.#state = state < FIRST_STATE_AFTER_MATCH ? 7 : 10
      const length = this.#length(MATCH_LENGTH, position)
      this.#rep0 = this.#distance(length)
      return length
    }
    if (this.#bit(IS_REP_1_TO_3 + state) === 0) {
      if (this.#bit(IS_LONG_REP_0 + state * POSITIONS + position) === 0) {
        this.#state = state < FIRST_STATE_AFTER_MATCH ? 9 : 11
        return 1
      }
    } else {
      let distance = this.#rep1
      if (this.#bit(IS_REP_2_OR_3 + state) === 1) {
        distance = this.#rep2
        if (this.#bit(IS_REP_3 + state) === 1) {
          distance = this.#rep3
          this.#rep3 = this.#rep2
        }
        this.#rep2 = this.#rep1
      }
      this.#rep1 = this.#rep0
      this.#rep0 = distance
    }
    this.#state = state < FIRST_STATE_AFTER_MATCH ? 8 : 11
    return this.#length(REP_LENGTH, position)
  }

  #length(base: number, position: number): number {
    if (this.#bit(base) === 0) return 2 + this.#tree(base + SHORT + position * 8, 8)
    if (this.#bit(base + 1) === 0) return 10 + this.#tree(base + MEDIUM + position * 8, 8)
    return 18 + this.#tree(base + LONG, 256)
  }

  /** Less one. */
  #distance(length: number): number {
    const slot = this.#tree(SLOT + Math.min(length - 2, 3) * 64, 64)
    if (slot < 4) return slot
    const bits = (slot >> 1) - 1
    const high = (2 | (slot & 1)) << bits
    if (slot < 14) return high + this.#reverseTree(MIDDLE_DISTANCE + high - slot, bits)
    const middle = this.#evenBits(bits - 4) << 4
    return high + middle + this.#reverseTree(ALIGNMENT, 4)
  }

  #tree(base: number, size: number): number {
    let node = 1
    while (node < size) node = (node << 1) | this.#bit(base + node)
    return node - size
  }

  /** The lowest bit first. */
  #reverseTree(base: number, bits: number): number {
    let node = 1
    let value = 0
    for (let index = 0; index < bits; index++) {
      const bit = this.#bit(base + node)
      node = (node << 1) | bit
      value |= bit << index
    }
    return value
  }

  /** Bits that are as likely 0 as 1. */
  #evenBits(count: number): number {
    let value = 0
    for (let left = count; left > 0; left--) {
      this.#range >>>= 1
      const isOne = this.#code >>> 0 >= this.#range
      if (isOne) this.#code = (this.#code - this.#range) | 0
      value = (value << 1) | (isOne ? 1 : 0)
      this.#refill()
    }
    return value
  }

  #bit(index: number): 0 | 1 {
    const probability = this.#probabilities[index] as number
    const bound = Math.imul(this.#range >>> 11, probability)
    if (this.#code >>> 0 < bound >>> 0) {
      this.#range = bound
      this.#probabilities[index] = probability + ((2048 - probability) >> 5)
      this.#refill()
      return 0
    }
    this.#range = (this.#range - bound) | 0
    this.#code = (this.#code - bound) | 0
    this.#probabilities[index] = probability - (probability >> 5)
    this.#refill()
    return 1
  }

  #refill(): void {
    if (this.#range >>> 24 !== 0) return
    this.#range <<= 8
    this.#code = (this.#code << 8) | (this.#bytes[this.#at++] as number)
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}
