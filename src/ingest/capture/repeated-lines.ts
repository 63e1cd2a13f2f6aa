import { EXIT, type TraceLine } from '../lines/trace-line.js'

/**
 * Finds lines that a capture has twice. `funcgraph -H` prints the file trace for its header and goes
 * on with trace_pipe: the lines that were in both stand there again, from the first one on.
 */
export class RepeatedLines {
  /** The time of the first line, or NaN before it. */
  seconds = Number.NaN
  nanos = Number.NaN
  #first: Uint8Array = new Uint8Array(0)
  /** The number of the first line. */
  #number = 0
  /** Lines of a later time have come: before that, a line that equals the first is another event. */
  #hasLater = false
  /** How many of the lines to come are repeated. */
  #left = 0

  /** A capture begins. */
  reset(): void {
    this.nanos = Number.NaN
    this.#hasLater = false
    this.#left = 0
  }

  /** Every line must be shown to `includes`; otherwise only those of the first line's time. */
  get needsEveryLine(): boolean {
    return this.#left > 0 || Number.isNaN(this.nanos)
  }

  /** Whether `includes` may say so of the line. */
  mayInclude({ seconds, nanos }: TraceLine): boolean {
    return this.#left > 0 || (seconds === this.seconds && nanos === this.nanos)
  }

  /** Lines have been read without `includes`, all of another time than the first one. */
  passed(): void {
    this.#hasLater = true
  }

  /** Whether the line was read before. It is number `number`, in the bytes between `from` and `to`. */
  includes(line: TraceLine, bytes: Uint8Array, from: number, to: number, number: number): boolean {
    if (this.#left === 0 && line.kind <= EXIT) this.#lookAt(line, bytes, from, to, number)
    if (this.#left === 0) return false
    this.#left--
    return true
  }

  #lookAt(line: TraceLine, bytes: Uint8Array, from: number, to: number, number: number): void {
    if (Number.isNaN(this.nanos)) {
      this.seconds = line.seconds
      this.nanos = line.nanos
      this.#first = bytes.slice(from, to)
      this.#number = number
    } else if (line.nanos !== this.nanos || line.seconds !== this.seconds) {
      this.#hasLater = true
    } else if (this.#hasLater && this.#isFirst(bytes, from, to)) {
      this.reset()
      this.#left = number - this.#number
    }
  }

  #isFirst(bytes: Uint8Array, from: number, to: number): boolean {
    const first = this.#first
    return first.length === to - from && first.every((byte, index) => byte === bytes[from + index])
  }
}
