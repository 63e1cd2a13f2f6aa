import type { Lane, LaneId } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink } from './call-sink.js'

/** Passes on some lanes, which leave no gap in the ids. */
export function someLanes(sink: CallSink, isShown: (lane: Lane) => boolean): CallSink {
  /** By the id of a lane, the one that it is passed on by; undefined for those that are not. */
  const ids: (LaneId | undefined)[] = []
  let count = 0
  return {
    ...forwarding(sink),
    begin: sink.begin.bind(sink),
    defineLane(id, lane) {
      if (!isShown(lane)) return
      ids[id] = count++
      sink.defineLane(ids[id], lane)
    },
    beginSection(lane, at, name) {
      const id = ids[lane]
      if (id !== undefined) sink.beginSection(id, at, name)
    },
    endSection(lane, at) {
      const id = ids[lane]
      if (id !== undefined) sink.endSection(id, at)
    },
  }
}
