import { grown } from '../base/columns.js'
import type { Nanos } from '../timeline/sink.js'
import type { CallRow } from './call-row.js'

/** In place of a key: it is known only when the call ends. */
export const LATER = -1
/** In place of the key of a caller: the call is outermost. */
export const NOBODY = -2

/**
 * The open calls of one track by level; level 0 is outside of all calls.
 *
 * The time of a call is added to its row's total when it ends. If a call around it has the same key,
 * or may turn out to have it, the time is also kept as an entry, which the outer call takes back from
 * the total. In some captures every second
 * call is inside a call that begins UNNAMED.
 */
export class OpenCalls {
  level = 0
  /** The key of calls whose function has none. */
  key: number
  keys = Int32Array.of(NOBODY, ...new Int32Array(63))
  /** Measured nanoseconds of the callees. */
  inside = new Float64Array(64)
  /** By level: how many entries, of all tracks, there were when the call began. */
  begins = new Float64Array(64)
  /** By level: how many entries of this track there were when the call began. */
  #starts = new Int32Array(64)
  #rows: CallRow[] = []
  #nanos = new Float64Array(64)
  #length = 0
  /** By level: the rows of the callees of a call without a name, by key. */
  readonly #strays: (Map<number, CallRow> | undefined)[] = []

  constructor(key: number) {
    this.key = key
  }

  push(key: number, now: number): void {
    const level = ++this.level
    if (level === this.keys.length) {
      this.keys = grown(this.keys)
      this.inside = grown(this.inside)
      this.begins = grown(this.begins)
      this.#starts = grown(this.#starts)
    }
    // There is no call around it to take entries back.
    if (level === 1) this.#length = 0
    this.keys[level] = key
    this.inside[level] = 0
    this.begins[level] = now
    this.#starts[level] = this.#length
  }

  /** Whether a call at `level` or further out has the same key, or may turn out to have it. */
  mayRecur(key: number, level: number): boolean {
    const { keys } = this
    // Kernel stacks are at most about fifty calls deep: this takes a few nanoseconds.
    for (let around = level; around > 0; around--) {
      const other = keys[around]
      if (other === key || other === LATER) return true
    }
    return false
  }

  /** Keeps an entry of time that was added to a row's total. */
  keep(row: CallRow, nanos: Nanos): void {
    if (this.#length === this.#nanos.length) this.#condense()
    this.#rows[this.#length] = row
    this.#nanos[this.#length++] = nanos
  }

  /** Takes back the entries of a key inside the call at this level. */
  takeBack(level: number, key: number): void {
    const start = this.#starts[level]
    let kept = start
    for (let at = start; at < this.#length; at++) {
      const row = this.#rows[at]
      const nanos = this.#nanos[at]
      if (row.key === key) {
        row.final.total -= nanos
      } else {
        this.#rows[kept] = row
        this.#nanos[kept++] = nanos
      }
    }
    this.#length = kept
  }

  /** The rows of the callees of the UNNAMED call at this level, by key. */
  strays(level: number): Map<number, CallRow> {
    this.#strays[level] ??= new Map()
    return this.#strays[level]
  }

  /** Returns these rows and forgets them. */
  takeStrays(level: number): ReadonlyMap<number, CallRow> | undefined {
    const strays = this.#strays[level]
    if (strays) this.#strays[level] = undefined
    return strays
  }

  /**
   * Joins entries of the same row at the same level, and makes room if there are still too many.
   */
  #condense(): void {
    let kept = 0
    for (let level = 1; level <= this.level; level++) {
      const start = this.#starts[level]
      const end = level < this.level ? this.#starts[level + 1] : this.#length
      this.#starts[level] = kept
      const places = new Map<CallRow, number>()
      for (let at = start; at < end; at++) {
        const row = this.#rows[at]
        const nanos = this.#nanos[at]
        const place = places.get(row)
        if (place === undefined) {
          places.set(row, kept)
          this.#rows[kept] = row
          this.#nanos[kept++] = nanos
        } else {
          this.#nanos[place] = this.#nanos[place] + nanos
        }
      }
    }
    this.#length = kept
    if (kept * 2 > this.#nanos.length) this.#nanos = grown(this.#nanos)
  }
}
