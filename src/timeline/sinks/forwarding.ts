import type { TimelineSink } from '../sink.js'

/** Forwards everything: a base for sinks that change only some events. */
export function forwarding(sink: TimelineSink): TimelineSink {
  return {
    start: facts => sink.start(facts),
    defineFunction: (id, definition) => sink.defineFunction(id, definition),
    defineTrack: (id, track) => sink.defineTrack(id, track),
    defineLane: (id, lane) => sink.defineLane(id, lane),
    begin: (track, func, at) => sink.begin(track, func, at),
    end: (track, func, at, duration, notes) => sink.end(track, func, at, duration, notes),
    migrate: (track, cpu, at) => sink.migrate(track, cpu, at),
    instant: (track, at, name, text, frames) => sink.instant(track, at, name, text, frames),
    beginSection: (lane, at, name) => sink.beginSection(lane, at, name),
    endSection: (lane, at) => sink.endSection(lane, at),
    count: (track, at, name, value) => sink.count(track, at, name, value),
    lost: (cpu, at, events) => sink.lost(cpu, at, events),
    nextCapture: at => sink.nextCapture?.(at),
    flush: () => sink.flush?.(),
    finish: facts => sink.finish(facts),
  }
}
