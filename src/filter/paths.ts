import type { FunctionPattern } from '../timeline/function-pattern.js'
import { type FunctionId, type Nanos, UNMEASURED, UNNAMED } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink, Removal } from './call-sink.js'
import { type HeldBegin, HeldEvents } from './held-events.js'
import { definingFunctions } from './nesting.js'
import type { Place } from './place.js'

/** `--caller`: calls on the way to those of some functions, and these. */
export function onTheWayTo(
  sink: CallSink,
  isMeant: FunctionPattern,
  removal: Removal,
  place: Place,
): CallSink {
  const meant: boolean[] = []
  const isWanted = (func: FunctionId) => meant[func] === true
  const paths = pathsTo(sink, { atBegin: isWanted, atEnd: isWanted }, removal, place)
  return { ...paths, ...definingFunctions(sink, meant, isMeant) }
}

/**
 * `--min-duration`: calls that take so long, or stand around one that does (durations may leave
 * out sleep). What has no duration counts from its begin to where the trace loses it.
 */
export function atLeast(sink: CallSink, least: Nanos, removal: Removal, place: Place): CallSink {
  const isLong = (_: FunctionId, duration: Nanos, extent: Nanos) =>
    (duration === UNMEASURED ? extent : duration) >= least
  return pathsTo(sink, { atBegin: () => false, atEnd: isLong }, removal, place)
}

/** When a call is known to be meant, if it is. */
interface Meaning {
  atBegin(func: FunctionId): boolean
  atEnd(func: FunctionId, duration: Nanos, extent: Nanos): boolean
}

/**
 * Leaves calls that are meant or have one inside that is. Begins wait until that is known, and with
 * them what happens meanwhile; calls that are not meant are forgotten where they end, so that
 * memory grows with the depth of stacks.
 */
function pathsTo(
  sink: CallSink,
  { atBegin, atEnd }: Meaning,
  removal: Removal,
  place: Place,
): CallSink {
  const tracks: OpenPath[] = []
  const pathOf = (id: number) => tracks[id]
  const tellPath = (track: number) => {
    const { held, waiting } = pathOf(track)
    for (const begin of waiting) held.decide(begin)
    waiting.length = 0
    held.tell(sink, track)
  }
  return {
    ...forwarding(sink),
    defineTrack(id, track) {
      tracks[id] ??= { held: new HeldEvents(place), waiting: [] }
      sink.defineTrack(id, track)
    },
    begin(track, func, at, hasEntry = func !== UNNAMED) {
      const { held, waiting } = pathOf(track)
      waiting.push(held.wait(func, at, hasEntry))
      if (atBegin(func)) tellPath(track)
    },
    end(track, func, at, duration, notes) {
      const { held, waiting } = pathOf(track)
      const begin = waiting.at(-1)
      if (begin !== undefined && func !== UNNAMED) {
        if (atEnd(func, duration, at - held.positionOf(begin))) tellPath(track)
        else removal.calls++
      }
      if (waiting.length === 0) {
        sink.end(track, func, at, duration, notes)
        return
      }
      held.drop(waiting.pop() as HeldBegin)
      if (waiting.length === 0) held.tell(sink, track)
    },
    migrate(track, cpu, at) {
      const { held } = pathOf(track)
      if (held.isEmpty) sink.migrate(track, cpu, at)
      else held.migrate(cpu, at)
    },
    instant(track, at, name, text, frames) {
      const { held } = pathOf(track)
      if (held.isEmpty) sink.instant(track, at, name, text, frames)
      else held.other((to, id) => to.instant(id, at, name, text, frames))
    },
    count(track, at, name, value) {
      const { held } = pathOf(track)
      if (held.isEmpty) sink.count(track, at, name, value)
      else held.other((to, id) => to.count(id, at, name, value))
    },
  }
}

interface OpenPath {
  readonly held: HeldEvents
  /** The begins of the innermost calls of which nobody knows yet; those around them are told. */
  readonly waiting: HeldBegin[]
}
