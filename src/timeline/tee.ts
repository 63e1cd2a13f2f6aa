import type { TimelineSink } from './sink.js'

/** One sink that passes everything on to several, in their order. */
export function tee(sinks: readonly TimelineSink[]): TimelineSink {
  if (sinks.length === 1) return sinks[0] as TimelineSink
  return {
    defineFunction(id, definition) {
      for (const sink of sinks) sink.defineFunction(id, definition)
    },
    defineTrack(id, track) {
      for (const sink of sinks) sink.defineTrack(id, track)
    },
    begin(track, func, at) {
      for (const sink of sinks) sink.begin(track, func, at)
    },
    end(track, func, at, duration) {
      for (const sink of sinks) sink.end(track, func, at, duration)
    },
    migrate(track, cpu, at) {
      for (const sink of sinks) sink.migrate(track, cpu, at)
    },
    instant(track, at, name, text) {
      for (const sink of sinks) sink.instant(track, at, name, text)
    },
    lost(cpu, at, events) {
      for (const sink of sinks) sink.lost(cpu, at, events)
    },
    finish(facts) {
      for (const sink of sinks) sink.finish(facts)
    },
  }
}
