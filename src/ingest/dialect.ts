import type { Interner } from '../base/interner.js'
import type { Layout } from './lines/layouts.js'
import type { Tasks } from './lines/task-cells.js'
import type { TraceLine } from './lines/trace-line.js'

/** A form of text that the call graph comes in. */
export interface Dialect {
  readonly name: string
  readonly summary: string
  /** How to make such text. */
  readonly recording: string
  /** What its lines look like: said where no dialect claims a file. */
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

/** Tells what the lines say. */
export interface LineReader {
  /** Of this capture, in the words of the kernel's header. */
  readonly columns: readonly string[]
  /**
   * Whether a closing brace without a name closes what the kernel has in its slots (see
   * `Cpu.slots`); where it has not printed the text itself, any brace may have none.
   */
  readonly hasSlots: boolean
  /**
   * The layout of the call graph's lines where they stand in the text as they are and can be read
   * without this reader, which is then told so by `sawCalls`.
   */
  readonly layout?: Layout
  sawCalls?(): void
  /**
   * Reads the line at `at` into `line` and returns where the next one starts. The bytes hold the
   * whole line with its line feed.
   */
  read(bytes: Uint8Array, at: number, line: TraceLine): number
}
