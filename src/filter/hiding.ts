import type { FunctionPattern } from '../timeline/function-pattern.js'
import { type FunctionId, type TrackId, UNMEASURED, UNNAMED } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink, Removal } from './call-sink.js'
import { filterLanes } from './lane-filter.js'
import { definingFunctions } from './subtrees.js'

/**
 * `--hide`, `--module`: without the calls of some functions. Their callees move up to their
 * callers, and their self time becomes self time of their callers.
 */
export function hidingFunctions(
  sink: CallSink,
  isHidden: FunctionPattern,
  removal: Removal,
): CallSink {
  const hidden: boolean[] = []
  const matches = (func: FunctionId) => hidden[func] === true
  const hiding = hidingCalls(sink, { atBegin: matches, atEnd: matches }, removal)
  return { ...hiding, ...definingFunctions(sink, hidden, isHidden) }
}

/** `--cpu`: only calls that begin on some cpus, and the events, lanes and losses of these cpus. */
export function onCpus(sink: CallSink, cpus: ReadonlySet<number>, removal: Removal): CallSink {
  const places: (number | undefined)[] = []
  const isShown = (track: TrackId) => cpus.has(places[track] ?? -1)
  const onLanes = filterLanes(sink, ({ owner }) => 'track' in owner || cpus.has(owner.cpu))
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

/** Tells whether a call is hidden: at its begin, or at its end if it has no name before. */
interface Hiding {
  atBegin(func: FunctionId, track: TrackId): boolean
  atEnd(func: FunctionId): boolean
}

/**
 * A call that gets its name at its end, and is hidden by it, ends without a name: that is no call.
 */
function hidingCalls(sink: CallSink, { atBegin, atEnd }: Hiding, removal: Removal): CallSink {
  /** By track and level: the function at the begin of the call, or HIDDEN. */
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
