import type { Lane, LaneId } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink } from './call-sink.js'

/** Passes on only some lanes, and renumbers them so that their ids have no gaps. */
export function filterLanes(sink: CallSink, isShown: (lane: Lane) => boolean): CallSink {
  /** New ids by old ids; undefined for lanes that are left out. */
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
