import type { Interner } from '../base/interner.js'
import type { LineReader } from './lines/line-reader.js'
import type { Tasks } from './lines/task-cells.js'

/** A form of text that the call graph comes in. */
export interface Dialect {
  readonly name: string
  readonly summary: string
  /** How to make such text. */
  readonly recording: string
  /** A description of its lines, for errors where no dialect claims a file. */
  readonly lookingFor: string
  /**
   * A reader for the text that starts with this sample (whole lines, the first 64 KiB or all there
   * is), or undefined if that is not of this dialect. Names that the reader meets go to
   * `functions` and `tasks`; recognizing leaves both as they were.
   */
  recognize(sample: Uint8Array, functions: Interner, tasks: Tasks): Recognition
}

/** A reader; or nothing yet, but perhaps behind so many bytes; or undefined: another dialect. */
export type Recognition = LineReader | { readonly skip: number } | undefined
