/**
 * The way from lines to a timeline. What lines mean is found out by the engine (../assembly/stacks.ts);
 * here stand its edges: names, tracks, notes, events, and the sink that all is told.
 */
import type { DiagnosticName, Diagnostics } from '../../base/diagnostics.js'
import { servesInterrupts, servesSoftirqs } from '../../timeline/interrupt-functions.js'
import type { Clock, FunctionId, KernelFunction, Nanos, TimelineSink } from '../../timeline/sink.js'
import { withoutInterrupts } from '../../timeline/sinks/index.js'
import { sleeps } from '../../timeline/sleep-functions.js'
import * as counted from '../assembly/counted.js'
import { NO_DOUBT, STRANGE } from '../assembly/doubt-kinds.js'
import type { Engine, MemoryView } from '../engine.js'
import type { KeptNotes } from '../lines/kept-notes.js'
import type { Task, Tasks } from '../lines/task-cells.js'
import { EXIT, scaledTime, type TraceLine, timeText } from '../lines/trace-line.js'
import { type Doubt, SameDepth, Stranger } from './doubts.js'
import { Events } from './events.js'
import { ExitsOnly } from './exits-only.js'
import type { InterruptsShown } from './interrupts.js'
import { toldTasks } from './told-tasks.js'
import { Tracks } from './tracks.js'
import { WaitingEvents } from './waiting-events.js'

/** The facts that the meaning of a capture's lines depends on. */
export interface CaptureColumns {
  readonly time: boolean
  /** The factor from its timestamps to nanoseconds. */
  readonly clockScale: number
  /** No entries and no leaves are to be expected. */
  readonly hasExitsOnly: boolean
  readonly firstTasks: ReadonlyMap<number, Task>
  /** By pid, names that cells may cut. */
  readonly names: ReadonlyMap<number, string>
  readonly cpu: boolean
  readonly slots: boolean
  readonly duration: boolean
  /** Others come before it. */
  readonly isNext: boolean
}

/** The rows beside the calls of a task. */
export interface ContextShown {
  readonly interrupts: InterruptsShown
  readonly sleep: SleepShown
}

/** A track is a task, or a cpu with all that it ran. */
export type TracksShown = 'task' | 'cpu'

/**
 * `apart`: time off the cpu is a call of its own, `[off-cpu]`, inside the calls that slept. `drop`: it is
 * taken out of all durations, and idle cpus with it.
 */
export type SleepShown = 'inline' | 'apart' | 'drop'

/** The functions that stand for calls without a name in the trace. */
export interface StackNames {
  /** The function that calls without a name count for. */
  unknown(): FunctionId
  offCpu(): FunctionId
}

/** Diagnostics that the engine counts. */
const diagnosed: Partial<Record<DiagnosticName, number>> = {
  'missing-entries': counted.MISSING_ENTRIES,
  'missing-exits': counted.MISSING_EXITS,
  'calls-broken-by-loss': counted.CALLS_BROKEN_BY_LOSS,
  'open-at-end': counted.OPEN_AT_END,
  'children-exceed-parent': counted.CHILDREN_EXCEED_PARENT,
  'moved-positions': counted.MOVED_POSITIONS,
  'negative-durations': counted.NEGATIVE_DURATIONS,
  'wrapped-durations': counted.WRAPPED_DURATIONS,
  'false-folds': counted.FALSE_FOLDS,
  'nameless-exits': counted.NAMELESS_EXITS,
  'impossible-times': counted.IMPOSSIBLE_TIMES,
}

