import type { Diagnostics } from '../../base/diagnostics.js'
import {
  type CallNotes,
  type Clock,
  type FunctionId,
  type KernelFunction,
  type Nanos,
  type TimelineSink,
  UNMEASURED,
  UNNAMED,
} from '../../timeline/sink.js'
import { sendCallEvents, withoutInterrupts } from '../../timeline/sinks/index.js'
import { NAMED_DEPTHS, type StackMemory } from '../fast/stack-memory.js'
import type { UsualCalls } from '../fast/usual-calls.js'
import type { Task, Tasks } from '../lines/task-cells.js'
import { ABSENT, EXIT, type TraceLine, timeText } from '../lines/trace-line.js'
import { Events } from './events.js'
import type { ExitedCall } from './exit-tree.js'
import { Interrupts, type InterruptsShown } from './interrupts.js'
import { type Cpu, type Stack, Tracks } from './tracks.js'

/** Of which columns a capture's meaning depends. */
export interface CaptureColumns {
  readonly time: boolean
  /** What makes nanoseconds of its timestamps. */
  readonly clockScale: number
  /** No entries and no leaves are to be expected. */
  readonly hasExitsOnly: boolean
  readonly firstTasks: ReadonlyMap<number, Task>
  readonly cpu: boolean
  readonly slots: boolean
  readonly task: boolean
  readonly duration: boolean
}

/** What a task's time is told of beside its own calls. */
export interface ContextShown {
  readonly interrupts: InterruptsShown
  readonly sleep: SleepShown
  readonly tracks: TracksShown
}

export type TracksShown = 'task' | 'cpu'

/** `apart`: time off the cpu is a call of its own, `[off-cpu]`, inside of what has slept. */
export type SleepShown = 'inline' | 'apart'

/** The functions that stand for what has no name in the trace. */
export interface StackNames {
  /** What calls without a name count for. */
  unknown(): FunctionId
  offCpu(): FunctionId
}

// What nanoseconds are counted of.
const ROOTS = 0
const WITHOUT_ENTRY = 1
const WITHOUT_EXIT = 2

/** Timestamps are cut to the microsecond: an event happened up to this much after its time. */
const WITHIN_MICRO = 999

/** A call that has slept takes longer than that by itself. */
const SHORTEST_SLEEP = 10_000

/** What 32 bits of microseconds hold, and how far timestamps and a duration may stand apart. */
const WRAP = 2 ** 32 * 1000
const WRAP_TOLERANCE = 1e7

/**
 * What the lines mean: rebuilds every task's stack and places its calls in time.
 *
 * The indentation is the depth. An entry at depth d closes what is open at d or deeper: those
 * exits are missing. Where a line stands deeper than the open calls account for, calls are open
 * whose entries are not in the trace: each level between begins UNNAMED, and the exit at that
 * level brings the name. A level whose exit never comes was none; consumers leave it out.
 *
 * Durations weigh, timestamps place. With timestamps a call begins at its printed time and ends
 * its duration later, moved by the least that keeps what follows on its track in order. Without,
 * the calls of a track follow one another at their printed durations, and what a cpu begins at
 * depth 0 begins where the furthest track has come to.
 */
