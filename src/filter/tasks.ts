import { type Track, UNNAMED } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink, Removal } from './call-sink.js'
import { EventQueue } from './event-queue.js'
import { filterLanes } from './lane-filter.js'
import type { TraceCursor } from './trace-cursor.js'

/**
 * `--task`: only the events of some tasks. If a task changes its name, an outermost call counts by
 * the name at its begin. Events on a track whose task is not known yet wait until it is; in a trace
 * without tasks they are never passed on.
 */
export function ofTasks(
  sink: CallSink,
  matches: (task: Track) => boolean,
  removal: Removal,
  cursor: TraceCursor,
): CallSink {
  const rows: Row[] = []
  const rowOf = (id: number) => rows[id]
  const isNow = ({ level, isShown, matches }: Row) => (level > 0 ? isShown : matches)
  const lanes = filterLanes(sink, ({ owner }) => 'track' in owner && rowOf(owner.track).matches)
  return {
    ...forwarding(lanes),
    defineTrack(id, track) {
      const isWanted = track.pid !== undefined && matches(track)
      const known = rows[id]
      // A name that does not match is not passed on.
      if (!known || isWanted) sink.defineTrack(id, track)
      if (!known) {
        const queue = isUnknown(track) ? new EventQueue(cursor) : undefined
        rows[id] = { matches: isWanted, level: 0, isShown: false, queue, queuedCalls: 0 }
        return
      }
      known.matches = isWanted
      if (!known.queue || isUnknown(track)) return
      known.isShown = isWanted
      if (isWanted) known.queue.flush(sink, id)
      else removal.calls += known.queuedCalls
      known.queue = undefined
    },
    begin(track, func, at, hasEntry = func !== UNNAMED) {
      const row = rowOf(track)
      if (row.level++ === 0) row.isShown = row.matches
      if (row.queue) row.queue.begin(func, at, hasEntry)
      else if (row.isShown) sink.begin(track, func, at, hasEntry)
    },
    end(track, func, at, duration, notes) {
      const row = rowOf(track)
      row.level--
      if (row.queue) {
        row.queue.end(func, at, duration, notes)
        if (func !== UNNAMED) row.queuedCalls++
      } else if (row.isShown) {
        sink.end(track, func, at, duration, notes)
      } else if (func !== UNNAMED) {
        removal.calls++
      }
    },
    migrate(track, cpu, at) {
      const { queue } = rowOf(track)
      if (queue) queue.migrate(cpu, at)
      else sink.migrate(track, cpu, at)
    },
    instant(track, at, name, text, frames) {
      const row = rowOf(track)
      if (row.queue) row.queue.other(['instant', track, at, name, text, frames])
      else if (isNow(row)) sink.instant(track, at, name, text, frames)
    },
    count(track, at, name, value) {
      const row = rowOf(track)
      if (row.queue) row.queue.other(['count', track, at, name, value])
      else if (isNow(row)) sink.count(track, at, name, value)
    },
    finish(facts) {
      for (const { queue, queuedCalls } of rows) if (queue) removal.calls += queuedCalls
      sink.finish(facts)
    },
  }
}

interface Row {
  /** Whether the current name of its task matches. */
  matches: boolean
  level: number
  /** Whether the open outermost call is shown. */
  isShown: boolean
  /** Events that wait until the task is known; undefined once it is. */
  queue: EventQueue | undefined
  queuedCalls: number
}

function isUnknown({ pid, isInterrupts }: Track): boolean {
  return pid === undefined && !isInterrupts
}
