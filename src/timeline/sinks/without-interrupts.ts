import type { TimelineSink, TrackId } from '../sink.js'

/** Passes on a timeline without the tracks of interrupts; the ids of the others stay dense. */
export function withoutInterrupts(sink: TimelineSink): TimelineSink {
  /** Ids of tracks: those of the source to those passed on; undefined for interrupts. */
  const ids: (TrackId | undefined)[] = []
  let count = 0
  return {
    start: facts => sink.start(facts),
    defineFunction: (id, definition) => sink.defineFunction(id, definition),
    defineTrack(id, track) {
      if (track.isInterrupts) return
      ids[id] ??= count++
      sink.defineTrack(ids[id], track)
    },
    defineLane(id, lane) {
      const { owner } = lane
      const track = 'track' in owner ? ids[owner.track] : undefined
      sink.defineLane(id, track === undefined ? lane : { ...lane, owner: { track } })
    },
    begin(track, func, at) {
      const id = ids[track]
      if (id !== undefined) sink.begin(id, func, at)
    },
    end(track, func, at, duration, notes) {
      const id = ids[track]
      if (id !== undefined) sink.end(id, func, at, duration, notes)
    },
    migrate(track, cpu, at) {
      const id = ids[track]
      if (id !== undefined) sink.migrate(id, cpu, at)
    },
    instant(track, at, name, text, frames) {
      const id = ids[track]
      if (id !== undefined) sink.instant(id, at, name, text, frames)
    },
    beginSection: (lane, at, name) => sink.beginSection(lane, at, name),
    endSection: (lane, at) => sink.endSection(lane, at),
    count(track, at, name, value) {
      const id = ids[track]
      if (id !== undefined) sink.count(id, at, name, value)
    },
    lost: (cpu, at, events) => sink.lost(cpu, at, events),
    nextCapture: at => sink.nextCapture?.(at),
    flush: () => sink.flush?.(),
    finish: facts => sink.finish(facts),
  }
}
