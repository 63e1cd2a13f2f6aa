import { grown } from '../../base/columns.js'
import { weightOf } from '../call-weight.js'
import {
  type CallNotes,
  type FunctionId,
  type KernelFunction,
  type Nanos,
  type TimelineSink,
  type TraceFacts,
  type TraceStart,
  type Track,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from '../sink.js'
import { ignored } from './ignored.js'

/** One call, complete when it ends. */
export interface FinishedCall {
  /** Counted up from 1, in the order in which the calls of all tracks begin. */
  id: number
  /**
   * The caller's id, 0 for none. If the caller never got a name, this is the id of a call that is
   * never handed out.
   */
  parent: number
  track: TrackId
  func: FunctionId
  /** How many calls it is nested in; gaps count, because the trace shows their level. */
  depth: number
  /** The cpu that its task ran on when it began, -1 where the trace has none. */
  cpu: number
  begin: Nanos
  end: Nanos
  /** As measured, or UNMEASURED if its exit is not in the trace. */
  duration: Nanos
  /** The duration less those of measured callees, as `StackWeights` has it; or UNMEASURED. */
  self: Nanos
  /** False if it was already running when the trace began to show its track, at `begin`. */
  hasEntry: boolean
  notes: CallNotes | undefined
}

/** Takes definitions, and calls as they end. */
export interface CallTaker {
  start(facts: TraceStart): void
  defineFunction(id: FunctionId, definition: KernelFunction): void
  defineTrack(id: TrackId, track: Track): void
  /** The record is reused for the next call: copy what you keep. */
  take(call: Readonly<FinishedCall>): void
  /** As that of a sink. */
  flush?(): void
  finish(facts: TraceFacts): void
}

/**
 * Hands out each call of a timeline when it ends, callees before their callers. Memory grows with
 * the number of open calls only.
 */
export function finishedCalls(taker: CallTaker): TimelineSink {
  const stacks: OpenStack[] = []
  const call: FinishedCall = {
    id: 0,
    parent: 0,
    track: 0,
    func: UNNAMED,
    depth: 0,
    cpu: 0,
    begin: 0,
    end: 0,
    duration: 0,
    self: 0,
    hasEntry: true,
    notes: undefined,
  }
  let lastId = 0
  return {
    ...ignored,
    start: facts => taker.start(facts),
    defineFunction: (id, definition) => taker.defineFunction(id, definition),
    defineTrack(id, track) {
      stacks[id] ??= new OpenStack(track.cpu ?? -1)
      taker.defineTrack(id, track)
    },
    migrate(track, cpu) {
      const stack = stacks[track]
      stack.cpu = cpu
    },
    begin(track, func, at) {
      const stack = stacks[track]
      stack.push(++lastId, func, at)
    },
    end(track, func, at, duration, notes) {
      const stack = stacks[track]
      const level = stack.level--
      const inside = stack.inside[level]
      const weight = weightOf(duration, inside)
      stack.inside[level - 1] = stack.inside[level - 1] + weight
      if (func === UNNAMED) return
      call.id = stack.ids[level]
      call.parent = stack.ids[level - 1]
      call.track = track
      call.func = func
      call.depth = level - 1
      call.cpu = stack.cpus[level]
      call.begin = stack.begins[level]
      call.end = at
      call.duration = duration
      call.self = duration === UNMEASURED ? UNMEASURED : weight - inside
      call.hasEntry = stack.functions[level] !== UNNAMED
      call.notes = notes
      taker.take(call)
    },
    flush: () => taker.flush?.(),
    finish: facts => taker.finish(facts),
  }
}

/** The open calls of one track, level by level; level 0 stands for the track. */
class OpenStack {
  level = 0
  cpu: number
  ids = new Float64Array(64)
  functions = new Int32Array(64)
  begins = new Float64Array(64)
  cpus = new Int32Array(64)
  /** Measured nanoseconds of the callees. */
  inside = new Float64Array(64)

  constructor(cpu: number) {
    this.cpu = cpu
  }

  push(id: number, func: FunctionId, at: Nanos): void {
    const level = ++this.level
    if (level === this.ids.length) {
      this.ids = grown(this.ids)
      this.functions = grown(this.functions)
      this.begins = grown(this.begins)
      this.cpus = grown(this.cpus)
      this.inside = grown(this.inside)
    }
    this.ids[level] = id
    this.functions[level] = func
    this.begins[level] = at
    this.cpus[level] = this.cpu
    this.inside[level] = 0
  }
}