export class Stacks {
  readonly calls = { complete: 0, incomplete: 0, orphan: 0 }
  readonly #usual: UsualCalls
  readonly #memory: StackMemory
  /** Calls that do not stand at their printed time, to the microsecond. */
  readonly moved = { calls: 0, furthest: 0 }
  lostEvents = 0
  readonly tracks: Tracks
  readonly #sink: TimelineSink
  readonly #events: Events
  /** Undefined where interrupts stay among the calls that they hit. */
  readonly #interrupts: Interrupts | undefined
  readonly #diagnostics: Diagnostics
  readonly #names: StackNames
  readonly #tellsSleep: boolean
  /** Durations are to be changed by what is told apart. */
  readonly #tellsApart: boolean
  readonly #byCpu: boolean
  /** It is to be known when a cpu goes from one task to another. */
  #followsCpus = false
  #columns: CaptureColumns = {
    time: false,
    clockScale: 1,
    hasExitsOnly: false,
    firstTasks: new Map(),
    cpu: true,
    slots: true,
    task: false,
    duration: true,
  }
  #hasExitsOnly = false
  /** The first timestamp of the trace, as printed. */
  #origin = ''
  #isOriginSet = false

  constructor(
    sink: TimelineSink,
    tasks: Tasks,
    diagnostics: Diagnostics,
    names: StackNames,
    { interrupts, sleep, tracks }: ContextShown,
    usual: UsualCalls,
  ) {
    this.#usual = usual
    this.#memory = usual.memory
    this.#sink = interrupts === 'drop' ? withoutInterrupts(sink) : sink
    this.#events = new Events(this.#sink)
    this.#diagnostics = diagnostics
    this.#names = names
    this.#tellsSleep = sleep === 'apart'
    this.#tellsApart = this.#tellsSleep || interrupts !== 'inline'
    this.#byCpu = tracks === 'cpu'
    this.tracks = new Tracks(this.#sink, tasks, usual.memory)
    if (interrupts !== 'inline') this.#interrupts = new Interrupts(this.tracks)
  }

  get clock(): Clock {
    if (this.#origin !== '') return 'timestamps'
    return this.#columns.duration ? 'rebuilt' : 'order'
  }

  get origin(): string {
    return this.#origin
  }

  /** Nanoseconds: of roots, and of them the own time of calls that the trace shows in part. */
  get time() {
    const [roots = 0, withoutEntry = 0, withoutExit = 0] = this.#memory.time
    return { roots, withoutEntry, withoutExit }
  }

  get span(): Nanos {
    const [first, latest] = this.#memory.reached as unknown as [Nanos, Nanos]
    return first < 0 ? 0 : latest - first
  }

  /** Whether `follow` may be asked: not where time is told of in any special way. */
  get isFollowing(): boolean {
    const { time, clockScale, hasExitsOnly } = this.#columns
    return (!time || clockScale === 1) && !hasExitsOnly && !this.#tellsApart
  }

  /**
   * Follows lines from number `from` of those that were read at once on, up to `end` or one that is
   * to be looked at by itself, such as one of that time. Returns its number.
   */
  follow(from: number, end: number, seconds: number, nanos: number): number {
    const usual = this.#usual
    const next = usual.follow(from, end, seconds, nanos)
    const { orphans, incomplete } = usual
    this.calls.complete += usual.leaves + usual.exits - orphans
    this.calls.orphan += orphans
    this.calls.incomplete += incomplete
    if (orphans > 0) this.#diagnostics.add('missing-entries', orphans)
    if (incomplete > 0) this.#diagnostics.add('missing-exits', incomplete)
    if (usual.length > 0) sendCallEvents(usual.events, 0, usual.length, this.#sink)
    return next
  }

  /** Another capture begins: it continues in time where the one before came to. */
  startCapture(columns: CaptureColumns): void {
    this.#endCapture()
    this.#columns = columns
    this.#hasExitsOnly = columns.hasExitsOnly
    this.#followsCpus = columns.time || this.#tellsSleep || this.#byCpu
    if (columns.hasExitsOnly) this.#diagnostics.add('exits-only')
    this.#isOriginSet = false
    this.tracks.reset(columns.cpu)
    this.#usual.startCapture(columns.time, columns.slots)
    for (const [cpu, task] of columns.firstTasks) this.tracks.assume(cpu, task)
  }

  /** The trace is at its end: closes what is open. */
  finish(): void {
    this.#endCapture()
  }

  defineFunction(id: FunctionId, definition: KernelFunction): void {
    this.#interrupts?.defineFunction(id, definition)
    this.#sink.defineFunction(id, definition)
  }

  /** The next call of the cpu is that of an interrupt. */
  interrupt(line: TraceLine): void {
    this.tracks.cpu(line.cpu).isArrowPending = true
  }

  entry(line: TraceLine): void {
    const cpu = this.tracks.cpu(line.cpu)
    const stack = this.#stackOf(line, cpu)
    const at = this.#begin(stack, line)
    if (line.depth < NAMED_DEPTHS) cpu.slots[line.depth] = line.func
    stack.push(line.func, line.depth, at, notesOf(line))
    this.#sink.begin(stack.id, line.func, at)
  }

  leaf(line: TraceLine): void {
    const cpu = this.tracks.cpu(line.cpu)
    const stack = this.#stackOf(line, cpu)
    const at = isMark(line) ? this.#arrive(stack, line) : this.#begin(stack, line)
    if (line.depth < NAMED_DEPTHS) cpu.slots[line.depth] = UNNAMED
    this.calls.complete++
    this.#sink.begin(stack.id, line.func, at)
    stack.holdLeaf(line.func, line.depth, at, this.#durationOf(line), notesOf(line))
    if (!this.#columns.time) this.#endLeaf(stack, at)
    if (stack.isInterrupts) this.#endInterrupt(stack, cpu, line, stack.leafDuration)
  }

  exit(line: TraceLine): void {
    const cpu = this.tracks.cpu(line.cpu)
    const stack = this.#stackOf(line, cpu)
    this.#exit(line, cpu, stack)
    if (stack.isInterrupts) this.#endInterrupt(stack, cpu, line, this.#durationOf(line))
  }

  #exit(line: TraceLine, cpu: Cpu, stack: Stack): void {
    const time = this.#timeOf(line)
    if (this.#hasExitsOnly) {
      this.#exitOnly(stack, line, time, this.#nameOfExit(line, cpu))
      return
    }
    const name = this.#nameOfExit(line, cpu)
    if (this.#columns.time && name !== UNNAMED && name === stack.leaf) {
      if (this.#unfold(stack, line, time)) return
    }
    this.#settle(stack, line, time)
    this.#unwind(stack, line.depth + 1, 'missing-exits')
    const duration = this.#durationOf(line)
    if (stack.depth() === line.depth) {
      const func = stack.functions[stack.open - 1]
      if (func === UNNAMED || name === UNNAMED || func === name || this.#isStale(line)) {
        const named = func === UNNAMED ? name || this.#nameless() : func
        this.#close(stack, named, time, duration, notesOf(line))
        return
      }
      this.#unwind(stack, line.depth, 'missing-exits')
    }
    // Neither the entry nor anything that it called is in the trace.
    const earliest = this.#columns.time ? time - Math.max(duration, 0) : this.#now(stack)
    this.#reach(stack, Math.max(stack.cursor, earliest))
    this.#bridge(stack, line.depth)
    const at = stack.cursor
    stack.push(UNNAMED, line.depth, at, undefined)
    this.#sink.begin(stack.id, UNNAMED, at)
    this.#close(stack, name || this.#nameless(), time, duration, notesOf(line))
  }

  switchTask(line: TraceLine): void {
    this.tracks.switchTask(line)
  }

  event(line: TraceLine, name: string, text: string, frames: readonly string[]): void {
    const stack = this.tracks.stackOf(line, this.tracks.cpu(line.cpu))
    const at = this.#arrive(stack, line)
    this.#events.tell({ track: stack.id, cpu: line.cpu, at, name, text, frames })
  }

  /** The stacks of the tasks seen last on the cpu cannot be trusted past the gap. */
  lost(line: TraceLine): void {
    for (const stack of this.tracks.stacks) {
      if (stack.cpu !== line.cpu && stack.cpu !== ABSENT) continue
      this.#tellExited(stack)
      this.#settleLeaf(stack, Number.POSITIVE_INFINITY)
      this.#unwind(stack, 0, 'calls-broken-by-loss')
    }
    this.lostEvents += line.events
    this.#diagnostics.add('lost-events', line.events || 1)
    this.#events.lost(line.cpu, this.#latest())
    this.#sink.lost(line.cpu, this.#latest(), line.events)
  }

  #endCapture(): void {
    this.#endExitsOnly()
    for (const stack of this.tracks.stacks) {
      this.#settleLeaf(stack, Number.POSITIVE_INFINITY)
      stack.isOffCpu = false
      this.#unwind(stack, 0, 'open-at-end')
      this.#tellOwed(stack)
    }
    this.#events.finish(this.#latest())
  }

  /** Whose stack a line of the call graph belongs to, be it that of interrupts. */
  #stackOf(line: TraceLine, cpu: Cpu): Stack {
    const task = this.tracks.stackOf(line, cpu)
    if (!this.#interrupts || this.#hasExitsOnly) return task
    const stack = this.#interrupts.stackOf(line, cpu, task)
    if (stack !== task && line.kind !== EXIT && line.depth === cpu.interruptDepth) {
      this.#begin(task, line)
      this.#settleLeaf(stack, this.#timeOf(line))
      this.#unwind(stack, 0, 'missing-exits')
      if (!this.#columns.time) this.#reach(stack, Math.max(stack.cursor, task.cursor))
    }
    return stack
  }

  /** If an interrupt is over, the task that it has hit goes on where it has ended. */
  #endInterrupt(stack: Stack, cpu: Cpu, line: TraceLine, duration: Nanos): void {
    const task = cpu.interrupted
    this.#interrupts?.ended(cpu, line.depth, Math.max(duration, 0))
    const isOver = task !== undefined && cpu.interrupted === undefined
    if (isOver && !this.#columns.time) this.#reach(task, Math.max(task.cursor, stack.cursor))
  }

  #exitOnly(stack: Stack, line: TraceLine, time: Nanos, name: FunctionId): void {
    const isComplete = stack.exited.add({
      func: name || this.#nameless(),
      depth: line.depth,
      cpu: line.cpu,
      end: time,
      duration: this.#durationOf(line),
      notes: notesOf(line),
    })
    if (isComplete) this.#tellExited(stack)
  }

  #tellExited(stack: Stack): void {
    for (const call of stack.exited.takeAll()) {
      this.#moveTo(stack, call.cpu)
      if (!this.#columns.time) this.#reach(stack, this.#now(stack))
      this.#tellCall(stack, call)
    }
  }

  /** Tells a call with its callees: it begins its duration before its exit. */
  #tellCall(stack: Stack, { func, end, duration, notes, callees }: ExitedCall): void {
    const latest = this.#columns.time ? end : Number.POSITIVE_INFINITY
    const begin = this.#columns.time ? Math.max(stack.cursor, end - duration) : stack.cursor
    this.#reach(stack, begin)
    this.#sink.begin(stack.id, func, begin)
    let inside = 0
    for (const callee of callees) {
      this.#tellCall(stack, callee)
      inside += callee.duration
    }
    if (inside > duration + cutFrom(duration)) this.#diagnostics.add('children-exceed-parent')
    this.#reach(stack, Math.max(stack.cursor, Math.min(begin + duration, latest)))
    this.#sink.end(stack.id, func, stack.cursor, duration, notes)
    this.calls.orphan++
  }

  /** What comes now is no longer exits alone. */
  #endExitsOnly(): void {
    if (!this.#hasExitsOnly) return
    for (const stack of this.tracks.stacks) this.#tellExited(stack)
    this.#hasExitsOnly = false
  }

  /** Makes room for a call at the line's depth; returns where it begins. */
  #begin(stack: Stack, line: TraceLine): Nanos {
    if (this.#hasExitsOnly) this.#endExitsOnly()
    const at = this.#arrive(stack, line)
    const depth = stack.depth()
    if (depth >= line.depth) this.#unwind(stack, line.depth, 'missing-exits')
    else if (depth + 1 === line.depth) return at
    this.#bridge(stack, line.depth)
    return stack.cursor
  }

  /** The track comes to the line's time, or as close to it as what is on it allows. */
  #arrive(stack: Stack, line: TraceLine): Nanos {
    const time = this.#timeOf(line)
    this.#settle(stack, line, time)
    const at = this.#columns.time ? Math.max(time, stack.cursor) : this.#now(stack)
    if (at > time + WITHIN_MICRO) this.#countMoved(at - time)
    this.#reach(stack, at)
    return at
  }

  #countMoved(distance: Nanos): void {
    this.#diagnostics.add('moved-positions')
    this.moved.calls++
    this.moved.furthest = Math.max(this.moved.furthest, distance)
  }

  #latest(): Nanos {
    return this.#memory.reached[1]
  }

  /** Where time has come to for a track of a trace without timestamps. */
  #now(stack: Stack): Nanos {
    return stack.open > 0 || stack.isInterrupts ? stack.cursor : this.#latest()
  }

  /** The line's time since the origin; without a time column, no bound at all. */
  #timeOf(line: TraceLine): Nanos {
    if (!this.#columns.time) return Number.POSITIVE_INFINITY
    if (!this.#isOriginSet) this.#setOrigin(line)
    return this.#sinceOrigin(line)
  }

  #sinceOrigin(line: TraceLine): Nanos {
    const { origin } = this.#memory
    const time = (line.seconds - origin[0]) * 1e9 + line.nanos
    const { clockScale } = this.#columns
    return (clockScale === 1 ? time : Math.round(time * clockScale)) - origin[1]
  }

  /** The kernel subtracts without a sign: what ends before it began prints as 2^64 ns less that. */
  #durationOf(line: TraceLine): Nanos {
    if (line.duration <= Number.MAX_SAFE_INTEGER) return line.duration
    this.#diagnostics.add('negative-durations')
    return 0
  }

  /** A 32-bit kernel prints microseconds less all multiples of 2^32: the timestamps know how many. */
  #unwrapped(duration: Nanos, elapsed: Nanos): Nanos {
    const wraps = Math.round((elapsed - duration) / WRAP)
    if (wraps < 1 || Math.abs(elapsed - duration - wraps * WRAP) > WRAP_TOLERANCE) return duration
    this.#diagnostics.add('wrapped-durations')
    return duration + wraps * WRAP
  }

  #setOrigin(line: TraceLine): void {
    const isFirst = this.#origin === ''
    if (isFirst) this.#origin = timeText(line)
    if (isFirst || this.#sinceOrigin(line) < this.#latest()) {
      const { origin } = this.#memory
      origin[0] = line.seconds
      origin[1] = 0
      origin[1] = this.#sinceOrigin(line) - this.#latest()
    }
    this.#isOriginSet = true
  }

  /** What comes before a line on its track: the migration to its cpu, the end of a leaf. */
  #settle(stack: Stack, line: TraceLine, time: Nanos): void {
    if (stack.leaf !== UNNAMED) this.#settleLeaf(stack, time)
    if (this.#followsCpus && !stack.isInterrupts) this.#followCpu(stack, line, time)
    if (stack.cpu !== line.cpu) this.#moveTo(stack, line.cpu)
  }

  /** A task whose cpu has shown another one since, or that comes back on another, has slept. */
  #followCpu(stack: Stack, line: TraceLine, time: Nanos): void {
    const cpu = this.tracks.cpu(line.cpu)
    const { last } = cpu
    if (last && last !== stack && last.cpu === line.cpu) {
      this.#settleLeaf(last, time)
      last.isOffCpu = true
    }
    cpu.last = stack
    if (!this.#tellsSleep) return
    const hasSlept = stack.isOffCpu || (stack.cpu !== line.cpu && stack.cpu !== ABSENT)
    stack.isOffCpu = false
    if (!hasSlept || stack.open === 0 || !stack.pid) return
    if (!this.#columns.time) stack.sleptLevel = stack.open - 1
    else this.#tellSleep(stack, Math.min(time, stack.cursor + longestSleep(stack, line)))
  }

  /** Tells the time off the cpu from where the stack is, as a call of the innermost open one. */
  #tellSleep(stack: Stack, until: Nanos): void {
    const duration = until - stack.cursor
    if (duration <= 0) return
    const func = this.#names.offCpu()
    // What follows a begin without a name stands apart from it.
    if (stack.functions[stack.open - 1] === UNNAMED) this.#reach(stack, stack.cursor + 1)
    this.#sink.begin(stack.id, func, stack.cursor)
    this.#reach(stack, until)
    this.#sink.end(stack.id, func, until, duration)
    this.#addInside(stack, duration)
    stack.asleep.add(stack.open - 1, duration)
  }

  #moveTo(stack: Stack, cpu: number): void {
    if (stack.cpu === cpu) return
    stack.cpu = cpu
    this.#sink.migrate(stack.id, cpu, stack.cursor)
  }

  #settleLeaf(stack: Stack, time: Nanos): void {
    if (stack.leaf !== UNNAMED) this.#endLeaf(stack, time)
  }

  /** Ends the leaf at its duration; `time` is that of the next line. */
  #endLeaf(stack: Stack, time: Nanos): void {
    let duration = stack.leafDuration
    let end = stack.leafBegin + duration
    if (duration === ABSENT) {
      end =
        this.#columns.time && time < Number.POSITIVE_INFINITY
          ? Math.max(time, stack.leafBegin)
          : stack.leafBegin + 1
      duration = end - stack.leafBegin
    } else if (this.#columns.time && end > time + WITHIN_MICRO) {
      end = Math.max(time + WITHIN_MICRO, stack.leafBegin)
    }
    this.#reach(stack, end)
    this.#sink.end(stack.id, stack.leaf, end, duration, stack.leafNotes)
    stack.dropLeaf()
    this.#addInside(stack, duration)
  }

  /** Ends the innermost call with its printed duration; `time` is that of its exit. */
  #close(
    stack: Stack,
    func: FunctionId,
    time: Nanos,
    printed: Nanos,
    notes: CallNotes | undefined,
  ): void {
    const level = --stack.open
    const begin = stack.begins[level]
    const hasEntry = stack.functions[level] !== UNNAMED
    let duration = printed
    if (this.#columns.time && hasEntry && time - begin > WRAP) {
      duration = this.#unwrapped(duration, time - begin)
    }
    let end = begin + duration
    if (this.#columns.time) {
      if (!hasEntry || duration === ABSENT) end = time
      else if (end > time + WITHIN_MICRO) end = time + WITHIN_MICRO
      // Time asleep that the duration leaves out (nosleep-time).
      else if (end < time - WITHIN_MICRO) end = time
    } else if (duration === ABSENT) {
      end = stack.cursor + 1
    }
    end = Math.max(end, stack.cursor)
    if (duration === ABSENT) duration = end - begin
    if (this.#tellsApart) {
      if (stack.sleptLevel === level) this.#tellOwnTime(stack, end)
      duration = this.#withSleep(stack, level, duration)
      duration = Math.max(duration - stack.interrupted.take(level), 0)
    }
    this.#reach(stack, end)
    if (hasEntry) {
      this.calls.complete++
    } else {
      this.calls.orphan++
      this.#diagnostics.add('missing-entries')
      this.#count(WITHOUT_ENTRY, duration - stack.inside[level])
    }
    const excess = stack.inside[level] - duration
    if (excess > 0 && excess > cutFrom(duration)) this.#diagnostics.add('children-exceed-parent')
    this.#sink.end(stack.id, func, end, duration, stack.notesAt(level, notes))
    this.#addInside(stack, duration)
  }

  /** Without timestamps, the call in which a task has slept has slept all of its own time. */
  #tellOwnTime(stack: Stack, end: Nanos): void {
    stack.sleptLevel = -1
    stack.open++
    this.#tellSleep(stack, end)
    stack.open--
  }

  /** The duration of a call; sleep is added where durations leave it out (nosleep-time). */
  #withSleep(stack: Stack, level: number, duration: Nanos): Nanos {
    const asleep = stack.asleep.take(level)
    const excess = stack.inside[level] - duration
    return asleep > 0 && excess > asleep / 2 ? duration + asleep : duration
  }

  /** Ends what is open at `depth` and deeper: the exits are not in the trace. */
  #unwind(
    stack: Stack,
    depth: number,
    reason: 'missing-exits' | 'calls-broken-by-loss' | 'open-at-end',
  ): void {
    while (stack.open > 0 && stack.depths[stack.open - 1] >= depth) {
      const level = --stack.open
      const func = stack.functions[level]
      if (this.#tellsApart) {
        stack.interrupted.take(level)
        stack.asleep.take(level)
        if (stack.sleptLevel === level) stack.sleptLevel = -1
      }
      const owed = stack.owed ? this.#takeOwed(stack, level, func) : UNMEASURED
      if (owed !== UNMEASURED) {
        this.calls.complete++
      } else if (func !== UNNAMED) {
        this.calls.incomplete++
        const extent = stack.cursor - stack.begins[level]
        this.#count(WITHOUT_EXIT, extent - stack.inside[level])
        this.#diagnostics.add(reason)
      }
      this.#sink.end(stack.id, func, stack.cursor, owed, stack.notesAt(level, undefined))
      this.#addInside(stack, owed === UNMEASURED ? stack.inside[level] : owed)
    }
  }

  /** Begins an UNNAMED call for each level between the innermost open call and `depth`. */
  #bridge(stack: Stack, depth: number): void {
    for (let level = stack.depth() + 1; level < depth; level++) {
      stack.push(UNNAMED, level, stack.cursor, undefined)
      this.#sink.begin(stack.id, UNNAMED, stack.cursor)
      // The name comes late: what follows stands apart, so that a reader may sort by time.
      this.#reach(stack, stack.cursor + 1)
    }
  }

  #addInside(stack: Stack, duration: Nanos): void {
    if (stack.open === 0) {
      this.#count(ROOTS, duration)
      return
    }
    stack.inside[stack.open - 1] = stack.inside[stack.open - 1] + duration
  }

  #count(what: number, nanos: Nanos): void {
    const { time } = this.#memory
    if (nanos > 0) time[what] = time[what] + nanos
  }

  #reach(stack: Stack, at: Nanos): void {
    const { reached } = this.#memory
    stack.cursor = at
    if (at > reached[1]) reached[1] = at
    if (reached[0] < 0) reached[0] = at
  }

  /**
   * The kernel prints an entry and the next exit of its cpu as one leaf if task and function are the
   * same (get_return_for_leaf). They may be of two calls: of one that has returned on another cpu,
   * and of a later one that began there. The exit of the first one then shows it.
   */
  #unfold(stack: Stack, line: TraceLine, time: Nanos): boolean {
    const isOther = stack.leafDepth !== line.depth || stack.cpu === line.cpu
    if (isOther || stack.depth() >= line.depth) return false
    const { leaf: func, leafDepth: depth, leafDuration: duration } = stack
    stack.owed = { func, depth, duration }
    stack.holdLeaf(func, depth, stack.leafBegin, this.#durationOf(line), notesOf(line))
    this.#settle(stack, line, time)
    this.#diagnostics.add('false-folds')
    return true
  }

  /** A duration whose call did not show is one of its function all the same. */
  #tellOwed(stack: Stack): void {
    if (!stack.owed) return
    const { func, duration } = stack.owed
    stack.owed = undefined
    this.#sink.begin(stack.id, func, stack.cursor)
    this.#sink.end(stack.id, func, stack.cursor, duration)
    this.calls.orphan++
  }

  /** The duration of a call without an exit, where a false fold has left it. */
  #takeOwed(stack: Stack, level: number, func: FunctionId): Nanos {
    const { owed } = stack
    if (owed?.func !== func || owed.depth !== stack.depths[level]) return UNMEASURED
    stack.owed = undefined
    return owed.duration
  }

  /**
   * Whether the slot that named an exit is less to be trusted than the open call: the task column
   * says whose exit it is, while a missing line may have left the slot as it was. A loss does not.
   */
  #isStale(line: TraceLine): boolean {
    return line.func === UNNAMED && line.task !== ABSENT && this.lostEvents === 0
  }

  /** The note names it; without one the kernel found the function in its slot for that depth. */
  #nameOfExit(line: TraceLine, cpu: Cpu): FunctionId {
    if (line.depth >= NAMED_DEPTHS) return line.func
    const slot = cpu.slots[line.depth]
    cpu.slots[line.depth] = UNNAMED
    return line.func || (this.#columns.slots ? slot : UNNAMED)
  }

  #nameless(): FunctionId {
    this.#diagnostics.add('nameless-exits')
    return this.#names.unknown()
  }
}

/** By how much a printed duration may be too short: from 10 ms on its last digits are cut. */
function cutFrom(duration: Nanos): Nanos {
  if (duration < 1e7) return 0
  if (duration < 1e8) return 9
  return duration < 1e9 ? 99 : 999
}

/**
 * Latency tracers put calls of no length at depth 0 in the middle of a stack, to mark where they
 * started and stopped (trace_graph_function): these end nothing.
 */
function isMark(line: TraceLine): boolean {
  return line.duration === 0 && line.depth === 0
}

/**
 * What the exit of the call that has slept leaves for that, timestamps being less exact; but not if
 * it leaves so little that its duration must have left sleep out.
 */
function longestSleep(stack: Stack, line: TraceLine): Nanos {
  const isExit = line.kind === EXIT && line.depth === stack.depth() && line.duration > 0
  const own = line.duration - stack.inside[stack.open - 1]
  return isExit && own > SHORTEST_SLEEP ? own : Number.POSITIVE_INFINITY
}

function notesOf(line: TraceLine): CallNotes | undefined {
  return line.hasNotes ? line.notes : undefined
}
