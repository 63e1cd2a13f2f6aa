/** Numbers from 0 to 2^53 in the order in which they were first seen: a hash table that is used again and again. */
export class NumberPlaces {
  readonly #most: number
  readonly #mask: number
  readonly #slots: Int32Array
  readonly #numbers: Float64Array
  length = 0

  /** Room for so many distinct numbers. */
  constructor(most: number) {
    this.#most = most
    const size = 2 ** Math.ceil(Math.log2(2 * most))
    this.#mask = size - 1
    this.#slots = new Int32Array(size)
    this.#numbers = new Float64Array(most)
  }

  /** By place. */
  get numbers(): Float64Array {
    return this.#numbers.subarray(0, this.length)
  }

  clear(): void {
    this.#slots.fill(0)
    this.length = 0
  }

  /** The place of a number; -1 if there is no room for it. */
  of(number: number): number {
    const mixed = Math.imul((number ^ (number / 2 ** 32)) | 0, 0x9e3779b1)
    for (let slot = (mixed ^ (mixed >>> 15)) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const place = this.#slots[slot] - 1
      if (place < 0) return this.#add(slot, number)
      if (this.#numbers[place] === number) return place
    }
  }

  #add(slot: number, number: number): number {
    if (this.length === this.#most) return -1
    this.#numbers[this.length++] = number
    this.#slots[slot] = this.length
    return this.length - 1
  }
}