export class Stacks {
  readonly tracks: Tracks
  lostEvents = 0
  readonly #engine: Engine
  readonly #sink: TimelineSink
  readonly #events: Events
  readonly #exitsOnly: ExitsOnly
  readonly #notes: KeptNotes
  readonly #diagnostics: Diagnostics
  readonly #tellsInterrupts: boolean
  readonly #waiting: WaitingEvents
  readonly #counts: MemoryView<Float64Array>
  /** How many lines can be placed before they are followed. */
  readonly mostPlaced: number
  /** Of the lines that were placed, by their number: the numbers of their notes. */
  readonly #placedNotes: number[] = []
  #hasDurations = true
  #hasExitsOnly = false
  /** The first position of the trace, -1 before there is one. */
  #begin = -1
  /** The factors to nanoseconds from the first timestamp, and from those of the capture. */
  #firstScale = 1
  #scale = 1

  constructor(
    sink: TimelineSink,
    tasks: Tasks,
    diagnostics: Diagnostics,
    names: StackNames,
    { interrupts, sleep }: ContextShown,
    engine: Engine,
    notes: KeptNotes,
  ) {
    const { module } = engine
    this.#engine = engine
    this.#notes = notes
    this.mostPlaced = module.MOST_LINES.value
    this.#sink = interrupts === 'drop' ? withoutInterrupts(sink) : sink
    this.#events = new Events(this.#sink)
    this.#diagnostics = diagnostics
    this.tracks = new Tracks(this.#sink, tasks, module)
    this.#exitsOnly = new ExitsOnly(module, notes => this.#notes.keep(notes))
    this.#tellsInterrupts = interrupts !== 'inline'
    if (this.#tellsInterrupts) module.showInterruptsApart()
    if (sleep !== 'inline') module.showSleepApart()
    this.#waiting = new WaitingEvents(engine, this.#sink, this.#notes)
    this.#counts = engine.view(
      (buffer, m) => new Float64Array(buffer, m.counts.value, counted.COUNTED),
    )
    engine.host = {
      sendEvents: () => this.send(),
      findTrack: (task, cpu) => {
        this.send()
        return this.tracks.find(task, cpu)
      },
      addInterrupts: cpu => this.tracks.addInterrupts(cpu),
      unknownFunction: names.unknown,
      offCpuFunction: names.offCpu,
    }
  }

  /** Where the positions of the capture come from. */
  get clock(): Clock {
    if (this.captureOrigin !== '') return 'timestamps'
    return this.#hasDurations ? 'rebuilt' : 'order'
  }

  /** The first timestamp of the trace in seconds, as its clock counts them; '' if it does not begin with one. */
  get origin(): string {
    const { firstSeconds, firstNanos } = this.#engine.module
    return printed(firstSeconds.value, firstNanos.value, this.#firstScale)
  }

  /** That of the capture. */
  get captureOrigin(): string {
    const { captureSeconds, captureNanos } = this.#engine.module
    return printed(captureSeconds.value, captureNanos.value, this.#scale)
  }

  /** Lines of calls. */
  get lines() {
    const counts = this.#counts.array
    return {
      entry: counts[counted.ENTRIES],
      leaf: counts[counted.LEAVES],
      exit: counts[counted.EXITS],
    }
  }

  get calls() {
    const counts = this.#counts.array
    return {
      complete: counts[counted.COMPLETE_CALLS],
      incomplete: counts[counted.INCOMPLETE_CALLS],
      orphan: counts[counted.ORPHAN_CALLS],
    }
  }

  /** Nanoseconds: of roots, and of them the own time of calls that the trace shows in part. */
  get time() {
    const counts = this.#counts.array
    return {
      roots: counts[counted.ROOTS],
      withoutEntry: counts[counted.WITHOUT_ENTRY],
      withoutExit: counts[counted.WITHOUT_EXIT],
    }
  }

  /** Calls that do not stand at their printed time, to the microsecond. */
  get moved() {
    const calls = this.#counts.array[counted.MOVED_POSITIONS]
    return { calls, furthest: this.#engine.module.furthestMove.value }
  }

  /** Whole calls whose positions are more than a microsecond further apart, or nearer, than was printed. */
  get extents() {
    const counts = this.#counts.array
    return {
      longerBySleep: counts[counted.LONGER_BY_SLEEP],
      longerByCallees: counts[counted.LONGER_BY_CALLEES],
      shorter: counts[counted.SHORTER],
      largest: this.#engine.module.largestDifference.value,
    }
  }

  get span(): Nanos {
    return this.#begin < 0 ? 0 : this.#engine.module.latest.value - this.#begin
  }

  /** Where on the timeline the capture began, and where the timeline has come to. */
  get position() {
    const { earliest, latest } = this.#engine.module
    return { begin: earliest.value < 0 ? latest.value : earliest.value, end: latest.value }
  }

  /** Calls stand by their exits, which `call` has to be told of. */
  get hasExitsOnly(): boolean {
    return this.#hasExitsOnly
  }

  /** A capture begins, the one before it having ended: it continues in time where that came to. */
  startCapture(columns: CaptureColumns): void {
    this.#hasDurations = columns.duration
    this.#hasExitsOnly = columns.hasExitsOnly
    if (this.origin === '') this.#firstScale = columns.clockScale
    this.#scale = columns.clockScale
    if (columns.hasExitsOnly && columns.duration) this.#diagnostics.add('exits-only')
    this.#engine.module.startCapture(columns.time, columns.clockScale, columns.slots)
    this.tracks.startCapture(columns.cpu, columns.firstTasks, columns.names)
    if (columns.isNext) this.#sink.nextCapture?.(this.#engine.module.latest.value)
  }

  /** The trace is at its end, and so is its last capture. */
  finish(): void {
    const counts = this.#counts.array
    for (const [name, number] of Object.entries(diagnosed)) {
      this.#diagnostics.add(name as DiagnosticName, counts[number])
    }
  }

  defineFunction(id: FunctionId, definition: KernelFunction): void {
    if (this.#tellsInterrupts && servesInterrupts(definition)) {
      this.#engine.module.setHandler(id, servesSoftirqs(definition))
    }
    if (sleeps(definition)) this.#engine.module.setSleeper(id)
    this.#sink.defineFunction(id, definition)
  }

  /** The number of the line that told the event which is being sent, if it was followed by `followByLine`. */
  get line(): number | undefined {
    return this.#waiting.line
  }

  /** Does as `follow`, and sends what each line tells with its number; that of the line numbered 0 is `firstLine`. */
  followByLine(
    from: number,
    end: number,
    seconds: number,
    nanos: number,
    firstLine: number,
  ): number {
    this.#waiting.firstLine = firstLine
    const next = this.follow(from, end, seconds, nanos)
    this.send()
    this.#waiting.firstLine = undefined
    return next
  }

  /**
   * Follows lines from number `from` of those that were scanned at once on, up to `end`, one of this
   * time, or one in doubt. Returns its number; less than 0, if more lines might settle the doubt.
   */
  follow(from: number, end: number, seconds: number, nanos: number): number {
    return this.#engine.module.follow(from, end, seconds, nanos)
  }

  /** Puts a line of a call among those that `follow` follows, as number `index`. */
  place(index: number, line: TraceLine): void {
    const { kind, isInInterrupt, depth, func, duration, cpu, task, seconds, nanos } = line
    const notes = line.hasNotes ? this.#notes.keep(line.notes) : 0
    this.#placedNotes[index] = notes
    const { module } = this.#engine
    module.placeLine(
      index,
      kind,
      isInInterrupt,
      depth,
      func,
      duration,
      cpu,
      task,
      seconds,
      nanos,
      notes,
    )
  }

  /** The line with that number is not followed after all: it comes as a call by itself. */
  takeBack(index: number): void {
    this.#notes.take(this.#placedNotes[index] as number)
  }

  /** A line is read that is none at which time jumps back. */
  seeTime({ cpu, seconds, nanos }: TraceLine): void {
    this.#engine.module.seeLine(cpu, seconds, nanos)
  }

  /** Whether time jumps back at a line by more than a buffer explains. */
  isJump({ cpu, seconds, nanos }: TraceLine): boolean {
    return this.#engine.module.isJump(cpu, seconds, nanos) !== 0
  }

  /** Follows a line of a call, unless it is in doubt: then it returns false. */
  call(line: TraceLine): boolean {
    if (this.#hasExitsOnly) {
      if (line.kind === EXIT) {
        this.#exitsOnly.exit(line)
        return true
      }
      this.#endExitsOnly()
    }
    if (this.isInDoubt(line)) return false
    this.#follow(line, 0)
    return true
  }

  /** Whether later lines have to say what the line of a call means. */
  isInDoubt(line: TraceLine): boolean {
    return !this.#hasExitsOnly && this.#doubtOf(line) !== NO_DOUBT
  }

  /** The doubts about such a line. */
  doubt(line: TraceLine): Doubt {
    const { module } = this.#engine
    if (this.#doubtOf(line) === STRANGE) return new Stranger(line, this.tracks.openFor(line.cpu))
    return new SameDepth(line, module)
  }

  /** Whether it is worth to look for an answer, and how many lines that took. */
  mayLook(): boolean {
    return this.#engine.module.mayLook() !== 0
  }

  countLooks(lines: number): void {
    this.#engine.module.countLooks(lines)
  }

  /** Follows the line as its doubt says by now. */
  settle(line: TraceLine, doubt: Doubt): void {
    if (doubt instanceof Stranger && doubt.track !== undefined) {
      this.send()
      this.tracks.move(doubt.track, line.cpu)
    }
    this.#follow(line, doubt instanceof SameDepth ? doubt.around : 0)
  }

  #doubtOf({ kind, depth, duration, cpu, task }: TraceLine): number {
    return this.#engine.module.doubtOfOther(kind, depth, duration, cpu, task)
  }

  /** Follows a line of a call, inside so many open calls of its own depth. */
  #follow(line: TraceLine, around: number): void {
    this.place(this.mostPlaced, line)
    this.#engine.module.followOther(around)
  }

  /** The next call of the cpu is that of an interrupt. */
  interrupt(line: TraceLine): void {
    this.#engine.module.expectInterrupt(line.cpu)
  }

  switchTask(line: TraceLine): void {
    this.send()
    this.tracks.switchTask(line)
  }

  event(line: TraceLine, name: string, text: string, frames: readonly string[]): void {
    const { module } = this.#engine
    const { cpu, task, seconds, nanos } = line
    const track = module.trackOf(task, cpu)
    const at = module.arriveAt(cpu, task, seconds, nanos)
    this.send()
    for (const task of toldTasks(name, text)) this.tracks.learnName(task)
    this.#events.tell({ track, cpu, at, name, text, frames })
  }

  /** The stacks of the tasks seen last on the cpu cannot be trusted past the gap. */
  lost({ cpu, events }: TraceLine): void {
    const { module } = this.#engine
    this.#exitsOnly.lost(cpu)
    module.loseEvents(cpu, events > 0)
    this.send()
    this.lostEvents += events
    this.#diagnostics.add('lost-events', events || 1)
    this.#events.lost(cpu, module.latest.value)
    this.#sink.lost(cpu, module.latest.value, events)
  }

  /** The capture is at its end: closes what is open. */
  endCapture(): void {
    const { module } = this.#engine
    this.#endExitsOnly()
    module.endCapture()
    this.send()
    this.#events.finish(module.latest.value)
    if (this.#begin < 0) this.#begin = module.earliest.value
  }

  /** Sends what lines were found to mean. Until then, events may wait in the engine. */
  send(): void {
    this.#waiting.send()
  }

  /** From now on the trace has more than exits. */
  #endExitsOnly(): void {
    if (!this.#hasExitsOnly) return
    this.#exitsOnly.finish()
    this.#hasExitsOnly = false
  }
}

/** A timestamp; '' before there is one. */
function printed(seconds: number, nanos: number, scale: number): string {
  return seconds < 0 ? '' : timeText(scaledTime({ seconds, nanos }, scale))
}
