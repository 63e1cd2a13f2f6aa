import { LF } from '../../base/ascii.js'
import type { Diagnostics } from '../../base/diagnostics.js'
import {
  ARROW,
  CAPTURE,
  COMMENT,
  CONTINUATION,
  HEADER,
  type LineKind,
  LOST,
  OTHER,
  STACK,
  SWITCH,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import type { DamagedLine } from '../posted/damage.js'
import { type LineCounts, noLines } from '../trace-summary.js'

const names: readonly (readonly [LineKind, keyof LineCounts])[] = [
  [SWITCH, 'switch'],
  [COMMENT, 'comment'],
  [LOST, 'lost'],
  [HEADER, 'header'],
  [CAPTURE, 'header'],
  [STACK, 'other'],
  [CONTINUATION, 'other'],
  [ARROW, 'other'],
  [OTHER, 'other'],
  [UNRECOGNIZED, 'unrecognized'],
]

/** Counts the lines of a trace by their kind, calls excepted, and notes the numbers of those that were left out. */
export class LineCounter {
  /** The number of the line that is being read. */
  number = 0
  /** Lines that stand in the input but are not read. */
  #passed = 0
  #damaged: DamagedLine | undefined
  readonly #diagnostics: Diagnostics
  readonly #byKind = new Float64Array(UNRECOGNIZED + 2)

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics
  }

  pass(lines: number): void {
    this.number += lines
    this.#passed += lines
  }

  count(kind: LineKind): void {
    this.#byKind[kind]++
  }

  /** Counts a line that was one of the call graph, and that no dialect reads. */
  countUnrecognized(text: string): void {
    this.#damaged ??= { number: this.number, text }
    this.count(UNRECOGNIZED)
    this.#diagnostics.addLine('unrecognized-lines', this.number)
  }

  /** The first of these lines since it was asked for last. */
  takeDamaged(): DamagedLine | undefined {
    const damaged = this.#damaged
    this.#damaged = undefined
    return damaged
  }

  countTooLong(): void {
    this.count(UNRECOGNIZED)
    this.#diagnostics.addLine('long-lines', this.number)
  }

  /** Lines that stand before a capture. */
  addSkipped(text: Uint8Array): void {
    for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) {
      this.number++
      this.count(OTHER)
    }
  }

  /** All lines, with those of calls. */
  counts(calls: Pick<LineCounts, 'entry' | 'leaf' | 'exit'>): LineCounts {
    const counts = { ...noLines(), ...calls }
    counts.total = this.number - this.#passed
    for (const [kind, name] of names) counts[name] += this.#byKind[kind]
    return counts
  }
}
