import { type BlockStore, blocksInMemory } from '../../base/block-store.js'
import type { KernelFunction, Nanos, TimelineSink, Track, TrackId } from '../sink.js'
import { ignored } from '../sinks/index.js'
import { type CallLog, CallLogs } from './call-log.js'

/** One track and its calls so far. */
export interface KeptTrack {
  readonly id: TrackId
  /** Its last definition. */
  track: Track
  readonly calls: CallLog
}

/** The calls of a timeline, kept track by track to be read at its end. */
export interface KeptTracks {
  readonly functions: KernelFunction[]
  readonly tracks: KeptTrack[]
  /** Keeps functions, tracks and calls, and ignores the rest; spread it into a sink of your own. */
  readonly sink: TimelineSink
}

/** Some three bytes an event, in blocks of the store. */
export function keepTracks(store: BlockStore = blocksInMemory()): KeptTracks {
  const functions: KernelFunction[] = []
  const tracks: KeptTrack[] = []
  const logs = new CallLogs(store)
  const sink: TimelineSink = {
    ...ignored,
    defineFunction(id, definition) {
      functions[id] = definition
    },
    defineTrack(id, track) {
      tracks[id] ??= { id, track, calls: logs.log(id) }
      tracks[id].track = track
    },
    begin: (id, func, at) => tracks[id].calls.begin(func, at),
    end: (id, func, at, duration) => tracks[id].calls.end(func, at, duration),
    callEvents: (events, from, to) => logs.callEvents(events, from, to),
    migrate: (id, cpu, at) => tracks[id].calls.migrate(cpu, at),
  }
  return { functions, tracks, sink }
}

/** The order in which outputs show tracks: the busiest first, idle tasks after all others. */
export function busiestFirst<T extends { readonly track: Track }>(
  rows: readonly T[],
  busyOf: (row: T) => Nanos,
): T[] {
  const isIdle = ({ track }: T) => Number(track.pid === 0)
  return rows.toSorted((a, b) => isIdle(a) - isIdle(b) || busyOf(b) - busyOf(a))
}
