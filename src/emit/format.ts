/**
 * The contract of an output format: a row of the table in `formats.ts`, and the function that opens
 * its writer.
 */
import type { BlockStore } from '../base/block-store.js'
import type { ByteSink } from '../base/byte-writer.js'
import type { TimelineSink } from '../timeline/sink.js'

/** The data that a format keeps in memory while it reads a trace. */
export type MemoryClass =
  /** Names and open stacks only. */
  | 'constant'
  /** One entry for each distinct stack. */
  | 'stacks'
  /** Some bytes for each event. */
  | 'events'

/** The viewer of formats that a browser shows by itself. */
export const ANY_BROWSER = 'any browser'

/** An output format: everything that others need to know about it. */
export interface Format {
  readonly name: string
  /** File name endings that mean this format, the most common first. */
  readonly extensions: readonly string[]
  /** A page or a program that opens it. */
  readonly viewer: string
  /** One line for `fgraph formats`. */
  readonly summary: string
  readonly memory: MemoryClass
  /** Not text: kept off terminals. */
  readonly binary: boolean
  /** Whether it shows the notes of calls: arguments, return values and callers, or only the values returned. */
  readonly notes: boolean | 'returned'
  /** The format is compressed by its own definition. */
  readonly compressed: boolean
  /** Writing takes so long that reading on another thread pays. */
  readonly slow: boolean
  /** Whether it shows what cpus did, without time asleep, unless told otherwise. */
  readonly onCpu?: boolean
  /** Loads its writer. */
  load(): Promise<Open>
}

/**
 * Makes a sink that writes what it receives to `out`, completely by the time `finish` returns.
 * A format with options of its own declares them beside its `Open`, as an interface that extends
 * `EmitOptions` by optional properties.
 */
export type Open<Options extends EmitOptions = EmitOptions> = (
  out: ByteSink,
  options: Options,
) => TimelineSink

/** Options of every format. A format ignores those it has no use for. */
export interface EmitOptions {
  /** The name of the trace in the output, such as its file name. */
  readonly title: string
  /** Whether positions are the trace's own times, if it has some; Perfetto's always are. */
  readonly absoluteTime?: boolean | undefined
  /** Where formats of the class `events` keep them until the end; in memory by default. */
  readonly store?: BlockStore | undefined
  /** Takes a warning about an output that its readers may refuse: one line. */
  readonly warn?: ((message: string) => void) | undefined
}
