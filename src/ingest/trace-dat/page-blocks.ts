import type { BytesAt } from '../../base/bytes-at.js'
import { Fields } from './fields.js'
import type { CpuData } from './options.js'
import type { Buffer, Recording } from './recording.js'
import type { Unpack } from './unpacking.js'

/** What cannot be read of a recording, added up over its cpus. */
export interface Damage {
  /** Pages that make no sense from some place on, or that the file does not have. */
  pages: number
}

/** So many bytes of a cpu are read at once, of all cpus together; a page of each at least. */
const BLOCK = 64 * 1024
const BLOCKS = 8 * 1024 * 1024

/** The pages of one cpu, some at a time. A block is good until the next one is asked for. */
export class PageBlocks {
  readonly #file: BytesAt
  readonly #isLittle: boolean
  readonly #unpack: Unpack | undefined
  readonly #pageSize: number
  readonly #damage: Damage
  readonly #end: number
  readonly #blockSize: number
  /** Taken when there is something to read. */
  #block: Uint8Array | undefined
  #at: number
  /** Packed blocks to come. */
  #packed = 0

  constructor(
    { file, isLittle, unpack }: Recording,
    { pageSize, isPacked, cpus }: Buffer,
    { offset, size }: CpuData,
    damage: Damage,
  ) {
    this.#file = file
    this.#isLittle = isLittle
    this.#unpack = isPacked ? unpack : undefined
    this.#pageSize = pageSize
    this.#damage = damage
    this.#at = offset
    // The size is that of packed blocks without their number in front.
    const end = offset + size + (this.#unpack ? 4 : 0)
    this.#end = Math.min(end, file.size)
    damage.pages += Math.ceil(Math.max(0, end - Math.max(file.size, offset)) / pageSize)
    const most = Math.min(BLOCK, Math.floor(BLOCKS / Math.max(cpus.length, 1)))
    this.#blockSize = Math.min(Math.max(most - (most % pageSize), pageSize), size)
    if (this.#unpack && this.#end > offset) this.#packed = this.#number()
  }

  /** The next pages; undefined where there are none. */
  next(): Uint8Array | undefined {
    return this.#unpack ? this.#nextUnpacked(this.#unpack) : this.#nextPlain()
  }

  #nextPlain(): Uint8Array | undefined {
    const length = Math.min(this.#blockSize, this.#end - this.#at)
    if (length <= 0) return undefined
    this.#block ??= new Uint8Array(this.#blockSize)
    const block = this.#block.subarray(0, length)
    const read = this.#file.read(this.#at, block)
    this.#at += length
    return this.#wholePages(block.subarray(0, read))
  }

  // packed size: 4 bytes, plain size: 4, packed bytes
  #nextUnpacked(unpack: Unpack): Uint8Array | undefined {
    while (this.#packed > 0) {
      this.#packed--
      if (this.#at + 8 > this.#end) return this.#giveUp()
      const [size, plainSize] = [this.#number(), this.#number()]
      if (this.#at + size > this.#end) return this.#giveUp()
      const packed = new Uint8Array(size)
      this.#file.read(this.#at, packed)
      this.#at += size
      const block = unpack(packed, plainSize)
      if (block) return this.#wholePages(block)
      this.#damage.pages += Math.ceil(plainSize / this.#pageSize) || 1
    }
    return undefined
  }

  #giveUp(): undefined {
    this.#damage.pages += this.#packed + 1
    this.#packed = 0
    return undefined
  }

  /** What is left of a page counts as a damaged one. */
  #wholePages(block: Uint8Array): Uint8Array {
    const rest = block.length % this.#pageSize
    if (rest > 0) this.#damage.pages++
    return rest > 0 ? block.subarray(0, block.length - rest) : block
  }

  #number(): number {
    const bytes = new Uint8Array(4)
    const read = this.#file.read(this.#at, bytes)
    this.#at += 4
    return read === 4 ? new Fields(bytes, this.#isLittle).u32() : 0
  }
}
