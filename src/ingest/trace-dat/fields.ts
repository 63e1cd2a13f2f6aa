/** Reads numbers and texts one after another, in the byte order of the recording. */
export class Fields {
  readonly bytes: Uint8Array
  readonly #view: DataView
  readonly isLittle: boolean
  at = 0

  constructor(bytes: Uint8Array, isLittle: boolean) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.isLittle = isLittle
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#step(2), this.isLittle)
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4), this.isLittle)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#step(8), this.isLittle)
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#step(8), this.isLittle)
  }

  /** A size or a place in the file: no file has 2^53 bytes. */
  place(): number {
    return Number(this.u64())
  }

  /** So many bytes, which must be there. */
  take(length: number): Uint8Array {
    const at = this.#step(length)
    return this.bytes.subarray(at, at + length)
  }

  /** A text that ends with a zero byte, or where the bytes end. */
  text(): string {
    const zero = this.bytes.indexOf(0, this.at)
    const end = zero < 0 ? this.bytes.length : zero
    const text = latin1.decode(this.bytes.subarray(this.at, end))
    this.at = Math.min(end + 1, this.bytes.length)
    return text
  }

  #step(length: number): number {
    if (length > this.left) throw new CutOff()
    const { at } = this
    this.at += length
    return at
  }
}

/** Thrown where the bytes end before what they should hold. */
export class CutOff extends Error {
  override readonly name = 'CutOff'
}

export const latin1 = new TextDecoder('latin1')
