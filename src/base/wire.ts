import { anyBlock, BLOCK, type ByteSink } from './byte-writer.js'

const utf8 = new TextEncoder()

/** The longest piece, in bytes. */
const MOST = 32
/** The longest message of pieces: two of them, tags, a length, and a varint. */
const MOST_MESSAGE = 2 * MOST + 16

/** Some fields that are written again and again: copied four bytes at a time. */
export class WirePiece {
  readonly words: Int32Array
  readonly length: number

  constructor(write: (wire: WireWriter) => void) {
    let bytes = new Uint8Array(0)
    const wire = new WireWriter(block => {
      bytes = new Uint8Array(block)
    }, MOST)
    write(wire)
    wire.flush()
    this.length = bytes.length
    this.words = new Int32Array(Math.ceil(bytes.length / 4))
    for (let i = 0; i < bytes.length; i++) {
      this.words[i >> 2] = this.words[i >> 2] | (bytes[i] << ((i & 3) * 8))
    }
  }
}

function put(view: DataView, at: number, { words, length }: WirePiece): number {
  for (let i = 0; i < words.length; i++) view.setInt32(at + 4 * i, words[i], true)
  return at + length
}

/** The room for a text behind its tag: three bytes for each UTF-16 unit, and the length. */
export function textRoom(text: string): number {
  return text.length * 3 + 4
}

/**
 * Writes protobuf's wire format into blocks of 64 KiB and hands each on when it is full.
 * `room` comes before the fields it makes room for: they check nothing, and stay in one block.
 * A tag is a field's number, shifted, with its wire type; here it has one byte or two.
 *
 * https://protobuf.dev/programming-guides/encoding/
 */
export class WireWriter {
  readonly #out: ByteSink
  readonly #blockSize: number
  #block: Uint8Array
  #view: DataView
  #at = 0

  constructor(out: ByteSink, blockSize = BLOCK) {
    this.#out = out
    this.#blockSize = blockSize
    this.#block = new Uint8Array(blockSize)
    this.#view = new DataView(this.#block.buffer)
  }

  /** Makes room for `count` bytes: in a block of their own, if they are too many for one. */
  room(count: number): void {
    if (this.#at + count <= this.#block.length) return
    this.flush()
    if (count > this.#block.length) this.#start(count)
  }

  /** Writes up to three bytes beyond its length; make room for them. */
  piece(piece: WirePiece): void {
    this.#at = put(this.#view, this.#at, piece)
  }

  /**
   * A message of less than 128 bytes, at once: a varint field and pieces behind it, the tags of one
   * byte. Makes room for itself.
   */
  message(tag: number, field: number, value: number, first: WirePiece, second?: WirePiece): void {
    this.room(MOST_MESSAGE)
    const view = this.#view
    const begin = this.#at + 2
    view.setUint8(begin - 2, tag)
    view.setUint8(begin, field)
    let at = begin + 1
    if (value < 0x80) view.setUint8(at++, value)
    else if (value < 0x4000) {
      view.setUint16(at, (value & 0x7f) | 0x80 | ((value >> 7) << 8), true)
      at += 2
    } else {
      this.#at = at
      this.#long(value)
      at = this.#at
    }
    at = put(view, at, first)
    if (second) at = put(view, at, second)
    view.setUint8(begin - 1, at - begin)
    this.#at = at
  }

  /** A varint field: its tag and its value, an integer up to 2^53. */
  field(tag: number, value: number): void {
    this.#tag(tag)
    this.number(value)
  }

  /** A varint alone, as packed fields have them. */
  number(value: number): void {
    if (value < 0x80) this.#block[this.#at++] = value
    else this.#long(value)
  }

  /** A varint field of 64 bits, negative numbers as their two's complement. */
  big(tag: number, value: bigint): void {
    this.#tag(tag)
    let rest = BigInt.asUintN(64, value)
    for (; rest > 0x7fn; rest >>= 7n) this.#block[this.#at++] = Number(rest & 0x7fn) | 0x80
    this.#block[this.#at++] = Number(rest)
  }

  /** A string field; needs room for its tag and `textRoom`. */
  text(tag: number, text: string): void {
    const isShort = text.length * 3 < 0x80
    const begin = isShort ? this.open(tag) : this.openLong(tag)
    this.#characters(text)
    if (isShort) this.close(begin)
    else this.closeLong(begin)
  }

  /** Begins a nested message of less than 128 bytes; `close` takes what this returns. */
  open(tag: number): number {
    this.#tag(tag)
    return ++this.#at
  }

  close(begin: number): void {
    this.#block[begin - 1] = this.#at - begin
  }

  /** Begins a nested message of less than 2^28 bytes: its length takes four, however small it is. */
  openLong(tag: number): number {
    this.#tag(tag)
    this.#at += 4
    return this.#at
  }

  closeLong(begin: number): void {
    const length = this.#at - begin
    const block = this.#block
    block[begin - 4] = (length & 0x7f) | 0x80
    block[begin - 3] = ((length >>> 7) & 0x7f) | 0x80
    block[begin - 2] = ((length >>> 14) & 0x7f) | 0x80
    block[begin - 1] = length >>> 21
  }

  /** Copies a message that has been encoded elsewhere. */
  bytes(piece: Uint8Array): void {
    this.room(piece.length)
    this.#block.set(piece, this.#at)
    this.#at += piece.length
  }

  flush(): void {
    if (this.#at === 0) return
    this.#out(this.#block.subarray(0, this.#at))
    this.#start(this.#blockSize)
  }

  #start(size: number): void {
    this.#block = size === BLOCK ? anyBlock() : new Uint8Array(size)
    this.#view = new DataView(this.#block.buffer)
    this.#at = 0
  }

  #tag(tag: number): void {
    if (tag > 0x7f) {
      this.#block[this.#at++] = (tag & 0x7f) | 0x80
      this.#block[this.#at++] = tag >>> 7
    } else {
      this.#block[this.#at++] = tag
    }
  }

  /** Most names are short ASCII: there the encoder's call costs more than a loop. */
  #characters(text: string): void {
    const block = this.#block
    const begin = this.#at
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0x7f || i === 64) {
        this.#at = begin + utf8.encodeInto(text, block.subarray(begin)).written
        return
      }
      block[begin + i] = unit
    }
    this.#at = begin + text.length
  }

  /** At most eight bytes. */
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
