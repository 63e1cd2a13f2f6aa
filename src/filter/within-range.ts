import { type FunctionId, type Nanos, UNMEASURED, UNNAMED } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink, Removal } from './call-sink.js'
import { type Bounds, boundsOf, type TimeRange } from './time-range.js'
import type { TraceCursor } from './trace-cursor.js'

/**
 * `--range`: what happens within a part of time. Calls that its edges cut are shown within it, as
 * incomplete ones: nobody has measured the part, so it weighs nothing but what is measured inside.
 */
export function withinRange(
  sink: CallSink,
  range: TimeRange,
  removal: Removal,
  cursor: TraceCursor,
): CallSink {
  const tracks: ClippedRow<OpenCall>[] = []
  const lanes: ClippedRow<string>[] = []
  /** The first and the last time that is shown. */
  const shown = { first: Number.POSITIVE_INFINITY, latest: 0 }
  let known: Bounds | undefined
  const bounds = () => {
    known ??= boundsOf(range, cursor.source?.origin ?? '')
    return known
  }
  const see = (at: Nanos) => {
    shown.first = Math.min(shown.first, at)
    shown.latest = Math.max(shown.latest, at)
  }
  const trackOf = (id: number) => tracks[id]
  const laneOf = (id: number) => lanes[id]

  return {
    ...forwarding(sink),
    defineTrack(id, track) {
      tracks[id] ??= new ClippedRow({
        begin({ func, hasEntry }, at) {
          see(at)
          sink.begin(id, func, at, hasEntry)
          // The next event must not coincide with a begin without a name.
          return hasEntry ? at : at + 1
        },
        cut({ func }, at) {
          see(at)
          sink.end(id, func, at, UNMEASURED)
        },
      })
      sink.defineTrack(id, track)
    },
    defineLane(id, lane) {
      lanes[id] = new ClippedRow({
        begin(name, at) {
          sink.beginSection(id, at, name)
          return at
        },
        cut: (_, at) => sink.endSection(id, at),
      })
      sink.defineLane(id, lane)
    },
    begin(track, func, at, hasEntry = func !== UNNAMED) {
      trackOf(track).begin({ func, hasEntry }, at, bounds())
    },
    end(track, func, at, duration, notes) {
      const row = trackOf(track)
      const end = row.end(at, bounds())
      if (end === undefined) {
        if (func !== UNNAMED && !row.wasCut) removal.calls++
        return
      }
      see(end)
      sink.end(track, func, end, row.wasCut ? UNMEASURED : duration, notes)
    },
    migrate(track, cpu, at) {
      sink.migrate(track, cpu, trackOf(track).moment(at, bounds()) ?? trackOf(track).at)
    },
    instant(track, at, name, text, frames) {
      const moment = trackOf(track).moment(at, bounds())
      if (moment !== undefined) sink.instant(track, moment, name, text, frames)
    },
    count(track, at, name, value) {
      const moment = trackOf(track).moment(at, bounds())
      if (moment !== undefined) sink.count(track, moment, name, value)
    },
    beginSection: (lane, at, name) => laneOf(lane).begin(name, at, bounds()),
    endSection(lane, at) {
      const end = laneOf(lane).end(at, bounds())
      if (end !== undefined) sink.endSection(lane, end)
    },
    lost(cpu, at, events) {
      // Before the first event there may be no timestamp to count from.
      const { from, to } = known ?? { from: 0, to: Number.POSITIVE_INFINITY }
      if (at >= from && at <= to) sink.lost(cpu, at, events)
    },
    finish(facts) {
      sink.finish({ ...facts, span: Math.max(shown.latest - shown.first, 0) })
    },
  }
}

interface OpenCall {
  readonly func: FunctionId
  readonly hasEntry: boolean
}

/** Sends the begin of something on a row, and its end where the range cuts it. */
interface Cutting<T> {
  /** Returns the earliest time for the next event. */
  begin(open: T, at: Nanos): Nanos
  cut(open: T, at: Nanos): void
}

/**
 * A row, clipped to the range: all that is open at the start of the range begins there, and all
 * that is open at its end is cut there.
 */
class ClippedRow<T> {
  /** The time of the last event that was sent. */
  at: Nanos = 0
  /** Whether an edge of the range cut what ended last. */
  wasCut = false
  readonly #cutting: Cutting<T>
  readonly #open: T[] = []
  #state: 'before' | 'inside' | 'after' = 'before'
  /** How many of the open ones, from the outermost on, an edge has cut. */
  #cut = 0

  constructor(cutting: Cutting<T>) {
    this.#cutting = cutting
  }

  begin(opening: T, at: Nanos, bounds: Bounds): void {
    if (at >= bounds.from) this.#enter(bounds.from)
    if (at >= bounds.to) this.#leave(bounds.to)
    this.#open.push(opening)
    if (this.#state === 'inside') this.at = this.#cutting.begin(opening, Math.max(at, this.at))
  }

  /**
   * Returns when the innermost one ends; undefined if the end is not shown, or was sent already.
   */
  end(at: Nanos, bounds: Bounds): Nanos | undefined {
    if (at > bounds.from) this.#enter(bounds.from)
    if (at > bounds.to) this.#leave(bounds.to)
    const level = this.#open.length
    this.#open.pop()
    this.wasCut = level <= this.#cut
    this.#cut = Math.min(this.#cut, level - 1)
    return this.#state === 'inside' ? this.#reach(at) : undefined
  }

  /** Returns the time at which an instant is shown; undefined if it is not. */
  moment(at: Nanos, bounds: Bounds): Nanos | undefined {
    if (at >= bounds.from) this.#enter(bounds.from)
    if (at >= bounds.to) this.#leave(bounds.to)
    return this.#state === 'inside' ? this.#reach(at) : undefined
  }

  #reach(at: Nanos): Nanos {
    this.at = Math.max(this.at, at)
    return this.at
  }

  #enter(from: Nanos): void {
    if (this.#state !== 'before') return
    this.#state = 'inside'
    this.#cut = this.#open.length
    this.at = from
    for (const open of this.#open) this.at = this.#cutting.begin(open, this.at)
  }

  #leave(to: Nanos): void {
    if (this.#state !== 'inside') return
    this.#state = 'after'
    this.#cut = this.#open.length
    for (const open of this.#open.toReversed()) this.#cutting.cut(open, this.#reach(to))
  }
}
