import { LF } from '../../base/ascii.js'
import type { Diagnostics } from '../../base/diagnostics.js'
import {
  ARROW,
  CAPTURE,
  COMMENT,
  CONTINUATION,
  ENTRY,
  EXIT,
  HEADER,
  LEAF,
  type LineKind,
  LOST,
  OTHER,
  STACK,
  SWITCH,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { type LineCounts, noLines } from '../trace-summary.js'

const names: readonly (readonly [LineKind, keyof LineCounts])[] = [
  [ENTRY, 'entry'],
  [LEAF, 'leaf'],
  [EXIT, 'exit'],
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

/** Counts the lines of a trace by their kind, and notes the numbers of those that were left out. */
export class LineCounter {
  /** The number of the line that is being read. */
  number = 0
  readonly #diagnostics: Diagnostics
  readonly #byKind = new Float64Array(names.length + 1)

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics
  }

  count(kind: LineKind): void {
    this.#byKind[kind]++
  }

  countUnrecognized(): void {
    this.count(UNRECOGNIZED)
    this.#diagnostics.addLine('unrecognized-lines', this.number)
  }

  countTooLong(): void {
    this.count(UNRECOGNIZED)
    this.#diagnostics.addLine('long-lines', this.number)
  }

  /** So many lines more were calls. */
  addCalls(entries: number, leaves: number, exits: number): void {
    this.number += entries + leaves + exits
    this.#byKind[ENTRY] += entries
    this.#byKind[LEAF] += leaves
    this.#byKind[EXIT] += exits
  }

  /** Lines that stand before a capture. */
  addSkipped(text: Uint8Array): void {
    for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) {
      this.number++
      this.count(OTHER)
    }
  }

  counts(): LineCounts {
    const counts = noLines()
    counts.total = this.number
    for (const [kind, name] of names) counts[name] += this.#byKind[kind]
    return counts
  }
}
