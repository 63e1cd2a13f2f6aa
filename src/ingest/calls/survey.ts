import { Interner } from '../../base/interner.js'
import type { Dialect } from '../dialect.js'
import { eventText, namedEvent } from '../lines/event-text.js'
import { readLine } from '../lines/line-reader.js'
import { type Task, Tasks } from '../lines/task-cells.js'
import {
  ABSENT,
  CAPTURE,
  COMMENT,
  ENTRY,
  EXIT,
  emptyLine,
  LEAF,
  type LineKind,
  STACK,
  SWITCH,
  scaledTime,
  type Timestamp,
  type TraceLine,
  timeText,
} from '../lines/trace-line.js'
import { toldTasks } from './told-tasks.js'

/** Facts that are needed before the first line of a capture, taken from its sample. */
export interface Survey {
  /**
   * By how much timestamps are to be multiplied to be nanoseconds: 1 for most clocks, 0 for those
   * that only order events (counter, uptime), less than 1 for the cycles of x86-tsc and for s390-tod.
   */
  readonly clockScale: number
  /** The sample has exits and nothing else: so does what is recorded with tracing_thresh. */
  readonly hasExitsOnly: boolean
  /** By cpu, the task that ran before its first switch block, for text that names tasks only there. */
  readonly firstTasks: ReadonlyMap<number, Task>
  /** By pid, the names that events of the sample tell. */
  readonly names: ReadonlyMap<number, string>
  /** The first timestamp in seconds, as the clock counts them; '' where the sample has none. */
  readonly origin: string
}

/** Lines with a time of their own. */
const TIMED: ReadonlySet<LineKind> = new Set([ENTRY, LEAF, EXIT, COMMENT, STACK])
/** Shorter calls are mostly rounding: a timestamp is cut to a microsecond. */
const LEAST_DURATION = 30_000
/** Fewer calls do not tell. */
const LEAST_CALLS = 5
const LEAST_EXITS = 2
/** Below, a clock does not tell time: it counts events, or jiffies. */
const SLOWEST = 0.1
/** Above, it counts faster than nanoseconds go by... */
const FASTEST = 1.25
/** ...if it does so for every call. A call that has slept was long by the clock alone. */
const WIDEST_SPREAD = 1.15
/** A kernel's clock has 64 bits. */
const LAST_SECOND = 18_446_744_073
/** s390-tod counts 4096 to the microsecond, since 1900... */
export const TOD_SCALE = 1 / 4.096
/** ...while 63 bits of nanoseconds take no other clock that far. */
const TOD_FROM = 2 ** 63 / 1e9

/** Of a capture that is too short to be surveyed. */
export const unknownSurvey: Survey = {
  clockScale: 1,
  hasExitsOnly: false,
  firstTasks: new Map(),
  names: new Map(),
  origin: '',
}

/** Reads a sample of a text for its survey. */
export function surveyed(sample: Uint8Array, dialect: Dialect): Survey {
  const tasks = new Tasks()
  const reader = dialect.recognize(sample, new Interner(() => {}), tasks)
  if (!reader || 'skip' in reader) return unknownSurvey
  const surveyor = new Surveyor(reader.columns, tasks)
  const line = emptyLine()
  for (let at = 0; at < sample.length; ) {
    at = readLine(reader, sample, at, line)
    surveyor.add(line)
    if (line.kind === CAPTURE) break
    if (line.kind === COMMENT) {
      const { name, text } = namedEvent(eventText(line, sample))
      surveyor.addEvent(name, text)
    }
  }
  return surveyor.survey()
}

/** Finds out facts about a capture from its first lines. */
export class Surveyor {
  readonly #columns: readonly string[]
  readonly #tasks: Tasks
  readonly #firstTasks = new Map<number, Task>()
  readonly #names = new Map<number, string>()
  readonly #counts = new Map<number, number>()
  readonly #lengths = new CallLengths()
  #first: Timestamp | undefined

