/**
 * Unpacks .xz (tukaani.org/xz/xz-file-format.txt, 1.2.1): streams one after another, each of blocks of
 * LZMA2. What stands in them is checked as far as its check is known; the index is checked for itself,
 * its sizes are not compared with those of the blocks.
 */
import { crc32 } from 'node:zlib'
import { HeldBytes } from '../../base/held-bytes.js'
import { chunkHeader, LONGEST_CHUNK_HEADER, Lzma2 } from './lzma2.js'
import { DAMAGED, Damage, TRUNCATED, type Unpacker } from './unpacker.js'
import { uint32Bytes, type XzCheck, xzCheck } from './xz-check.js'

const MAGIC = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)
const HEADER_SIZE = 12
const FOOTER_SIZE = 12
const LZMA2 = 0x21
/** xz itself asks for no more than 64 MiB, unless it is told to. */
const LARGEST_DICTIONARY = 1024 ** 3

/** Steps of reading: a piece, or undefined where more bytes are needed to go on. */
type Steps<T = void> = Generator<Uint8Array | undefined, T, void>

export class Xz implements Unpacker {
  readonly #held = new HeldBytes(0)
  readonly #steps = this.#streams()
  /** Kept from block to block, for its window is large. */
  #lzma: Lzma2 | undefined
  /** How many of the bytes held have been read, and how many before them. */
  #at = 0
  #before = 0
  #isBetweenStreams = true
  #indexSum = 0;

  *push(block: Uint8Array): Iterable<Uint8Array> {
    this.#held.drop(this.#at)
    this.#before += this.#at
    this.#at = 0
    this.#held.push(block)
    for (;;) {
      const piece = this.#steps.next().value
      if (!piece) return
      yield piece
    }
  }

  end(): void {
    const isEnd = this.#isBetweenStreams && this.#at === this.#held.length
    if (!isEnd) throw new Damage(TRUNCATED, this.#before + this.#held.length)
  }

  *#streams(): Steps<never> {
    for (;;) {
      this.#isBetweenStreams = true
      const padding = yield* this.#peek(4)
      if (padding.every(byte => byte === 0)) {
        this.#at += 4
        continue
      }
      this.#isBetweenStreams = false
      yield* this.#stream()
    }
  }

  *#stream(): Steps {
    const header = (yield* this.#take(HEADER_SIZE)).slice()
    const flags = header.subarray(6, 8)
    const isHeader =
      equal(header.subarray(0, 6), MAGIC) && equal(header.subarray(8), uint32Bytes(crc32(flags)))
    if (!isHeader || flags[0] !== 0 || (flags[1] as number) > 15) throw this.#damage()
    let blocks = 0
    for (; (yield* this.#peek(1))[0] !== 0; blocks++)
      yield* this.#block(xzCheck(flags[1] as number))
    yield* this.#index(blocks)
    const footer = yield* this.#take(FOOTER_SIZE)
    const isFooter =
      equal(footer.subarray(0, 4), uint32Bytes(crc32(footer.subarray(4, 10)))) &&
      equal(footer.subarray(8, 10), flags) &&
      footer[10] === 0x59 &&
      footer[11] === 0x5a
    if (!isFooter) throw this.#damage()
  }

  *#block(check: XzCheck): Steps {
    const size = ((yield* this.#peek(1))[0] as number) * 4 + 4
    const reach = this.#dictionarySize(yield* this.#take(size))
    if (this.#lzma?.reach !== reach) this.#lzma = new Lzma2(reach)
    const lzma = this.#lzma
    lzma.restart()
    const start = this.#before + this.#at
    for (;;) {
      const header = chunkHeader(yield* this.#peek(LONGEST_CHUNK_HEADER))
      if (!header) break
      const piece = lzma.decode(yield* this.#take(header.headerSize + header.size), header)
      if (!piece) throw this.#damage()
      check.update(piece)
      yield piece
    }
    this.#at++
    if ((yield* this.#take(this.#paddingSince(start))).some(byte => byte !== 0))
      throw this.#damage()
    const expected = yield* this.#take(check.size)
    const digest = check.digest()
    if (digest && !equal(digest, expected)) throw this.#damage()
  }

  /** How far matches of the block may reach back, which is all that its header says of use. */
  #dictionarySize(header: Uint8Array): number {
    const sum = uint32Bytes(crc32(header.subarray(0, -4)))
    if (!equal(sum, header.subarray(-4))) throw this.#damage()
    const flags = header[1] as number
    let at = 2
    for (const isSizeThere of [flags & 0x40, flags & 0x80]) {
      if (isSizeThere) while ((header[at++] as number) >= 0x80);
    }
    const isLzmaAlone = (flags & 0x3f) === 0 && header[at] === LZMA2 && header[at + 1] === 1
    if (!isLzmaAlone) throw this.#damage('is packed with a filter for programs')
    const exponent = header[at + 2] as number
    const size = (2 | (exponent & 1)) * 2 ** ((exponent >> 1) + 11)
    if (size > LARGEST_DICTIONARY) throw this.#damage('needs a dictionary of more than 1 GiB')
    return size
  }

  *#index(blocks: number): Steps {
    const start = this.#before + this.#at
    this.#indexSum = 0
    yield* this.#takeOfIndex(1)
    if ((yield* this.#number()) !== blocks) throw this.#damage()
    for (let left = blocks * 2; left > 0; left--) yield* this.#number()
    yield* this.#takeOfIndex(this.#paddingSince(start))
    if (!equal(yield* this.#take(4), uint32Bytes(this.#indexSum))) throw this.#damage()
  }

  *#number(): Steps<number> {
    for (let value = 0, weight = 1; ; weight *= 0x80) {
      const byte = (yield* this.#takeOfIndex(1))[0] as number
      value += (byte & 0x7f) * weight
      if (byte < 0x80) return value
    }
  }

  *#takeOfIndex(count: number): Steps<Uint8Array> {
    const bytes = yield* this.#take(count)
    this.#indexSum = crc32(bytes, this.#indexSum)
    return bytes
  }

  /** How many bytes follow to fill up four, since `start`. */
  #paddingSince(start: number): number {
    return (start - this.#before - this.#at) & 3
  }

  /** The next bytes, valid until more are taken. */
  *#take(count: number): Steps<Uint8Array> {
    const bytes = yield* this.#peek(count)
    this.#at += count
    return bytes
  }

  *#peek(count: number): Steps<Uint8Array> {
    while (this.#held.length - this.#at < count) yield undefined
    return this.#held.bytes.subarray(this.#at, this.#at + count)
  }

  #damage(what = DAMAGED): Damage {
    return new Damage(what, this.#before + this.#at)
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
