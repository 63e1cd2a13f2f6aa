import type { FunctionPattern } from '../timeline/function-pattern.js'
import { errnoOf } from '../timeline/notes.js'
import {
  type CallNotes,
  type FunctionId,
  type Nanos,
  UNMEASURED,
  UNNAMED,
} from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink, Removal } from './call-sink.js'
import { EventQueue, type QueuedBegin, sendingInTurn } from './event-queue.js'
import { definingFunctions } from './subtrees.js'
import type { TraceCursor } from './trace-cursor.js'

/** `--caller`: only the calls of some functions and their callers. */
export function callersOf(
  sink: CallSink,
  matches: FunctionPattern,
  removal: Removal,
  cursor: TraceCursor,
): CallSink {
  const matching: boolean[] = []
  const isWanted = (func: FunctionId) => matching[func] === true
  const paths = pathsTo(sink, { atBegin: isWanted, atEnd: isWanted }, removal, cursor)
  return { ...paths, ...definingFunctions(sink, matching, matches) }
}

/**
 * `--min-duration`: only calls that take at least this long, and their callers, which may be
 * shorter because durations can leave out sleep. A call without a duration counts from its begin to
 * the point where the trace loses it.
 */
export function atLeast(
  sink: CallSink,
  least: Nanos,
  removal: Removal,
  cursor: TraceCursor,
): CallSink {
  const isLong = (_: FunctionId, duration: Nanos, extent: Nanos) =>
    (duration === UNMEASURED ? extent : duration) >= least
  return pathsTo(sink, { atBegin: () => false, atEnd: isLong }, removal, cursor)
}

/** `--errors`: only calls that returned an errno, and their callers. Needs a timeline with notes. */
export function failing(sink: CallSink, removal: Removal, cursor: TraceCursor): CallSink {
  const hasFailed = (_func: FunctionId, _duration: Nanos, _extent: Nanos, notes?: CallNotes) =>
    errnoOf(notes) !== ''
  return pathsTo(sink, { atBegin: () => false, atEnd: hasFailed }, removal, cursor)
}

/** Tells whether a call matches: as soon as it begins, or only when it ends. */
interface Matcher {
  atBegin(func: FunctionId): boolean
  atEnd(func: FunctionId, duration: Nanos, extent: Nanos, notes?: CallNotes): boolean
}

/**
 * Keeps the calls that match, and their callers. The begin of a call waits until one inside
 * matches, and later events wait behind it. A call that does not match is dropped when it ends, so
 * memory grows only with the depth of stacks.
 */
function pathsTo(
  sink: CallSink,
  { atBegin, atEnd }: Matcher,
  removal: Removal,
  cursor: TraceCursor,
): CallSink {
  const tracks: OpenPath[] = []
  const pathOf = (id: number) => tracks[id]
  const sendPath = (track: number) => {
    const { queue, waiting } = pathOf(track)
    for (const begin of waiting) queue.keep(begin)
    waiting.length = 0
    queue.flush(sink, track)
  }
  return {
    ...forwarding(sink),
    ...sendingInTurn(sink, track => pathOf(track).queue),
    defineTrack(id, track) {
      tracks[id] ??= { queue: new EventQueue(cursor), waiting: [] }
      sink.defineTrack(id, track)
    },
    begin(track, func, at, hasEntry = func !== UNNAMED) {
      const { queue, waiting } = pathOf(track)
      waiting.push(queue.beginUndecided(func, at, hasEntry))
      if (atBegin(func)) sendPath(track)
    },
    end(track, func, at, duration, notes) {
      const { queue, waiting } = pathOf(track)
      const begin = waiting.at(-1)
      if (begin !== undefined && func !== UNNAMED) {
        if (atEnd(func, duration, at - queue.timeOf(begin), notes)) sendPath(track)
        else removal.calls++
      }
      if (waiting.length === 0) {
        sink.end(track, func, at, duration, notes)
        return
      }
      queue.drop(waiting.pop() as QueuedBegin)
      if (waiting.length === 0) queue.flush(sink, track)
    },
  }
}

interface OpenPath {
  readonly queue: EventQueue
  /** The begins of the innermost calls that are undecided. The calls around them have been sent. */
  readonly waiting: QueuedBegin[]
}