  /** `columns` are those of the lines, and `tasks` has the tasks that they name. */
  constructor(columns: readonly string[], tasks: Tasks) {
    this.#columns = columns
    this.#tasks = tasks
  }

  add(line: TraceLine): void {
    this.#counts.set(line.kind, (this.#counts.get(line.kind) ?? 0) + 1)
    this.#lengths.add(line)
    if (!this.#first && TIMED.has(line.kind) && line.seconds >= 0 && line.seconds <= LAST_SECOND) {
      this.#first = { seconds: line.seconds, nanos: line.nanos }
    }
    const namesTasks = this.#columns.includes('TASK/PID')
    if (line.kind === SWITCH && !namesTasks && !this.#firstTasks.has(line.cpu)) {
      const task = this.#tasks.task(line.from)
      // The first block of 2.6.29 comes from no task: `<...>--1`.
      if (!/^<(?:\.\.\.|XXX)>-$/.test(task.comm)) this.#firstTasks.set(line.cpu, task)
    }
  }

  /** An event by its name and its text. */
  addEvent(name: string, text: string): void {
    for (const { pid, comm } of toldTasks(name, text)) {
      if (!this.#names.has(pid)) this.#names.set(pid, comm)
    }
  }

  survey(): Survey {
    const [entries = 0, leaves = 0, exits = 0] = [ENTRY, LEAF, EXIT].map(kind =>
      this.#counts.get(kind),
    )
    const first = this.#first
    const measuredScale = hasBothClocks(this.#columns) ? scaleOf(this.#lengths.ratios) : 1
    const clockScale = first && first.seconds >= TOD_FROM ? TOD_SCALE : measuredScale
    return {
      clockScale,
      hasExitsOnly: entries + leaves === 0 && exits >= LEAST_EXITS,
      firstTasks: this.#firstTasks,
      names: this.#names,
      origin: first ? timeText(scaledTime(first, clockScale)) : '',
    }
  }
}

function hasBothClocks(columns: readonly string[]): boolean {
  return columns.includes('TIME') && columns.includes('DURATION')
}

function scaleOf(unsorted: readonly number[]): number {
  const ratios = [...unsorted].sort((a, b) => a - b)
  if (ratios.length < LEAST_CALLS) return 1
  const quarter = ratios[ratios.length >> 2]
  const half = ratios[ratios.length >> 1]
  const threeQuarters = ratios[(ratios.length * 3) >> 2]
  if (threeQuarters < SLOWEST) return 0
  return quarter > FASTEST && threeQuarters < quarter * WIDEST_SPREAD ? 1 / half : 1
}

/**
 * Of each long call, how far its entry and its exit stand apart, by its duration. The kernel prints
 * every clock as if it counted nanoseconds (print_graph_abs_time in trace_functions_graph.c), but
 * measures durations with a clock of their own.
 */
class CallLengths {
  readonly ratios: number[] = []
  /** By task or cpu, the time of the open entry at each depth. */
  readonly #entries = new Map<number, number[]>()
  #seconds = Number.NaN
  #nanos = 0

  add(line: TraceLine): void {
    if (line.kind !== ENTRY && line.kind !== EXIT) return
    if (Number.isNaN(this.#seconds)) {
      this.#seconds = line.seconds
      this.#nanos = line.nanos
    }
    const time = (line.seconds - this.#seconds) * 1e9 + line.nanos - this.#nanos
    const key = line.task === ABSENT ? -1 - line.cpu : line.task
    const open = this.#entries.get(key) ?? []
    this.#entries.set(key, open)
    const begin = open[line.depth]
    open.length = Math.min(open.length, line.depth)
    if (line.kind === ENTRY) open[line.depth] = time
    else if (begin !== undefined && line.duration >= LEAST_DURATION) {
      this.ratios.push((time - begin) / line.duration)
    }
  }
}
