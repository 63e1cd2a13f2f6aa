import type { Context } from '../timeline/interrupt-functions.js'
import { errnoOf } from '../timeline/notes.js'
import type { CallNotes, KernelFunction, Nanos, Track } from '../timeline/sink.js'
import type { Distribution } from './distribution.js'

/** The subject of a table's row. */
export type Subject =
  | { readonly by: 'function'; readonly func: KernelFunction }
  /** The calls of a function by one caller; `caller` is undefined for outermost calls. */
  | {
      readonly by: 'caller'
      readonly func: KernelFunction
      readonly caller: KernelFunction | undefined
    }
  /** '' for the kernel itself. */
  | { readonly by: 'module'; readonly module: string }
  | { readonly by: 'task'; readonly task: Track }
  /** -1 if the trace has no cpus. */
  | { readonly by: 'cpu'; readonly cpu: number }
  | { readonly by: 'context'; readonly context: Context }

/** The kind of subject of a table's rows. */
export type GroupedBy = Subject['by']

/** The sums of one subject. */
export class CallRow {
  /** Identifies the subject: a call inside another one of the same key is recursion. */
  readonly key: number
  /** The measured calls. */
  readonly durations: Distribution
  /** Calls whose exit is not in the trace. */
  incomplete = 0
  /** Calls whose return value is known, where the timeline has notes, */
  returns = 0
  /** and those of them that returned an errno. */
  errors = 0
  /**
   * Durations of the measured calls, less those of their measured callees; never below 0 for a
   * call.
   */
  self: Nanos = 0
  /**
   * The time of the calls that are not inside another one of the same key, as `weightOf` has it: at
   * least this, if there are incomplete ones.
   */
  total: Nanos = 0
  /** The row that this one was merged into. */
  #joined: CallRow | undefined

  constructor(key: number, durations: Distribution) {
    this.key = key
    this.durations = durations
  }

  /** The row to add to: this one, or the one that it was merged into. */
  get final(): CallRow {
    return this.#joined?.final ?? this
  }

  /** Adds what is noted on a call. */
  addNotes(notes: CallNotes): void {
    if (!notes.returned) return
    this.returns++
    if (errnoOf(notes) !== '') this.errors++
  }

  /** Merges this row into another one; `final` is that one from now on. */
  join(other: CallRow): void {
    other.durations.merge(this.durations)
    other.incomplete += this.incomplete
    other.returns += this.returns
    other.errors += this.errors
    other.self += this.self
    other.total += this.total
    this.#joined = other
  }
}
