import type { TimelineSink } from '../sink.js'
import { sendCallEvents } from './send-call-events.js'

/** One sink that passes everything on to several, in their order. */
export function tee(sinks: readonly TimelineSink[]): TimelineSink {
  if (sinks.length === 1) return sinks[0]
  return {
    start(facts) {
      for (const sink of sinks) sink.start(facts)
    },
    defineFunction(id, definition) {
      for (const sink of sinks) sink.defineFunction(id, definition)
    },
    defineTrack(id, track) {
      for (const sink of sinks) sink.defineTrack(id, track)
    },
    defineLane(id, lane) {
      for (const sink of sinks) sink.defineLane(id, lane)
    },
    begin(track, func, at) {
      for (const sink of sinks) sink.begin(track, func, at)
    },
    end(track, func, at, duration, notes) {
      for (const sink of sinks) sink.end(track, func, at, duration, notes)
    },
    callEvents(events, from, to) {
      for (const sink of sinks) sendCallEvents(events, from, to, sink)
    },
    migrate(track, cpu, at) {
      for (const sink of sinks) sink.migrate(track, cpu, at)
    },
    instant(track, at, name, text, frames) {
      for (const sink of sinks) sink.instant(track, at, name, text, frames)
    },
    beginSection(lane, at, name) {
      for (const sink of sinks) sink.beginSection(lane, at, name)
    },
    endSection(lane, at) {
      for (const sink of sinks) sink.endSection(lane, at)
    },
    count(track, at, name, value) {
      for (const sink of sinks) sink.count(track, at, name, value)
    },
    lost(cpu, at, events) {
      for (const sink of sinks) sink.lost(cpu, at, events)
    },
    nextCapture(at) {
      for (const sink of sinks) sink.nextCapture?.(at)
    },
    flush() {
      for (const sink of sinks) sink.flush?.()
    },
    finish(facts) {
      for (const sink of sinks) sink.finish(facts)
    },
  }
}
