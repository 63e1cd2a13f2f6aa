import { type Track, UNNAMED } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink, Removal } from './call-sink.js'
import { HeldEvents } from './held-events.js'
import { someLanes } from './lanes.js'
import type { Place } from './place.js'

/**
 * `--task`: what some tasks do. A task that changes its name counts by the one that it has where
 * an outermost call begins. What is of a task that nobody knows yet is held until that is known,
 * which in a trace without tasks is never.
 */
export function ofTasks(
  sink: CallSink,
  isMeant: (task: Track) => boolean,
  removal: Removal,
  place: Place,
): CallSink {
  const rows: Row[] = []
  const rowOf = (id: number) => rows[id]
  const isNow = ({ level, isShown, isMeant }: Row) => (level > 0 ? isShown : isMeant)
  const lanes = someLanes(sink, ({ owner }) => 'track' in owner && rowOf(owner.track).isMeant)
  return {
    ...forwarding(lanes),
    defineTrack(id, track) {
      const isWanted = track.pid !== undefined && isMeant(track)
      const known = rows[id]
      // Under another name it is not shown.
      if (!known || isWanted) sink.defineTrack(id, track)
      if (!known) {
        const held = isUnknown(track) ? new HeldEvents(place) : undefined
        rows[id] = { isMeant: isWanted, level: 0, isShown: false, held, heldCalls: 0 }
        return
      }
      known.isMeant = isWanted
      if (!known.held || isUnknown(track)) return
      known.isShown = isWanted
      if (isWanted) known.held.tell(sink, id)
      else removal.calls += known.heldCalls
      known.held = undefined
    },
    begin(track, func, at, hasEntry = func !== UNNAMED) {
      const row = rowOf(track)
      if (row.level++ === 0) row.isShown = row.isMeant
      if (row.held) row.held.begin(func, at, hasEntry)
      else if (row.isShown) sink.begin(track, func, at, hasEntry)
    },
    end(track, func, at, duration, notes) {
      const row = rowOf(track)
      row.level--
      if (row.held) {
        row.held.end(func, at, duration, notes)
        if (func !== UNNAMED) row.heldCalls++
      } else if (row.isShown) {
        sink.end(track, func, at, duration, notes)
      } else if (func !== UNNAMED) {
        removal.calls++
      }
    },
    migrate(track, cpu, at) {
      const { held } = rowOf(track)
      if (held) held.migrate(cpu, at)
      else sink.migrate(track, cpu, at)
    },
    instant(track, at, name, text, frames) {
      const row = rowOf(track)
      if (row.held) row.held.other((to, id) => to.instant(id, at, name, text, frames))
      else if (isNow(row)) sink.instant(track, at, name, text, frames)
    },
    count(track, at, name, value) {
      const row = rowOf(track)
      if (row.held) row.held.other((to, id) => to.count(id, at, name, value))
      else if (isNow(row)) sink.count(track, at, name, value)
    },
    finish(facts) {
      for (const { held, heldCalls } of rows) if (held) removal.calls += heldCalls
      sink.finish(facts)
    },
  }
}

interface Row {
  /** By the present name of its task. */
  isMeant: boolean
  level: number
  /** Whether the outermost call that is open is shown. */
  isShown: boolean
  /** As long as nobody knows the task. */
  held: HeldEvents | undefined
  heldCalls: number
}

function isUnknown({ pid, isInterrupts }: Track): boolean {
  return pid === undefined && !isInterrupts
}
