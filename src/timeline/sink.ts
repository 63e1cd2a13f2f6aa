/**
 * The one interface between everything that produces a timeline and everything that consumes one:
 * reading, replaying, teeing, checking, aggregating and writing all go through it.
 *
 * A consumer takes a timeline in one of four ways:
 * - event by event, as a sink of its own: `{ ...ignored, begin, end }`;
 * - call by call, as they end and with their names: `finishedCalls`;
 * - stack by stack, with calls and self time, at the end: `stacksAtEnd`, or `StackWeights`;
 * - track by track, with the calls of each in order, at the end: `keepTracks`.
 */

/** Nanoseconds since the first moment of the trace: an integer, exact up to 104 days. */
export type Nanos = number

/** Dense from 0, in the order of definition. */
export type TrackId = number

/** Dense from 1, in the order of definition. */
export type FunctionId = number

/** In place of a function: the trace has not named the call (yet). */
export const UNNAMED: FunctionId = 0

/** In place of a duration: the call has no measured one, because its exit is not in the trace. */
export const UNMEASURED = -1

/** A kernel function as the trace names it: the module is '' for the kernel itself. */
export interface KernelFunction {
  readonly name: string
  readonly module: string
}

/**
 * One call stack over time. A task's stack where the trace says which task runs (`pid` > 0), the
 * idle task of a cpu (`pid` 0), or, as long as nothing names the task, whatever a cpu runs
 * (`pid` undefined). `cpu` is set for the last two only, unless the trace has no cpus.
 */
export interface Track {
  readonly pid: number | undefined
  /**
   * The task's name as the trace has it, '' where unknown: at most 7 bytes in kernel text, up to
   * 15 from where an event tells it whole.
   */
  readonly comm: string
  readonly cpu: number | undefined
  /** The interrupts of the cpu, where they are shown apart from the tasks that they hit. */
  readonly isInterrupts?: boolean
}

/** The details of a call beside its name and its time. */
export interface CallNotes {
  /** Those that the kernel knows: at most the ones passed in registers. */
  readonly arguments: readonly Argument[]
  /** The return address, `foo+0x1d/0x40 [module]`; '' if there is none. */
  readonly caller: string
  readonly returned: Value | undefined
}

/** An argument of a call, as funcgraph-args prints it. */
export interface Argument {
  /** As in the source code; '' for a variadic argument. */
  readonly name: string
  readonly value: Value
}

/** A value as the kernel prints it. */
export interface Value {
  /** `-22`, `0xffff888003f5a000`, `(STRUCT)[0x1:0x2]`, `true` */
  readonly text: string
  /** If `text` is a number: 64 bits, negative only if printed so. */
  readonly number: bigint | undefined
  /** The name of the number: an enumerator, or the errno of a returned error. */
  readonly meaning: string
}

/** Dense from 0, in the order of definition. */
export type LaneId = number

/** A row of named sections beside the calls. Sections and calls may overlap in any way. */
export interface Lane {
  readonly kind: LaneKind
  readonly name: string
  /** The task or the cpu that it belongs to. */
  readonly owner: { readonly track: TrackId } | { readonly cpu: number }
}

/** The kinds of sections in a lane. */
export type LaneKind =
  /** Sections that a task wrote to trace_marker, nested. */
  | 'markers'
  /** Sections that begin and end by their name, on any task (async trace_marker texts). */
  | 'async'
  /** The interrupts that a cpu served. */
  | 'interrupts'
  /** The tasks that a cpu ran. */
  | 'tasks'

/** Where the positions of a timeline come from. */
export type Clock =
  /** The trace's own timestamps. */
  | 'timestamps'
  /** No timestamps: rebuilt from the printed durations, in file order. */
  | 'rebuilt'
  /** Neither timestamps nor durations: only the order is known, every call counts as 1 ns. */
  | 'order'

/** Facts about a trace before its first event; of its first capture, if it has several. */
export interface TraceStart {
  readonly dialect: string
  /** The columns of the text, in the header's own words. */
  readonly columns: readonly string[]
  readonly clock: Clock
  /**
   * The first timestamp in seconds, such as `606.478818`: as printed, but for a clock that counts
   * something else (x86-tsc, s390-tod). '' without timestamps.
   */
  readonly origin: string
}

