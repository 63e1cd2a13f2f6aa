import {
  type FunctionId,
  type KernelFunction,
  type TimelineSink,
  type Track,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from '../../src/timeline/sink.js'
import { ignored } from '../../src/timeline/sinks/index.js'

/** A call with its caller: everything, so that what is added up can be added up another way. */
export interface RecordedCall {
  caller: RecordedCall | undefined
  func: FunctionId
  track: TrackId
  /** Where it ended. */
  cpu: number
  duration: number
  /** Of its measured callees, or what those without a duration called. */
  inside: number
}

/** Keeps every call of a timeline, in the order in which they end. */
export class RecordedCalls implements TimelineSink {
  readonly calls: RecordedCall[] = []
  readonly functions: KernelFunction[] = []
  readonly tracks: Track[] = []
  readonly #open: (RecordedCall | undefined)[] = []
  readonly #cpus: number[] = []

  defineFunction: TimelineSink['defineFunction'] = (id, func) => {
    this.functions[id] = func
  }

  defineTrack: TimelineSink['defineTrack'] = (id, track) => {
    this.tracks[id] = track
    this.#cpus[id] ??= track.cpu ?? -1
  }

  begin: TimelineSink['begin'] = (track, func) => {
    const caller = this.#open[track]
    this.#open[track] = { caller, func, track, cpu: -1, duration: UNMEASURED, inside: 0 }
  }

  end: TimelineSink['end'] = (track, func, _at, duration) => {
    const call = this.#open[track] as RecordedCall
    call.func = func
    call.duration = duration
    call.cpu = this.#cpus[track]
    this.#open[track] = call.caller
    if (call.caller) call.caller.inside += Math.max(duration, call.inside)
    this.calls.push(call)
  }

  migrate: TimelineSink['migrate'] = (track, cpu) => {
    this.#cpus[track] = cpu
  }

  start = ignored.start
  defineLane = ignored.defineLane
  instant = ignored.instant
  beginSection = ignored.beginSection
  endSection = ignored.endSection
  count = ignored.count
  lost = ignored.lost
  finish = ignored.finish

  /** Those that have a name, and so are calls. */
  get named(): RecordedCall[] {
    return this.calls.filter(({ func }) => func !== UNNAMED)
  }
}

/** The caller that has a name: gaps are none. */
export function namedCaller({ caller }: RecordedCall): RecordedCall | undefined {
  return caller && caller.func === UNNAMED ? namedCaller(caller) : caller
}

/** Whether a call around it belongs to the same. */
export function isRecursive(call: RecordedCall, same: (other: RecordedCall) => boolean): boolean {
  const { caller } = call
  if (!caller) return false
  return (caller.func !== UNNAMED && same(caller)) || isRecursive(caller, same)
}
