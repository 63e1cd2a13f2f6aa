import {
  type FunctionId,
  type LaneId,
  type Nanos,
  type TimelineSink,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from './sink.js'

interface OpenCall {
  readonly func: FunctionId
  readonly at: Nanos
}

/**
 * Passes a timeline on, and throws where its producer breaks the contract of `TimelineSink`.
 * For tests: consumers rely on the contract and check nothing.
 */
export function checked(sink: TimelineSink): TimelineSink {
  const functions = new Set<FunctionId>([UNNAMED])
  const tracks = new Map<TrackId, { at: Nanos; open: OpenCall[] }>()
  const lanes = new Map<LaneId, { at: Nanos; sections: number }>()
  let isStarted = false
  let isFinished = false

  const fail = (message: string): never => {
    throw new Error(`broken timeline: ${message}`)
  }
  const advance = (row: { at: Nanos }, at: Nanos, event: string) => {
    if (isFinished) fail(`${event} after finish`)
    if (!Number.isSafeInteger(at)) fail(`${event} at ${at}, which is no integer`)
    if (at < row.at) fail(`${event} at ${at}, after something at ${row.at}`)
    row.at = at
  }
  const trackAt = (id: TrackId, at: Nanos, verb: string) => {
    const event = `${verb} on track ${id}`
    const track = tracks.get(id) ?? fail(`${event}, which is not defined`)
    advance(track, at, event)
    return track
  }
  const laneAt = (id: LaneId, at: Nanos, verb: string) => {
    const event = `${verb} on lane ${id}`
    const lane = lanes.get(id) ?? fail(`${event}, which is not defined`)
    advance(lane, at, event)
    return lane
  }
  /** What follows a begin without a name stands later, the end of that call excepted. */
  const checkApart = (id: TrackId, open: readonly OpenCall[], at: Nanos) => {
    const innermost = open.at(-1)
    if (innermost?.func === UNNAMED && innermost.at === at) {
      fail(`an event on track ${id} at ${at}, where a call without a name begins`)
    }
  }

  return {
    start(facts) {
      if (isStarted) fail('start twice')
      isStarted = true
      sink.start(facts)
    },
    defineFunction(id, definition) {
      if (!isStarted) fail(`function ${id} is defined before start`)
      if (functions.has(id)) fail(`function ${id} is defined twice`)
      functions.add(id)
      sink.defineFunction(id, definition)
    },
    defineTrack(id, track) {
      if (!isStarted) fail(`track ${id} is defined before start`)
      if (!tracks.has(id)) tracks.set(id, { at: 0, open: [] })
      sink.defineTrack(id, track)
    },
    defineLane(id, lane) {
      if (lanes.has(id)) fail(`lane ${id} is defined twice`)
      if ('track' in lane.owner && !tracks.has(lane.owner.track)) {
        fail(`lane ${id} of track ${lane.owner.track}, which is not defined`)
      }
      lanes.set(id, { at: 0, sections: 0 })
      sink.defineLane(id, lane)
    },
    begin(id, func, at) {
      const { open } = trackAt(id, at, 'begin')
      if (!functions.has(func)) fail(`begin of function ${func}, which is not defined`)
      checkApart(id, open, at)
      open.push({ func, at })
      sink.begin(id, func, at)
    },
    end(id, func, at, duration, notes) {
      const { open } = trackAt(id, at, 'end')
      if (!functions.has(func)) fail(`end of function ${func}, which is not defined`)
      const call = open.pop() ?? fail(`end on track ${id} at ${at}, where no call is open`)
      if (call.func !== UNNAMED && call.func !== func) {
        fail(`end of function ${func} at ${at}, while function ${call.func} was open`)
      }
      if (duration !== UNMEASURED && !(Number.isSafeInteger(duration) && duration >= 0)) {
        fail(`end with a duration of ${duration}`)
      }
      sink.end(id, func, at, duration, notes)
    },
    migrate(id, cpu, at) {
      trackAt(id, at, 'migrate')
      sink.migrate(id, cpu, at)
    },
    instant(id, at, name, text, frames) {
      const { open } = trackAt(id, at, 'instant')
      checkApart(id, open, at)
      sink.instant(id, at, name, text, frames)
    },
    beginSection(id, at, name) {
      laneAt(id, at, 'beginSection').sections++
      sink.beginSection(id, at, name)
    },
    endSection(id, at) {
      const lane = laneAt(id, at, 'endSection')
      if (lane.sections-- === 0) fail(`endSection on lane ${id} at ${at}, where none is open`)
      sink.endSection(id, at)
    },
    count(id, at, name, value) {
      trackAt(id, at, 'count')
      if (!Number.isFinite(value)) fail(`count of ${value}`)
      sink.count(id, at, name, value)
    },
    lost(cpu, at, events) {
      if (!isStarted) fail('lost before start')
      if (isFinished) fail('lost after finish')
      sink.lost(cpu, at, events)
    },
    finish(facts) {
      if (!isStarted) fail('finish without start')
      if (isFinished) fail('finish twice')
      isFinished = true
      for (const [id, { open }] of tracks) {
        if (open.length > 0) fail(`${open.length} calls are open on track ${id} at the end`)
      }
      for (const [id, { sections }] of lanes) {
        if (sections > 0) fail(`${sections} sections are open on lane ${id} at the end`)
      }
      sink.finish(facts)
    },
  }
}
