import type { FunctionPattern } from '../timeline/function-pattern.js'
import { type FunctionId, type TrackId, UNMEASURED, UNNAMED } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink, Removal } from './call-sink.js'
import { someLanes } from './lanes.js'
import { definingFunctions } from './nesting.js'

/**
 * `--hide`, `--module`: without the calls of some functions. What these call is called by their
 * callers then, whose own time has theirs in it.
 */
export function hidingFunctions(
  sink: CallSink,
  isHidden: FunctionPattern,
  removal: Removal,
): CallSink {
  const hidden: boolean[] = []
  const isMeant = (func: FunctionId) => hidden[func] === true
  const hiding = hidingCalls(sink, { atBegin: isMeant, atEnd: isMeant }, removal)
  return { ...hiding, ...definingFunctions(sink, hidden, isHidden) }
}

/** `--cpu`: calls that begin on some cpus, what happens there, and what is known of them. */
export function onCpus(sink: CallSink, cpus: ReadonlySet<number>, removal: Removal): CallSink {
  const places: (number | undefined)[] = []
  const isShown = (track: TrackId) => cpus.has(places[track] ?? -1)
  const onLanes = someLanes(sink, ({ owner }) => 'track' in owner || cpus.has(owner.cpu))
  return {
    ...hidingCalls(
      onLanes,
      { atBegin: (_, track) => !isShown(track), atEnd: () => false },
      removal,
    ),
    defineTrack(id, track) {
      places[id] ??= track.cpu
      sink.defineTrack(id, track)
    },
    migrate(track, cpu, at) {
      places[track] = cpu
      sink.migrate(track, cpu, at)
    },
    instant(track, at, name, text, frames) {
      if (isShown(track)) sink.instant(track, at, name, text, frames)
    },
    count(track, at, name, value) {
      if (isShown(track)) sink.count(track, at, name, value)
    },
    lost(cpu, at, events) {
      if (cpus.has(cpu)) sink.lost(cpu, at, events)
    },
  }
}

/** What tells whether a call is hidden; at its end, if it had no name before. */
interface Hiding {
  atBegin(func: FunctionId, track: TrackId): boolean
  atEnd(func: FunctionId): boolean
}

/** A call whose name tells late that it is hidden ends without one, as if there had been none. */
function hidingCalls(sink: CallSink, { atBegin, atEnd }: Hiding, removal: Removal): CallSink {
  /** By track and level: the functions that calls have begun with, or HIDDEN. */
  const tracks: FunctionId[][] = []
  return {
    ...forwarding(sink),
    begin(track, func, at, hasEntry) {
      tracks[track] ??= []
      const isShown = !atBegin(func, track)
      tracks[track].push(isShown ? func : HIDDEN)
      if (isShown) sink.begin(track, func, at, hasEntry)
    },
    end(track, func, at, duration, notes) {
      const begun = tracks[track]?.pop()
      const isLate = begun === UNNAMED && func !== UNNAMED && atEnd(func)
      if (func !== UNNAMED && (begun === HIDDEN || isLate)) removal.calls++
      if (begun === HIDDEN) return
      if (isLate) sink.end(track, UNNAMED, at, UNMEASURED)
      else sink.end(track, func, at, duration, notes)
    },
  }
}

const HIDDEN: FunctionId = -1
