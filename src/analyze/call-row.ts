import type { KernelFunction, Nanos, Track } from '../timeline/sink.js'
import type { Distribution } from './distribution.js'

/** What a row of a table stands for. */
export type Subject =
  | { readonly by: 'function'; readonly func: KernelFunction }
  /** The calls of a function out of one other; `caller` is undefined for what stands outermost. */
  | {
      readonly by: 'caller'
      readonly func: KernelFunction
      readonly caller: KernelFunction | undefined
    }
  /** '' is the kernel itself. */
  | { readonly by: 'module'; readonly module: string }
  | { readonly by: 'task'; readonly task: Track }
  /** -1 where the trace has no cpus. */
  | { readonly by: 'cpu'; readonly cpu: number }

/** What the rows of a table stand for. */
export type GroupedBy = Subject['by']

/** What is added up for one subject. */
export class CallRow {
  /** What calls within calls are compared by: a call inside another one of the same key is recursion. */
  readonly key: number
  /** The measured calls. */
  readonly durations: Distribution
  /** Calls whose exit is not in the trace. */
  incomplete = 0
  /** Of the measured calls, less their measured callees, no call below zero. */
  self: Nanos = 0
  /** The durations of the measured calls that stand in no other measured call of the same key. */
  total: Nanos = 0
  /** What this one has been added to. */
  #joined: CallRow | undefined

  constructor(key: number, durations: Distribution) {
    this.key = key
    this.durations = durations
  }

  /** The row that what belongs here is to be added to. */
  get final(): CallRow {
    return this.#joined?.final ?? this
  }

  /** Adds all of this to another row, and whatever comes later too. */
  join(other: CallRow): void {
    other.durations.merge(this.durations)
    other.incomplete += this.incomplete
    other.self += this.self
    other.total += this.total
    this.#joined = other
  }
}
