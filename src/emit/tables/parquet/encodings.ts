/**
 * Encodings of values in a page (parquet-format, Encodings.md), for numbers that are in typed arrays. Each appends
 * the first `count` values to a page.
 */

/** The bytes of a page, which grow. */
export class PageBytes {
  length = 0
  #bytes = new Uint8Array(1 << 16)

  /** Good until the next page begins. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  /** The bytes, with room for so many more. */
  room(size: number): Uint8Array {
    if (this.length + size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + size))
      larger.set(this.written)
      this.#bytes = larger
    }
    return this.#bytes
  }

  byte(value: number): void {
    this.room(1)[this.length++] = value
  }

  int32(value: number): void {
    const bytes = this.room(4)
    for (let shift = 0; shift < 32; shift += 8) bytes[this.length++] = (value >> shift) & 0xff
  }

  /** Seven bits to a byte, the lowest first. */
  varint(value: number): void {
    const bytes = this.room(LONGEST_VARINT)
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[this.length++] = (rest % 0x80) | 0x80
    bytes[this.length++] = rest
  }

  /** The same of a signed number of 64 bits, whose sign is the lowest bit. */
  signedVarint(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    for (; rest >= 0x80n; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80)
    this.byte(Number(rest))
  }

  int64(value: number): void {
    this.int32(value | 0)
    this.int32(Math.floor(value / 2 ** 32))
  }

  /** Length and bytes of a text, as PLAIN has it. */
  text(value: string): void {
    const bytes = utf8.encode(value)
    this.int32(bytes.length)
    this.room(bytes.length).set(bytes, this.length)
    this.length += bytes.length
  }
}

const utf8 = new TextEncoder()
const LONGEST_VARINT = 10

/** How many bits numbers up to this one have. */
export function bitWidth(most: number): number {
  return most < 2 ** 31 ? 32 - Math.clz32(most) : 32 + bitWidth(Math.floor(most / 2 ** 32))
}

/** So many equal values are a run. */
const SHORTEST_RUN = 8

/** RLE / bit-packing hybrid: runs of a value, and groups of eight values. */
export function packHybrid(
  page: PageBytes,
  values: Int32Array,
  count: number,
  width: number,
): void {
  let begin = 0
  for (let at = 0; at < count; ) {
    const value = values[at]
    let end = at + 1
    while (end < count && values[end] === value) end++
    // What stands before a run has whole groups: it takes some of the run.
    const run = at + ((begin - at) & 7)
    if (end - run >= SHORTEST_RUN) {
      packGroups(page, values, begin, run, width)
      packRun(page, value, end - run, width)
      begin = end
    }
    at = end
  }
  packGroups(page, values, begin, count, width)
}

/** A value that stands so many times. */
export function packRun(page: PageBytes, value: number, count: number, width: number): void {
  page.varint(count * 2)
  for (let bits = 0; bits < width; bits += 8) page.byte((value >> bits) & 0xff)
}

function packGroups(
  page: PageBytes,
  values: Int32Array,
  begin: number,
  end: number,
  width: number,
): void {
  if (begin === end) return
  const groups = Math.ceil((end - begin) / 8)
  page.varint(groups * 2 + 1)
  packBits(page, values, begin, end, width, groups * width)
}

/** Packs values of `width` bits each, 24 at most, the lowest bit first, into so many bytes; the rest is 0. */
function packBits(
  page: PageBytes,
  values: Int32Array | Float64Array,
  begin: number,
  end: number,
  width: number,
  size: number,
): void {
  const bytes = page.room(size)
  let at = page.length
  let bits = 0
  let count = 0
  for (let index = begin; index < end; index++) {
    bits |= values[index] << count
    for (count += width; count >= 8; count -= 8) {
      bytes[at++] = bits
      bits >>>= 8
    }
  }
  if (count > 0) bytes[at++] = bits
  page.length += size
  bytes.fill(0, at, page.length)
}

/** So many bits at most, with seven that are left over, are a number of 32 bits. */
const WIDEST = 24

/** The same for values of more bits: each is packed in parts. */
function packWideBits(
  page: PageBytes,
  values: Float64Array,
  begin: number,
  end: number,
  width: number,
  size: number,
): void {
  const bytes = page.room(size)
  let at = page.length
  let bits = 0
  let count = 0
  const put = (value: number, some: number) => {
    bits |= value << count
    for (count += some; count >= 8; count -= 8) {
      bytes[at++] = bits
      bits >>>= 8
    }
  }
  for (let index = begin; index < end; index++) {
    let rest = values[index]
    for (let left = width; left > 0; left -= WIDEST) {
      const high = Math.floor(rest / 2 ** WIDEST)
      put(rest - high * 2 ** WIDEST, Math.min(left, WIDEST))
      rest = high
    }
  }
  if (count > 0) bytes[at++] = bits
  page.length += size
  bytes.fill(0, at, page.length)
}

const BLOCK = 128
const MINIBLOCKS = 4
const MINIBLOCK = BLOCK / MINIBLOCKS
const differences = new Float64Array(BLOCK)

/**
 * DELTA_BINARY_PACKED of 64 bits: differences between neighbours, 128 to a block, less the smallest of them. `origin` is
 * added to every value.
 */
export function packDifferences(
  page: PageBytes,
  values: Float64Array,
  count: number,
  origin: bigint,
): void {
  page.varint(BLOCK)
  page.varint(MINIBLOCKS)
  page.varint(count)
  page.signedVarint(count > 0 ? origin + BigInt(values[0]) : 0n)
  for (let begin = 1; begin < count; begin += BLOCK) {
    const size = Math.min(BLOCK, count - begin)
    let least = Number.POSITIVE_INFINITY
    for (let index = 0; index < size; index++) {
      const difference = values[begin + index] - values[begin + index - 1]
      differences[index] = difference
      if (difference < least) least = difference
    }
    page.signedVarint(BigInt(least))
    packBlock(page, size, least)
  }
}

function packBlock(page: PageBytes, size: number, least: number): void {
  const widths = page.length
  page.room(MINIBLOCKS).fill(0, widths, widths + MINIBLOCKS)
  page.length += MINIBLOCKS
  for (let begin = 0; begin < size; begin += MINIBLOCK) {
    const end = Math.min(begin + MINIBLOCK, size)
    let most = 0
    for (let index = begin; index < end; index++) {
      differences[index] -= least
      if (differences[index] > most) most = differences[index]
    }
    const width = bitWidth(most)
    page.room(0)[widths + begin / MINIBLOCK] = width
    const bytes = (MINIBLOCK / 8) * width
    if (width <= WIDEST) packBits(page, differences, begin, end, width, bytes)
    else packWideBits(page, differences, begin, end, width, bytes)
  }
}
