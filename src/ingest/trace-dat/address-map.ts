import type { Address } from './symbols.js'

/** A map from addresses to numbers above 0, with open addressing: a Map takes several times as long. */
export class AddressMap {
  #addresses = new Float64Array(1024)
  /** 0 where there is no address. */
  #numbers = new Int32Array(1024)
  #count = 0

  /** 0 for an address that is not in the map. */
  get(address: Address): number {
    return this.#numbers[this.#slotOf(address)] as number
  }

  /** Adds an address that is not in the map. */
  set(address: Address, number: number): void {
    const slot = this.#slotOf(address)
    this.#addresses[slot] = address
    this.#numbers[slot] = number
    if (++this.#count * 2 > this.#numbers.length) this.#grow()
  }

  #slotOf(address: Address): number {
    const [addresses, numbers] = [this.#addresses, this.#numbers]
    const mask = numbers.length - 1
    // The lower 32 bits of functions differ.
    const hash = Math.imul(address | 0, 0x9e3779b1)
    let slot = (hash ^ (hash >>> 15)) & mask
    while (numbers[slot] !== 0 && addresses[slot] !== address) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const [addresses, numbers] = [this.#addresses, this.#numbers]
    this.#addresses = new Float64Array(addresses.length * 2)
    this.#numbers = new Int32Array(numbers.length * 2)
    for (let index = 0; index < numbers.length; index++) {
      if (numbers[index] === 0) continue
      const slot = this.#slotOf(addresses[index] as number)
      this.#addresses[slot] = addresses[index] as number
      this.#numbers[slot] = numbers[index] as number
    }
  }
}
