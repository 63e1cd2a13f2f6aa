import { grown } from '../base/columns.js'
import type { Nanos } from '../timeline/sink.js'
import type { CallRow } from './call-row.js'

/** In place of a key: what the call counts for is known when it ends. */
export const LATER = -1
/** In place of the key of a caller: there is none. */
export const NOBODY = -2

/**
 * The calls that are open on one track, level by level; level 0 is what is around them.
 *
 * A duration counts for its row's total as it comes, and is kept as an entry if a call around it
 * counts, or may turn out to count, for the same: that one takes it back if it has a duration of
 * its own. (Calls that begin UNNAMED are in some captures around every second call.)
 */
export class OpenCalls {
  level = 0
  /** What calls count for where their functions do not say it. */
  key: number
  keys = Int32Array.of(NOBODY, ...new Int32Array(63))
  /** Measured nanoseconds of the callees. */
  inside = new Float64Array(64)
  /** When each began, in the numbers that its creator counts entries by. */
  begins = new Float64Array(64)
  /** How many entries there were when each began. */
  #starts = new Int32Array(64)
  #rows: CallRow[] = []
  #nanos = new Float64Array(64)
  #length = 0
  /** By level, by the key of what was called, rows of a caller without a name. */
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
    // Nothing is around it that could take anything back.
    if (level === 1) this.#length = 0
    this.keys[level] = key
    this.inside[level] = 0
    this.begins[level] = now
    this.#starts[level] = this.#length
  }

  /** Whether a call from `level` outwards counts for the same key, as far as is known. */
  mayRecur(key: number, level: number): boolean {
    const { keys } = this
    // Stacks of the kernel are at most some fifty calls deep: this takes a few nanoseconds.
    for (let around = level; around > 0; around--) {
      const other = keys[around]
      if (other === key || other === LATER) return true
    }
    return false
  }

  /** Keeps an entry of what was added to a row's total. */
  keep(row: CallRow, nanos: Nanos): void {
    if (this.#length === this.#nanos.length) this.#condense()
    this.#rows[this.#length] = row
    this.#nanos[this.#length++] = nanos
  }

  /** Takes back what was counted for a key within the call at this level. */
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

  /** The rows of what an UNNAMED call calls, by their keys. */
  strays(level: number): Map<number, CallRow> {
    this.#strays[level] ??= new Map()
    return this.#strays[level]
  }

  /** The same, for the last time. */
  takeStrays(level: number): ReadonlyMap<number, CallRow> | undefined {
    const strays = this.#strays[level]
    if (strays) this.#strays[level] = undefined
    return strays
  }

  /** Makes one entry of those for the same row within the same calls, and room for more. */
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
