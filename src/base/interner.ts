import { grown } from './columns.js'

/** Start value for a hash over bytes, to be folded with `hashByte`. */
export const HASH_SEED = 0x811c9dc5 | 0

/** FNV-1a, one byte. Scanners inline it in their loops over names. */
export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193)
}

const utf8 = new TextDecoder()

/**
 * Gives equal byte strings the same id, dense from 1 in the order of their first use. A string is
 * decoded once, when it is new; after that only bytes are compared.
 */
export class Interner {
  readonly #added: (id: number, text: string) => void
  #length = 0
  /** All strings one after another; string `id` lies from #ends[id - 1] to #ends[id]. */
  #bytes = new Uint8Array(16 * 1024)
  #words = new DataView(this.#bytes.buffer)
  #ends = new Int32Array(256)
  #hashes = new Int32Array(256)
  /** Open addressing; holds ids. */
  #table = new Int32Array(1024)

  /** `added` is called for each new string, before its id is returned. */
  constructor(added: (id: number, text: string) => void) {
    this.#added = added
  }

  /** The id of bytes[start..end); `hash` is `hashByte` folded over them from HASH_SEED. */
  idOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const table = this.#table
    const mask = table.length - 1
    let slot = (hash ^ (hash >>> 15)) & mask
    for (;;) {
      const id = table[slot]
      if (id === 0) return this.#add(bytes, start, end, hash, slot)
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) return id
      slot = (slot + 1) & mask
    }
  }

  /** The id of bytes[start..end), if the caller has no hash. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    let hash = HASH_SEED
    for (let i = start; i < end; i++) hash = hashByte(hash, bytes[i])
    return this.idOf(bytes, start, end, hash)
  }

  /** Where string `id` ends if it stands at `at`, -1 if it does not; `words` is a view of `bytes`. */
  endAt(id: number, bytes: Uint8Array, words: DataView, at: number): number {
    let own = this.#ends[id - 1]
    const ownEnd = this.#ends[id]
    let p = at
    for (const last = ownEnd - 8; own <= last; own += 8, p += 8) {
      if (this.#words.getFloat64(own, true) !== words.getFloat64(p, true)) return -1
    }
    for (; own < ownEnd; own++, p++) if (this.#bytes[own] !== bytes[p]) return -1
    return p
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#bytes
    let at = this.#ends[id - 1]
    if (this.#ends[id] - at !== end - start) return false
    for (let i = start; i < end; i++) if (own[at++] !== bytes[i]) return false
    return true
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const id = ++this.#length
    if (id === this.#ends.length) {
      this.#ends = grown(this.#ends)
      this.#hashes = grown(this.#hashes)
    }
    const from = this.#ends[id - 1]
    const to = from + end - start
    if (to > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(to, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#words = new DataView(larger.buffer)
    }
    this.#bytes.set(bytes.subarray(start, end), from)
    this.#ends[id] = to
    this.#hashes[id] = hash
    this.#table[slot] = id
    if (this.#length * 2 > this.#table.length) this.#rehash()
    this.#added(id, utf8.decode(bytes.subarray(start, end)))
    return id
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2)
    const mask = table.length - 1
    for (let id = 1; id <= this.#length; id++) {
      const hash = this.#hashes[id]
      let slot = (hash ^ (hash >>> 15)) & mask
      while (table[slot] !== 0) slot = (slot + 1) & mask
      table[slot] = id
    }
    this.#table = table
  }
}
