import {
  type KernelFunction,
  type TimelineSink,
  type Track,
  type TrackId,
  UNNAMED,
} from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink } from './call-sink.js'

/** The calls that remain after all filters. */
export interface FilterResult {
  calls: number
  /** All functions of the trace, even those without a remaining call. */
  readonly functions: KernelFunction[]
}

/**
 * The last stage: turns what the filters leave into what a `TimelineSink` expects, and counts the
 * calls. Only tracks with events are defined, without gaps in their ids, and a call without an
 * entry has no name until it ends.
 */
export function filterOutput(sink: TimelineSink, left: FilterResult): CallSink {
  const rows: Row[] = []
  let count = 0
  const shownId = (track: TrackId) => {
    const row = rows[track]
    if (row.id === undefined) {
      row.id = count++
      sink.defineTrack(row.id, row.track)
      if (row.migration) sink.migrate(row.id, row.migration.cpu, row.migration.at)
    }
    return row.id
  }
  return {
    ...forwarding(sink),
    defineFunction(id, definition) {
      left.functions.push(definition)
      sink.defineFunction(id, definition)
    },
    defineTrack(id, track) {
      const row = rows[id]
      if (!row) {
        rows[id] = { track, id: undefined, migration: undefined }
        return
      }
      row.track = track
      if (row.id !== undefined) sink.defineTrack(row.id, track)
    },
    defineLane(id, lane) {
      const { owner } = lane
      const isOnTrack = 'track' in owner
      sink.defineLane(id, isOnTrack ? { ...lane, owner: { track: shownId(owner.track) } } : lane)
    },
    begin(track, func, at, hasEntry = true) {
      sink.begin(shownId(track), hasEntry ? func : UNNAMED, at)
    },
    end(track, func, at, duration, notes) {
      if (func !== UNNAMED) left.calls++
      sink.end(shownId(track), func, at, duration, notes)
    },
    migrate(track, cpu, at) {
      const row = rows[track]
      if (row.id === undefined) row.migration = { cpu, at }
      else sink.migrate(row.id, cpu, at)
    },
    instant: (track, at, name, text, frames) =>
      sink.instant(shownId(track), at, name, text, frames),
    count: (track, at, name, value) => sink.count(shownId(track), at, name, value),
  }
}

interface Row {
  track: Track
  /** The id of the track in the output; undefined until it has an event. */
  id: TrackId | undefined
  /** The last migration before that. */
  migration: { readonly cpu: number; readonly at: number } | undefined
}
