import type { Layout } from './layouts.js'
import { blankLine, type TraceLine } from './trace-line.js'

/** Reads the lines of a capture, one after the other. */
export interface LineReader {
  /** In the words of the kernel's header: TIME or REL TIME, CPU, TASK/PID, FLAGS, DURATION. */
  readonly columns: readonly string[]
  /**
   * Whether a closing brace without a name is that of the call which the kernel has in its slot for
   * the cpu and the depth, as in text of the kernel itself (see `slots` of `assembly/cpu.ts`). Other
   * programs may leave out any name.
   */
  readonly hasSlots: boolean
  /**
   * Set if the call graph's lines stand in the text as the kernel prints them in this layout. Most
   * of them are then read without this reader, which is told so by `sawCalls`.
   */
  readonly layout?: Layout
  sawCalls?(): void
  /**
   * Reads the line at `at` into `line`, which is blank; returns where the next line starts. The bytes
   * hold the whole line with its line feed.
   */
  read(bytes: Uint8Array, at: number, line: TraceLine): number
}

/** Reads the line at `at`, whatever `line` held before; returns where the next line starts. */
export function readLine(
  reader: LineReader,
  bytes: Uint8Array,
  at: number,
  line: TraceLine,
): number {
  blankLine(line)
  return reader.read(bytes, at, line)
}
