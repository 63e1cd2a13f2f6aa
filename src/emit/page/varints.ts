/** Integers from 0 to 2^53, seven bits to a byte, the lowest first; small ones are what is common. */

export class VarintWriter {
  #bytes = new Uint8Array(1024)
  #length = 0

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  write(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow()
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

export class VarintReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  read(): number {
    let byte = this.#bytes[this.#at++]
    if (byte < 0x80) return byte
    let value = 0
    let scale = 1
    while (byte >= 0x80) {
      value += (byte - 0x80) * scale
      scale *= 0x80
      byte = this.#bytes[this.#at++]
    }
    return value + byte * scale
  }
}

/** -1, 1, -2, 2 ... as 1, 2, 3, 4 ... */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
