import { CpuClock } from './clock.js'
import type { CpuData } from './options.js'
import { type Damage, PageBlocks } from './page-blocks.js'
import type { Recording } from './recording.js'
import type { Part } from './sessions.js'

/** The types of what stands in a page (include/linux/ring_buffer.h). Less is data of so many words. */
const PADDING = 29
const TIME_EXTEND = 30
const TIME_STAMP = 31

/** Behind the commit: events are missing before this page, and their number stands behind its data. */
const MISSED = 0x8000_0000
const MISSED_STORED = 0x4000_0000
const LENGTH = 0x07ff_ffff

/** An extension has the upper bits of a time, behind these of the record's head. */
const DELTA = 2 ** 27
/** An absolute time has 59 bits; the upper ones are those of the page's. */
const ABSOLUTE = (1n << 59n) - 1n

/** The records of one cpu, one after another. */
export class CpuRecords {
  /** By its number among all machines. */
  readonly cpu: number
  /** Of the buffers that are read together: the index of its own. */
  readonly part: number
  readonly clock: CpuClock
  /** The record come to: its bytes, from `at` to `end`. */
  bytes: Uint8Array = new Uint8Array(0)
  view = viewOf(this.bytes)
  at = 0
  end = 0
  /** Events that are missing before the record: their number, 0 if it is not known, -1 for none. */
  missed = -1
  readonly #blocks: PageBlocks
  readonly #isLittle: boolean
  readonly #layout: Recording['page']
  readonly #pageSize: number
  readonly #damage: Damage
  /** Within the bytes: where the next page begins, and the rest of this one. */
  #nextPage = 0
  #next = 0
  #pageEnd = 0

  constructor({ recording, buffer, firstCpu }: Part, part: number, data: CpuData, damage: Damage) {
    this.cpu = firstCpu + data.cpu
    this.part = part
    this.clock = new CpuClock(recording.options, data.cpu)
    this.#isLittle = recording.isLittle
    this.#layout = recording.page
    this.#pageSize = buffer.pageSize
    this.#damage = damage
    this.#blocks = new PageBlocks(recording, buffer, data, damage)
  }

  /** Comes to the next record; false where there is none. */
  next(): boolean {
    for (;;) {
      while (this.#next + 4 <= this.#pageEnd) if (this.#readOn()) return true
      if (!this.#nextPageBegins()) return false
    }
  }

  /** Reads what stands next in the page; true for a record. */
  #readOn(): boolean {
    const { view, clock } = this
    const start = this.#next
    const head = view.getUint32(start, this.#isLittle)
    const type = this.#isLittle ? head & 31 : head >>> 27
    const delta = this.#isLittle ? head >>> 5 : head & (DELTA - 1)
    if (type > 0 && type < PADDING) {
      clock.advance(delta)
      return this.#takeRecord(start + 4, start + 4 + type * 4)
    }
    if (type === PADDING && delta === 0) {
      this.#next = this.#pageEnd
      return false
    }
    if (start + 8 > this.#pageEnd) return this.#giveUp()
    const word = view.getUint32(start + 4, this.#isLittle)
    switch (type) {
      case TIME_EXTEND:
        clock.advance(word * DELTA + delta)
        this.#next = start + 8
        return false
      case TIME_STAMP: {
        const absolute = BigInt(word) * BigInt(DELTA) + BigInt(delta)
        clock.start((clock.timestamp & ~ABSOLUTE) | absolute)
        this.#next = start + 8
        return false
      }
      case PADDING:
        clock.advance(delta)
        this.#next = start + 4 + word
        return word < 4 || this.#next > this.#pageEnd ? this.#giveUp() : false
      default:
        // The length is that of the data and its own.
        clock.advance(delta)
        return word < 4
          ? this.#giveUp()
          : this.#takeRecord(start + 8, start + 4 + Math.ceil(word / 4) * 4)
    }
  }

  #takeRecord(at: number, end: number): boolean {
    if (end > this.#pageEnd) return this.#giveUp()
    this.at = at
    this.end = end
    this.#next = end
    return true
  }

  /** The rest of the page makes no sense. */
  #giveUp(): false {
    this.#damage.pages++
    this.#next = this.#pageEnd
    return false
  }

  #nextPageBegins(): boolean {
    while (this.#nextPage + this.#pageSize > this.bytes.length) {
      const block = this.#blocks.next()
      if (!block) return false
      this.bytes = block
      this.view = viewOf(block)
      this.#nextPage = 0
    }
    const page = this.#nextPage
    this.#nextPage += this.#pageSize
    this.#startPage(page)
    return true
  }

  #startPage(page: number): void {
    const { commit, longSize, data } = this.#layout
    const { view } = this
    const isLittle = this.#isLittle
    // Of a long in big endian, the lower half stands behind the upper one.
    const low = page + commit + (isLittle || longSize === 4 ? 0 : 4)
    const flags = view.getUint32(low, isLittle)
    const length = flags & LENGTH
    const timestamp = view.getBigUint64(page, isLittle)
    this.#next = page + data
    this.#pageEnd = this.#next + length
    if (this.#pageEnd > page + this.#pageSize || (timestamp === 0n && length === 0)) {
      this.#damage.pages++
      this.#pageEnd = this.#next
      return
    }
    this.clock.start(timestamp)
    if ((flags & MISSED) === 0) return
    const missed = this.#pageEnd + (isLittle || longSize === 4 ? 0 : 4)
    const isStored = (flags & MISSED_STORED) !== 0 && missed + 4 <= page + this.#pageSize
    this.missed = isStored ? view.getUint32(missed, isLittle) : 0
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
