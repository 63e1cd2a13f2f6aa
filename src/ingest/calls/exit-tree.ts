import type { CallNotes, FunctionId, Nanos } from '../../timeline/sink.js'
import { ABSENT } from '../lines/trace-line.js'

/** A call that is known by its exit alone, and what it has called. */
export interface ExitedCall {
  readonly func: FunctionId
  readonly depth: number
  readonly cpu: number
  /** Time of the exit; infinite in a trace without timestamps. */
  readonly end: Nanos
  readonly duration: Nanos
  readonly notes: CallNotes | undefined
  readonly callees: readonly ExitedCall[]
}

/** More waiting calls than this are taken to have no caller. */
const MOST_WAITING = 10_000
/** Timestamps are cut to the microsecond, and stand a little behind what is measured. */
const TOLERANCE = 10_000

/**
 * The calls of one stack in a trace that has exits only (tracing_thresh): callees stand before
 * their callers. A call has called what ended before it at a greater depth, if that began after it.
 */
export class ExitTree {
  #waiting: ExitedCall[] = []

  /** Adds a call; returns true when no caller can come for the calls that are there. */
  add(call: Omit<ExitedCall, 'callees'>): boolean {
    const callees = this.#calleesOf(call)
    this.#waiting.push({ ...call, callees })
    return call.depth === 0 || this.#waiting.length > MOST_WAITING
  }

  /** Takes out all calls that wait for a caller, in their order. */
  takeAll(): readonly ExitedCall[] {
    const all = this.#waiting
    this.#waiting = []
    return all
  }

  #calleesOf({ depth, end, duration }: Omit<ExitedCall, 'callees'>): ExitedCall[] {
    let first = this.#waiting.length
    let inside = 0
    for (; first > 0; first--) {
      const call = this.#waiting[first - 1]
      inside += Math.max(call.duration, 0)
      const fits = inside <= duration + TOLERANCE
      const isInside = end === Number.POSITIVE_INFINITY || call.end >= end - duration - TOLERANCE
      if (call.depth <= depth || (duration !== ABSENT && !(fits && isInside))) break
    }
    return this.#waiting.splice(first)
  }
}
