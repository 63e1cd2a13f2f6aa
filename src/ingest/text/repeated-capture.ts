import type { TraceLine } from '../lines/trace-line.js'

/**
 * Finds what a capture says twice. `funcgraph -H` prints the file trace for its header and goes on
 * with trace_pipe: the lines that were in both stand there again from the first one on.
 */
export class Repeat {
  #first: Uint8Array | undefined
  /** The time of the first line, or NaN. */
  seconds = Number.NaN
  nanos = Number.NaN
  /** The number of the first line. */
  #number = 0
  /** Time has gone on: before that, equal lines are events of the same moment. */
  #hasLater = false

  /** A capture begins. */
  reset(): void {
    this.#first = undefined
    this.nanos = Number.NaN
    this.#hasLater = false
  }

  /** Lines have been passed over, all of them of another time than the first one. */
  passed(): void {
    this.#hasLater = true
  }

  /**
   * Takes line `number` of a capture with timestamps. If the capture begins again with it, returns
   * how many lines, this one included, have been read before; otherwise 0.
   */
  lengthAt(line: TraceLine, bytes: Uint8Array, from: number, to: number, number: number): number {
    if (line.nanos !== this.nanos || line.seconds !== this.seconds) {
      if (this.#first) this.#hasLater = true
      else this.#begin(line, bytes.slice(from, to), number)
      return 0
    }
    if (!this.#hasLater || !this.#isFirst(bytes, from, to)) return 0
    const length = number - this.#number
    this.reset()
    return length
  }

  #begin(line: TraceLine, first: Uint8Array, number: number): void {
    this.#first = first
    this.seconds = line.seconds
    this.nanos = line.nanos
    this.#number = number
  }

  #isFirst(bytes: Uint8Array, from: number, to: number): boolean {
    const first = this.#first as Uint8Array
    return first.length === to - from && first.every((byte, index) => byte === bytes[from + index])
  }
}
