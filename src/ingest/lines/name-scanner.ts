import { BRACKET_CLOSE, BRACKET_OPEN, DOLLAR, LF, PAREN_OPEN, SPACE } from '../../base/ascii.js'
import { HASH_SEED, hashByte, type Interner } from '../../base/interner.js'
import { NO_MATCH } from '../text/scanning.js'

/** Longer names are no symbols of a kernel (KSYM_NAME_LEN is 512). */
const LONGEST_NAME = 4096

/**
 * Reads the names of functions: `foo`, `foo [module]`. It guesses each by the two before it, and is
 * right four times of five: to compare a name is faster than to look for its end and its id.
 */
export class NameScanner {
  readonly #functions: Interner
  /** The function that came last time, by the two before it. */
  readonly #guesses = new Int32Array(1 << 16)
  #last = 0
  #lastButOne = 0
  /** Of the name scanned last: its id, or 0 and its hash if it was not guessed. */
  #guess = 0
  #hash = 0

  constructor(functions: Interner) {
    this.#functions = functions
  }

  /**
   * Reads the name at `at`; returns where its opening parenthesis stands, or NO_MATCH. `words` is a
   * view of `bytes`.
   */
  scan(bytes: Uint8Array, words: DataView, at: number): number {
    const guess = this.#guesses[contextOf(this.#last, this.#lastButOne)]
    this.#guess = guess
    if (guess !== 0) {
      const end = this.#functions.endAt(guess, bytes, words, at)
      if (end >= 0 && bytes[end] === PAREN_OPEN) return end
    }
    this.#guess = 0
    return this.#scanName(bytes, at)
  }

  /**
   * The id of the name scanned last, which stands from `start` to `end`. Asked for only where the
   * rest of the line is that of a call: nothing else is interned.
   */
  intern(bytes: Uint8Array, start: number, end: number): number {
    let func = this.#guess
    if (func === 0) {
      func = this.#functions.idOf(bytes, start, end, this.#hash)
      this.#guesses[contextOf(this.#last, this.#lastButOne)] = func
    }
    this.#lastButOne = this.#last
    this.#last = func
    return func
  }

  #scanName(bytes: Uint8Array, at: number): number {
    let p = at
    let hash = HASH_SEED
    let byte = bytes[p]
    // Of all bytes below `(` a symbol may hold `$` alone.
    while (byte > PAREN_OPEN || byte === DOLLAR) {
      hash = hashByte(hash, byte)
      byte = bytes[++p]
    }
    if (byte === SPACE && bytes[p + 1] === BRACKET_OPEN && p > at) {
      while (byte !== BRACKET_CLOSE) {
        if (byte === LF) return NO_MATCH
        hash = hashByte(hash, byte)
        byte = bytes[++p]
      }
      hash = hashByte(hash, byte)
      byte = bytes[++p]
    }
    if (byte !== PAREN_OPEN || p === at || p > at + LONGEST_NAME) return NO_MATCH
    this.#hash = hash
    return p
  }
}

/** Sixteen bits of two function ids. */
function contextOf(last: number, lastButOne: number): number {
  return (Math.imul(last, 0x9e3779b1) + Math.imul(lastButOne, 0x85ebca6b)) >>> 16
}