/** Facts about a trace that has been read to its end. */
export interface TraceFacts extends TraceStart {
  /** From the first to the last position of any track. */
  readonly span: Nanos
  readonly lostEvents: number
}

/** Begins and ends of calls without notes, many at once, in columns. */
export interface CallEvents {
  /** Two for each event: four times the track, plus 1 if the call ends; and the function. */
  readonly numbers: Int32Array
  /** Two for each event: its position, and the duration if the call ends. */
  readonly times: Float64Array
}

/**
 * Receives a timeline, event by event.
 *
 * A producer guarantees, and `checked` asserts:
 * - `start` comes once, before everything else.
 * - `defineFunction` and `defineTrack` come before the first use of their id. A track may be
 *   defined again when its task becomes known or changes its name; the last definition holds.
 * - On one track, positions never go back and `begin`/`end` nest perfectly.
 * - `end` names the same function as its `begin`, unless that one was UNNAMED: such a call was
 *   already running when the trace began to show its track, and what its `end` brings is the name.
 *   Whatever follows an UNNAMED `begin` on its track stands at least 1 ns later (except that call's
 *   own end), so that a writer may write the begin late and let its reader sort by time.
 * - A call that is UNNAMED to its end is a gap in what the trace shows, not a call: tables give its
 *   content to its caller, and timelines show nothing.
 * - `end` carries the duration that the trace printed: the measurement that every weight is made
 *   of. It may differ from the distance between the two positions. UNMEASURED marks a call whose
 *   exit is not in the trace: it is incomplete and has no weight of its own.
 * - On one lane, too, positions never go back, and sections nest: `endSection` ends the last one.
 *
 * Nothing is promised about the order of events on different tracks. `finish` comes once, last,
 * when every call and every section has ended.
 */
export interface TimelineSink {
  /** Comes once, first. */
  start(facts: TraceStart): void
  /** From here on the id means this function. */
  defineFunction(id: FunctionId, definition: KernelFunction): void
  /** From here on the id means this track; a later definition replaces an earlier one. */
  defineTrack(id: TrackId, track: Track): void
  /** From here on the id means this lane. */
  defineLane(id: LaneId, lane: Lane): void
  /** A call begins. */
  begin(track: TrackId, func: FunctionId, at: Nanos): void
  /** The innermost call of the track ends. `notes` are all there are on the call, those on its entry too. */
  end(track: TrackId, func: FunctionId, at: Nanos, duration: Nanos, notes?: CallNotes): void
  /**
   * The events `from` up to `to`, instead of each by itself; for sinks that gain by it. The
   * columns are the producer's again when this returns.
   */
  callEvents?(events: CallEvents, from: number, to: number): void
  /** From here on the track's task runs on this cpu. */
  migrate(track: TrackId, cpu: number, at: Nanos): void
  /**
   * A moment on a track: a trace event, a marker. `text` is what the trace says beside the name,
   * `frames` the stack that it shows with it, the innermost frame first.
   */
  instant(track: TrackId, at: Nanos, name: string, text: string, frames?: readonly string[]): void
  /** A section begins, inside the section of the lane that is open. */
  beginSection(lane: LaneId, at: Nanos, name: string): void
  /** The innermost section of the lane ends. */
  endSection(lane: LaneId, at: Nanos): void
  /** From here on the counter has this value, for the process of the track. */
  count(track: TrackId, at: Nanos, name: string, value: number): void
  /** Events of this cpu are missing before `at`; `events` is 0 where their number is unknown. */
  lost(cpu: number, at: Nanos, events: number): void
  /**
   * Another capture of the trace begins: calls and sections have ended, and what follows goes on at
   * `at` or later.
   */
  nextCapture?(at: Nanos): void
  /**
   * Hands on whatever the sink has written but still holds: by a sink that writes as it goes, and
   * by one that passes on to another. It may come at any time before `finish`.
   */
  flush?(): void
  /** Comes once, last. */
  finish(facts: TraceFacts): void
}
