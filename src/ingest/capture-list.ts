import type { Clock, Nanos } from '../timeline/sink.js'
import type { CallCounts, CaptureSummary } from './trace-summary.js'

/** Facts about a capture when it begins. */
export interface CaptureStart {
  readonly dialect: string
  readonly buffer?: string
  readonly columns: readonly string[]
}

/** How far a trace has been read, at the end of a capture or before the first one. */
export interface Progress {
  /** Lines, of all inputs so far. */
  readonly lines: number
  /** Calls of the whole trace. */
  readonly calls: CallCounts
  /** Where the capture that has ended began on the timeline, and where it came to. */
  readonly begin: Nanos
  readonly end: Nanos
  readonly clock: Clock
  readonly origin: string
}

const noCalls: CallCounts = { complete: 0, incomplete: 0, orphan: 0 }

/** Keeps what there is to say about each capture of a trace. One without calls is none. */
export class CaptureList {
  readonly captures: CaptureSummary[] = []
  #input = 1
  /** Of the input: which capture comes next or goes on, and where it begins. */
  #number = 1
  #line = 0
  /** How many lines the inputs before have. */
  #inputLine = 0
  #calls = noCalls
  #start: CaptureStart | undefined

  /** The number that the capture has in its input. */
  get number(): number {
    return this.#number
  }

  begin(start: CaptureStart): void {
    this.#start = start
  }

  /** The capture is at its end, with all of its calls; another one or nothing follows. */
  end({ lines, calls, begin, end, clock, origin }: Progress): void {
    const start = this.#start
    const own = difference(calls, this.#calls)
    if (!start || own.complete + own.incomplete + own.orphan === 0) return
    this.captures.push({
      input: this.#input,
      number: this.#number++,
      ...start,
      clock,
      origin,
      firstLine: this.#line - this.#inputLine + 1,
      lines: lines - this.#line,
      calls: own,
      begin,
      span: end - begin,
    })
    this.#line = lines
    this.#calls = calls
    this.#start = undefined
  }

  /** So many captures and lines of the input come next and are not read. */
  pass(captures: number, lines: number): void {
    this.#number += captures
    this.#line += lines
  }

  /** Another input follows. `lines` are those of all inputs so far. */
  endInput(lines: number): void {
    this.#input++
    this.#number = 1
    this.#line = lines
    this.#inputLine = lines
  }
}

function difference(a: CallCounts, b: CallCounts): CallCounts {
  return {
    complete: a.complete - b.complete,
    incomplete: a.incomplete - b.incomplete,
    orphan: a.orphan - b.orphan,
  }
}
