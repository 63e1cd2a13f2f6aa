import type { Diagnostic, Diagnostics } from '../base/diagnostics.js'
import type { Clock, Nanos, TraceFacts } from '../timeline/sink.js'
import type { LeftOut } from '../timeline/sinks/index.js'
import type { Task } from './lines/task-cells.js'

/** How many lines of each kind a trace has. */
export interface LineCounts {
  total: number
  header: number
  entry: number
  leaf: number
  exit: number
  switch: number
  comment: number
  lost: number
  /** Known forms that say nothing about calls: blank lines, rules, stack traces, banners. */
  other: number
  unrecognized: number
}

/** How many calls there are, by how much of them the trace shows. */
export interface CallCounts {
  /** Entry and exit are in the trace, or the call is a leaf. */
  readonly complete: number
  /** The exit is not in the trace. */
  readonly incomplete: number
  /** The entry is not in the trace. */
  readonly orphan: number
}

/** One of the captures that a trace has. They stand on the timeline one after another. */
export interface CaptureSummary {
  /** Which of the inputs it is in, and which of that one's captures it is; both from 1. */
  readonly input: number
  readonly number: number
  readonly dialect: string
  /** Of a trace.dat: the buffer that it is, '' for the top one. */
  readonly buffer?: string
  /** The columns of its text, in the header's own words. */
  readonly columns: readonly string[]
  readonly clock: Clock
  /** Its first timestamp as printed; '' without timestamps. */
  readonly origin: string
  /** The number of its first line in the input, and how many lines there are up to the next one. */
  readonly firstLine: number
  readonly lines: number
  readonly calls: CallCounts
  /** Where on the timeline it begins, and from there to where the timeline has come at its end. */
  readonly begin: Nanos
  readonly span: Nanos
}

/** Facts that a trace.dat knows beside its records. */
export interface RecordingFacts {
  /** Of the file: 6 or 7. */
  readonly version: number
  /** `none`, `zlib`, `zstd` */
  readonly compression: string
  /** As `uname` prints it: `Linux vm 6.12.107 x86_64`; '' if it is not there. */
  readonly kernel: string
  /** The version of trace-cmd; '' if it is not there. */
  readonly traceCmd: string
  /** The chosen one of trace_clock, such as `local`. */
  readonly clock: string
  /** The buffers in the file: '' is the top one. */
  readonly buffers: readonly {
    readonly name: string
    readonly cpus: readonly number[]
    readonly isRead: boolean
  }[]
  /** Events that each cpu has lost to newer ones, by its statistics; those with some. */
  readonly overruns: readonly { readonly cpu: number; readonly events: number }[]
}

/** The result of reading a trace. */
export interface TraceSummary extends TraceFacts {
  readonly lines: Readonly<LineCounts>
  readonly cpus: readonly number[]
  readonly tasks: readonly Task[]
  readonly calls: CallCounts
  /** Time that was left out, where `sleep: 'drop'` asks for that. */
  readonly leftOut?: Readonly<LeftOut>
  /** Nanoseconds in calls, by how much of them the trace shows. */
  readonly time: {
    /** The durations of the calls that no other encloses, of what incomplete ones called too. */
    readonly roots: number
    /** Of these, the own time of orphan calls: measured, but their begins are not in the trace. */
    readonly withoutEntry: number
    /** Beside these, the own time of incomplete calls: from their begin to where they were seen last. */
    readonly withoutExit: number
  }
  /** Calls that stand more than a microsecond from their printed time, so that calls nest. */
  readonly moved: { readonly calls: number; readonly furthest: number }
  /** Calls, other than orphans, whose slices are more than a microsecond longer or shorter than printed. */
  readonly extents: {
    /** Their durations leave out time asleep, which their slices show. */
    readonly longerBySleep: number
    /** Their callees take longer than they do. */
    readonly longerByCallees: number
    /** There is no room for them: they began before their entry was recorded. */
    readonly shorter: number
    /** Nanoseconds: the most by which a slice is longer or shorter. */
    readonly largest: number
  }
  readonly tracks: number
  /** Facts about inputs that are trace.dat files, one for each; absent if there are none. */
  readonly recordings?: readonly RecordingFacts[]
  /** Those with calls, in their order: one for most texts. */
  readonly captures: readonly CaptureSummary[]
  /** The changes to the text that were undone: `quoted`, `with line numbers`. */
  readonly undone: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

export function noLines(): LineCounts {
  return {
    total: 0,
    header: 0,
    entry: 0,
    leaf: 0,
    exit: 0,
    switch: 0,
    comment: 0,
    lost: 0,
    other: 0,
    unrecognized: 0,
  }
}

/** Notes where the numbers of a trace come from as a whole. */
export function noteSources(
  { columns, clock }: TraceFacts,
  { entry, leaf, exit }: LineCounts,
  cpus: readonly number[],
  diagnostics: Diagnostics,
): void {
  const hasColumn = (name: string) => columns.includes(name)
  if (entry + leaf + exit === 0) diagnostics.add('no-calls')
  else if (entry + leaf === 0 && !hasColumn('DURATION')) diagnostics.add('unmeasured-exits')
  else if (clock === 'rebuilt' && !hasColumn('TIME')) diagnostics.add('rebuilt-time')
  else if (clock === 'order') diagnostics.add('order-only')
  else if (!hasColumn('DURATION')) diagnostics.add('derived-durations')
  if (!hasColumn('CPU') && !hasColumn('TASK/PID') && cpus.length > 1) {
    diagnostics.add('no-cpu-column')
  }
}
