import { UNNAMED } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink } from './call-sink.js'
import { EventQueue, type QueuedBegin, sendingInTurn } from './event-queue.js'
import type { TraceCursor } from './trace-cursor.js'

/**
 * Gives every call its name from its begin on, and drops calls that never get a name. The events
 * inside a call without a name wait until that call ends. This takes 40 bytes for each call; if a
 * trace shows only the middle of endless loops, most of the trace may have to wait.
 */
export function namedCalls(sink: CallSink, cursor: TraceCursor): CallSink {
  const tracks: NamedTrack[] = []
  const trackOf = (id: number) => tracks[id]
  return {
    ...forwarding(sink),
    ...sendingInTurn(sink, track => trackOf(track).queue),
    defineTrack(id, track) {
      tracks[id] ??= { queue: new EventQueue(cursor), open: [] }
      sink.defineTrack(id, track)
    },
    begin(track, func, at) {
      const { queue, open } = trackOf(track)
      if (func === UNNAMED) {
        open.push(queue.beginUndecided(func, at, false))
      } else if (queue.isEmpty) {
        open.push(SENT)
        sink.begin(track, func, at, true)
      } else {
        open.push(queue.begin(func, at, true))
      }
    },
    end(track, func, at, duration, notes) {
      const { queue, open } = trackOf(track)
      const begin = open.pop() as QueuedBegin
      if (begin === SENT) {
        sink.end(track, func, at, duration, notes)
        return
      }
      const wasUnnamed = queue.isUndecided(begin)
      if (func === UNNAMED) {
        queue.drop(begin)
      } else {
        if (wasUnnamed) queue.keep(begin, func)
        queue.end(func, at, duration, notes)
      }
      if (wasUnnamed) queue.flush(sink, track)
    },
  }
}

const SENT: QueuedBegin = -1

interface NamedTrack {
  readonly queue: EventQueue
  /** By level: the begin of the call in the queue, or SENT. */
  readonly open: QueuedBegin[]
}
