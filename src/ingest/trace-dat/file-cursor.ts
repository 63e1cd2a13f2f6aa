import type { BytesAt } from '../../base/bytes-at.js'
import { CutOff, Fields } from './fields.js'

/** Reads a file from a place on. Throws `CutOff` where it ends. */
export class FileCursor {
  readonly #file: BytesAt
  readonly isLittle: boolean
  at: number

  constructor(file: BytesAt, at: number, isLittle: boolean) {
    this.#file = file
    this.at = at
    this.isLittle = isLittle
  }

  u16(): number {
    return this.fields(2).u16()
  }

  u32(): number {
    return this.fields(4).u32()
  }

  /** A size or a place in the file. */
  place(): number {
    return this.fields(8).place()
  }

  /** So many bytes to read fields from. No memory is taken for bytes that are not there. */
  fields(length: number): Fields {
    return new Fields(this.take(length), this.isLittle)
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.#file.size) throw new CutOff()
    const bytes = new Uint8Array(length)
    if (this.#file.read(this.at, bytes) < length) throw new CutOff()
    this.at += length
    return bytes
  }
}
