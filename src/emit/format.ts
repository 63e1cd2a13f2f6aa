import type { BlockStore } from '../base/block-store.js'
import type { ByteSink } from '../base/byte-writer.js'
import type { TimelineSink } from '../timeline/sink.js'

/** What a format keeps in memory while the trace is read. */
export type MemoryClass =
  /** Names and open stacks only. */
  | 'constant'
  /** One entry for each distinct stack. */
  | 'stacks'
  /** Some bytes for each event. */
  | 'events'

export interface EmitOptions {
  /** What the trace is called in the output, such as its file name. */
  readonly title: string
  /** The root frame of folded stacks. */
  readonly root: FoldedRoot
  /** What the numbers of folded stacks are; self time by default. */
  readonly weight?: FoldedWeight | undefined
  /** Whether frames of folded stacks are marked `_[k]`: they are the kernel's. */
  readonly annotate?: boolean | undefined
  /** How frames of folded stacks show modules; as suffixes by default. */
  readonly modules?: ModulesShown | undefined
  /** Whether folded stacks stand in the order of time, each as often as it occurs. */
  readonly flamechart?: boolean | undefined
  /** Whether Chrome's events stand in an array that is valid wherever it is cut off. */
  readonly array?: boolean | undefined
  /** Whether positions are the trace's own times, where it has some; Perfetto's always are. */
  readonly absoluteTime?: boolean | undefined
  /** Percent of all the time that a function must have to be drawn by dot; 0 draws everything. */
  readonly minPercent?: number | undefined
  /** Where formats that show every call keep them until the end; in memory by default. */
  readonly store?: BlockStore | undefined
  /** Packs what pprof defines as packed; pako by default. */
  readonly gzip?: ((bytes: Uint8Array) => Uint8Array) | undefined
  /** Takes what is to be known about an output that its readers may refuse, in one line. */
  readonly warn?: ((message: string) => void) | undefined
}

/** `self`: nanoseconds that measured callees do not account for. */
export type FoldedWeight = 'self' | 'calls'

/** `ext4_read [ext4]`, `ext4:ext4_read`, `ext4_read` */
export type ModulesShown = 'suffix' | 'prefix' | 'none'

/** `none`: the stacks of all tasks together; otherwise the frame that stands below each stack. */
export type FoldedRoot = 'none' | 'comm' | 'pid' | 'cpu'

/** An output format: everything about it that others need to know. */
export interface Format {
  readonly name: string
  /** File name endings that mean this format, the most usual first. */
  readonly extensions: readonly string[]
  readonly summary: string
  readonly memory: MemoryClass
  /** Not text: kept off terminals. */
  readonly binary: boolean
  /** Whether it shows what the trace notes on calls: arguments, return values, callers. */
  readonly notes: boolean
  /** The format is compressed by its own definition. */
  readonly compressed: boolean
  /** Writing takes so long that it pays to read on another thread. */
  readonly slow: boolean
  /** Its writer, which is loaded when it is asked for. */
  load(): Promise<Open>
}

/** Makes a sink that writes what it receives to `out`, completely by the time `finish` returns. */
export type Open = (out: ByteSink, options: EmitOptions) => TimelineSink
