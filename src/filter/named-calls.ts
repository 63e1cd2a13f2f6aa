import { UNNAMED } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink } from './call-sink.js'
import { type HeldBegin, HeldEvents } from './held-events.js'
import type { Place } from './place.js'

/**
 * Gives every call its name from its begin on, and leaves out what is never named and so is no
 * call. What stands in a call without a name is held until that one ends: 40 bytes for each call,
 * and in a trace that shows the middle of endless loops that may be most of it.
 */
export function namedCalls(sink: CallSink, place: Place): CallSink {
  const tracks: NamedTrack[] = []
  const trackOf = (id: number) => tracks[id]
  return {
    ...forwarding(sink),
    defineTrack(id, track) {
      tracks[id] ??= { held: new HeldEvents(place), open: [] }
      sink.defineTrack(id, track)
    },
    begin(track, func, at) {
      const { held, open } = trackOf(track)
      if (func === UNNAMED) {
        open.push(held.wait(func, at, false))
      } else if (held.isEmpty) {
        open.push(TOLD)
        sink.begin(track, func, at, true)
      } else {
        open.push(held.begin(func, at, true))
      }
    },
    end(track, func, at, duration, notes) {
      const { held, open } = trackOf(track)
      const begin = open.pop() as HeldBegin
      if (begin === TOLD) {
        sink.end(track, func, at, duration, notes)
        return
      }
      const wasUnnamed = held.isWaiting(begin)
      if (func === UNNAMED) {
        held.drop(begin)
      } else {
        if (wasUnnamed) held.decide(begin, func)
        held.end(func, at, duration, notes)
      }
      if (wasUnnamed) held.tell(sink, track)
    },
    migrate(track, cpu, at) {
      const { held } = trackOf(track)
      if (held.isEmpty) sink.migrate(track, cpu, at)
      else held.migrate(cpu, at)
    },
    instant(track, at, name, text, frames) {
      const { held } = trackOf(track)
      if (held.isEmpty) sink.instant(track, at, name, text, frames)
      else held.other((to, id) => to.instant(id, at, name, text, frames))
    },
    count(track, at, name, value) {
      const { held } = trackOf(track)
      if (held.isEmpty) sink.count(track, at, name, value)
      else held.other((to, id) => to.count(id, at, name, value))
    },
  }
}

const TOLD: HeldBegin = -1

interface NamedTrack {
  readonly held: HeldEvents
  /** By level, where the begin of the call stands among the held events, or TOLD. */
  readonly open: HeldBegin[]
}
