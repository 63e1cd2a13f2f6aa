/**
 * The tables of `report`, `histogram`, `diff` and `assert`: calls added up by function and the
 * like.
 */
import { grown } from '../base/columns.js'
import { weightOf } from '../timeline/call-weight.js'
import { contextOf, contexts, IRQ, TASK } from '../timeline/interrupt-functions.js'
import {
  type CallNotes,
  type FunctionId,
  type KernelFunction,
  type Nanos,
  type TimelineSink,
  type Track,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from '../timeline/sink.js'
import { ignored } from '../timeline/sinks/index.js'
import { CallRow, type GroupedBy, type Subject } from './call-row.js'
import { Distribution } from './distribution.js'
import { LATER, OpenCalls } from './open-calls.js'

/** Which rows there are, and how their durations are kept. */
export interface StatisticsOptions {
  readonly by: GroupedBy
  /** Which functions have rows; all by default. */
  readonly only?: (func: KernelFunction) => boolean
  /** Makes the counter for the durations of a row; a plain `Distribution` by default. */
  readonly newDistribution?: () => Distribution
}

/** A row with its subject. */
export interface SubjectRow {
  readonly subject: Subject
  readonly row: CallRow
}

/**
 * Adds up the calls of a timeline in rows, one for each function, task and so on. Memory grows with
 * the number of rows. A call counts when it ends, because only then its duration is known.
 */
export class CallStatistics implements TimelineSink {
  readonly #functions: KernelFunction[] = []
  readonly #tracks: Track[] = []
  readonly #by: GroupedBy
  readonly #only: (func: KernelFunction) => boolean
  readonly #newDistribution: () => Distribution
  readonly #modules: string[] = []
  readonly #open: OpenCalls[] = []
  /** By function: the key of its row, or LATER. */
  #keys = new Int32Array(1024).fill(LATER)
  /** By function: 1 if it has a row. */
  #counts = new Uint8Array(1024)
  /** How many entries `OpenCalls` have kept so far. */
  #entries = 0
  /** By key: `#entries` at the last entry of that key. */
  #kept = new Float64Array(1024)
  /** By key, unless rows are by caller. */
  readonly #rows: CallRow[] = []
  /** By the key of the callee, then of the caller. */
  readonly #callers: Map<number, CallRow>[] = []

  constructor(options: StatisticsOptions) {
    this.#by = options.by
    this.#only = options.only ?? (() => true)
    this.#newDistribution = options.newDistribution ?? (() => new Distribution())
  }

  /** The rows that have calls, in the order of their first call. */
  rows(): SubjectRow[] {
    const rows = this.#by === 'caller' ? this.#rowsByCaller() : this.#rowsByKey()
    return rows.filter(({ row: { durations, incomplete } }) => durations.count + incomplete > 0)
  }

  /** All functions of the trace. */
  get functions(): readonly KernelFunction[] {
    return this.#functions.filter(Boolean)
  }

  /**
   * Durations of the measured calls, of any function, that are not inside another measured call.
   */
  get outermost(): Nanos {
    return this.#open.reduce((sum, { inside }) => sum + inside[0], 0)
  }

  defineFunction(id: FunctionId, func: KernelFunction): void {
    this.#functions[id] = func
    while (id >= this.#keys.length) {
      this.#keys = grown(this.#keys)
      this.#counts = grown(this.#counts)
    }
    this.#counts[id] = this.#only(func) ? 1 : 0
    this.#keys[id] = this.#keyOf(id, func)
  }

  defineTrack(id: TrackId, track: Track): void {
    this.#tracks[id] = track
    this.#open[id] ??= new OpenCalls(this.#keyOfTrack(id, track))
  }

  begin(track: TrackId, func: FunctionId): void {
    const open = this.#open[track]
    const key = this.#by === 'context' ? this.#contextAt(open, func) : this.#keys[func]
    open.push(key, this.#entries)
  }

  end(track: TrackId, func: FunctionId, _at: Nanos, duration: Nanos, notes?: CallNotes): void {
    const open = this.#open[track]
    const level = open.level--
    const inside = open.inside[level]
    const weight = weightOf(duration, inside)
    open.inside[level - 1] = open.inside[level - 1] + weight
    if (open.keys[level] === LATER && this.#by === 'caller') this.#nameCaller(open, level, func)
    if (this.#counts[func] === 0) return
    const row = this.#rowOf(open, level, func)
    if (duration === UNMEASURED) row.incomplete++
    else {
      row.durations.add(duration)
      row.self += weight - inside
    }
    row.total += weight
    if (notes) row.addNotes(notes)
    const { key } = row
    if (this.#kept[key] > open.begins[level]) open.takeBack(level, key)
    if (!open.mayRecur(key, level - 1)) return
    open.keep(row, weight)
    this.#kept[key] = ++this.#entries
  }

  migrate(track: TrackId, cpu: number): void {
    if (this.#by !== 'cpu') return
    const open = this.#open[track]
    open.key = keyOfCpu(cpu)
  }

  start = ignored.start
  defineLane = ignored.defineLane
  instant = ignored.instant
  beginSection = ignored.beginSection
  endSection = ignored.endSection
  count = ignored.count
  lost = ignored.lost
  finish = ignored.finish

  #keyOf(id: FunctionId, func: KernelFunction): number {
    const { module } = func
    if (this.#by === 'context') return contextOf(func)
    if (this.#by === 'function' || this.#by === 'caller') return id
    if (this.#by !== 'module') return LATER
    const known = this.#modules.indexOf(module)
    return known < 0 ? this.#modules.push(module) - 1 : known
  }

  #keyOfTrack(id: TrackId, { cpu, isInterrupts }: Track): number {
    if (this.#by === 'context') return isInterrupts ? IRQ : TASK
    return this.#by === 'task' ? id : keyOfCpu(cpu ?? -1)
  }

  /** The context of a call that begins inside the open ones. */
  #contextAt(open: OpenCalls, func: FunctionId): number {
    const around = open.level === 0 ? open.key : open.keys[open.level]
    return func === UNNAMED ? around : Math.max(around, this.#keys[func])
  }

  #rowOf(open: OpenCalls, level: number, func: FunctionId): CallRow {
    let key = this.#keys[func]
    if (this.#by === 'context') key = Math.max(open.keys[level], key)
    else if (key === LATER) key = open.key
    if (this.#by === 'caller') return this.#rowOfCaller(open, level - 1, key)
    this.#rows[key] ??= this.#newRow(key)
    return this.#rows[key]
  }

  /** The row of a callee, by the call at this level. */
  #rowOfCaller(open: OpenCalls, level: number, key: number): CallRow {
    const caller = open.keys[level]
    this.#callers[key] ??= new Map()
    const rows = caller === LATER ? open.strays(level) : this.#callers[key]
    return this.#entry(rows, caller === LATER ? key : caller, key)
  }

  #entry(rows: Map<number, CallRow>, index: number, key: number): CallRow {
    const known = rows.get(index)
    if (known) return known
    const row = this.#newRow(key)
    rows.set(index, row)
    return row
  }

  #newRow(key: number): CallRow {
    while (key >= this.#kept.length) this.#kept = grown(this.#kept)
    return new CallRow(key, this.#newDistribution())
  }

  /** The call at this level ends and has a name now: moves its callees to rows with that caller. */
  #nameCaller(open: OpenCalls, level: number, func: FunctionId): void {
    for (const [key, row] of open.takeStrays(level) ?? []) {
      if (func === UNNAMED) row.join(this.#rowOfCaller(open, level - 1, key))
      else row.join(this.#entry(this.#callers[key], func, key))
    }
  }

  #rowsByKey(): SubjectRow[] {
    return this.#rows.flatMap((row, key) => ({ subject: this.#subjectOf(key), row }))
  }

  #subjectOf(key: number): Subject {
    switch (this.#by) {
      case 'module':
        return { by: 'module', module: this.#modules[key] }
      case 'task':
        return { by: 'task', task: this.#tracks[key] }
      case 'cpu':
        return { by: 'cpu', cpu: cpuOfKey(key) }
      case 'context':
        return { by: 'context', context: contexts[key] }
      default:
        return { by: 'function', func: this.#functions[key] }
    }
  }

  #rowsByCaller(): SubjectRow[] {
    return this.#callers.flatMap((callers, key) =>
      [...callers].map(([caller, row]) => ({
        subject: {
          by: 'caller',
          func: this.#functions[key],
          caller: this.#functions[caller],
        },
        row,
      })),
    )
  }
}

function keyOfCpu(cpu: number): number {
  return cpu + 1
}

function cpuOfKey(key: number): number {
  return key - 1
}
