import type { FunctionId } from '../../timeline/sink.js'
import type { Row } from './rows.js'

/** A call that has ended without a line that says so. */
export interface Unclosed {
  readonly row: Row
  readonly depth: number
  readonly func: FunctionId
}

/** The calls that a reader of the lines so far takes for still open, although they have ended. */
export class UnclosedCalls {
  #calls: Unclosed[] = []

  get isEmpty(): boolean {
    return this.#calls.length === 0
  }

  add(call: Unclosed): void {
    this.#calls.push(call)
  }

  /** A loss, or the end of the text, closes them all. */
  clear(): void {
    this.#calls = []
  }

  /**
   * A line of the row comes next. It closes what is unclosed there, except for calls that `outlives`
   * says stay open; those, and the unclosed calls of other rows, ended with their capture, unless the
   * line `goesOn` with a call that began in it. Returns whether the capture is over.
   */
  closeFor(row: Row, outlives: (call: Unclosed) => boolean, goesOn: boolean): boolean {
    if (this.#calls.length === 0) return false
    const others = this.#calls.filter(call => call.row !== row)
    const isOver = !goesOn && (others.length > 0 || this.#calls.some(outlives))
    this.#calls = goesOn ? others : []
    return isOver
  }
}
