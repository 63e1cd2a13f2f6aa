import type { Layout } from './layouts.js'
import type { TraceLine } from './trace-line.js'

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
