import {
  type CallEvents,
  type FunctionId,
  type LaneId,
  type Nanos,
  type TimelineSink,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from './sink.js'
import { sendCallEvents } from './sinks/index.js'

/** A track and its open calls, the innermost last. */
interface CheckedTrack {
  at: Nanos
  readonly functions: FunctionId[]
  readonly begins: Nanos[]
}

interface CheckedLane {
  at: Nanos
  sections: number
}

/**
 * Passes a timeline on, and throws where its producer breaks the contract of `TimelineSink`.
 * For tests: consumers rely on the contract and check nothing. Events in columns go on in
 * columns, so that a test runs the code that users run.
 */
export function checked(sink: TimelineSink): TimelineSink {
  const tracks: CheckedTrack[] = []
  const lanes: CheckedLane[] = []
  let lastFunction: FunctionId = UNNAMED
  let isStarted = false
  let isFinished = false

  const fail = (message: string): never => {
    throw new Error(`broken timeline: ${message}`)
  }
  const advance = (row: { at: Nanos }, at: Nanos, verb: string, id: number) => {
    if (at >= row.at && Number.isSafeInteger(at) && !isFinished) {
      row.at = at
      return
    }
    const event = `${verb} ${id}`
    if (isFinished) fail(`${event} after finish`)
    if (!Number.isSafeInteger(at)) fail(`${event} at ${at}, which is no integer`)
    fail(`${event} at ${at}, after something at ${row.at}`)
  }
  const trackAt = (id: TrackId, at: Nanos, verb: string) => {
    const track = tracks[id] ?? fail(`${verb} ${id}, which is not defined`)
    advance(track, at, verb, id)
    return track
  }
  const laneAt = (id: LaneId, at: Nanos, verb: string) => {
    const lane = lanes[id] ?? fail(`${verb} ${id}, which is not defined`)
    advance(lane, at, verb, id)
    return lane
  }
  const checkFunction = (func: FunctionId, verb: string) => {
    if (func < UNNAMED || func > lastFunction) {
      fail(`${verb} of function ${func}, which is not defined`)
    }
  }
  /** Events after a begin without a name stand later, the end of that call excepted. */
  const checkApart = (id: TrackId, { functions, begins }: CheckedTrack, at: Nanos) => {
    const innermost = functions.length - 1
    if (innermost >= 0 && functions[innermost] === UNNAMED && begins[innermost] === at) {
      fail(`an event on track ${id} at ${at}, where a call without a name begins`)
    }
  }
  const checkBegin = (id: TrackId, func: FunctionId, at: Nanos) => {
    const track = trackAt(id, at, 'begin on track')
    checkFunction(func, 'begin')
    checkApart(id, track, at)
    track.functions.push(func)
    track.begins.push(at)
  }
  const checkEnd = (id: TrackId, func: FunctionId, at: Nanos, duration: Nanos) => {
    const { functions, begins } = trackAt(id, at, 'end on track')
    checkFunction(func, 'end')
    const begun = functions.pop() ?? fail(`end on track ${id} at ${at}, where no call is open`)
    begins.pop()
    if (begun !== UNNAMED && begun !== func) {
      fail(`end of function ${func} at ${at}, while function ${begun} was open`)
    }
    if (duration !== UNMEASURED && !(Number.isSafeInteger(duration) && duration >= 0)) {
      fail(`end with a duration of ${duration}`)
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
      if (id <= lastFunction) fail(`function ${id} is defined twice`)
      if (id !== lastFunction + 1) fail(`function ${id} is defined after ${lastFunction}`)
      lastFunction = id
      sink.defineFunction(id, definition)
    },
    defineTrack(id, track) {
      if (!isStarted) fail(`track ${id} is defined before start`)
      if (id > tracks.length) fail(`track ${id} is defined after ${tracks.length - 1}`)
      tracks[id] ??= { at: 0, functions: [], begins: [] }
      sink.defineTrack(id, track)
    },
    defineLane(id, lane) {
      if (id < lanes.length) fail(`lane ${id} is defined twice`)
      if (id > lanes.length) fail(`lane ${id} is defined after ${lanes.length - 1}`)
      if ('track' in lane.owner && !tracks[lane.owner.track]) {
        fail(`lane ${id} of track ${lane.owner.track}, which is not defined`)
      }
      lanes[id] = { at: 0, sections: 0 }
      sink.defineLane(id, lane)
    },
    begin(id, func, at) {
      checkBegin(id, func, at)
      sink.begin(id, func, at)
    },
    end(id, func, at, duration, notes) {
      checkEnd(id, func, at, duration)
      sink.end(id, func, at, duration, notes)
    },
    callEvents(events: CallEvents, from: number, to: number) {
      const { numbers, times } = events
      if (from < 0 || from >= to || 2 * to > Math.min(numbers.length, times.length)) {
        fail(`events ${from} up to ${to} of columns for ${times.length / 2}`)
      }
      for (let place = 2 * from; place < 2 * to; place += 2) {
        const id = numbers[place] >> 2
        const kind = numbers[place] & 3
        if (kind === 0) checkBegin(id, numbers[place + 1], times[place])
        else if (kind === 1) checkEnd(id, numbers[place + 1], times[place], times[place + 1])
        else fail(`event of kind ${kind} on track ${id}`)
      }
      sendCallEvents(events, from, to, sink)
    },
    migrate(id, cpu, at) {
      checkApart(id, trackAt(id, at, 'migrate on track'), at)
      sink.migrate(id, cpu, at)
    },
    instant(id, at, name, text, frames) {
      checkApart(id, trackAt(id, at, 'instant on track'), at)
      sink.instant(id, at, name, text, frames)
    },
    beginSection(id, at, name) {
      laneAt(id, at, 'beginSection on lane').sections++
      sink.beginSection(id, at, name)
    },
    endSection(id, at) {
      const lane = laneAt(id, at, 'endSection on lane')
      if (lane.sections-- === 0) fail(`endSection on lane ${id} at ${at}, where none is open`)
      sink.endSection(id, at)
    },
    count(id, at, name, value) {
      checkApart(id, trackAt(id, at, 'count on track'), at)
      if (!Number.isFinite(value)) fail(`count of ${value}`)
      sink.count(id, at, name, value)
    },
    lost(cpu, at, events) {
      if (!isStarted) fail('lost before start')
      if (isFinished) fail('lost after finish')
      sink.lost(cpu, at, events)
    },
    nextCapture(at) {
      if (!isStarted) fail('nextCapture before start')
      if (isFinished) fail('nextCapture after finish')
      for (const [id, { functions }] of tracks.entries()) {
        if (functions.length > 0) fail(`nextCapture at ${at}, with calls open on track ${id}`)
      }
      sink.nextCapture?.(at)
    },
    flush() {
      sink.flush?.()
    },
    finish(facts) {
      if (!isStarted) fail('finish without start')
      if (isFinished) fail('finish twice')
      isFinished = true
      for (const [id, { functions }] of tracks.entries()) {
        if (functions.length > 0) {
          fail(`${functions.length} calls are open on track ${id} at the end`)
        }
      }
      for (const [id, { sections }] of lanes.entries()) {
        if (sections > 0) fail(`${sections} sections are open on lane ${id} at the end`)
      }
      sink.finish(facts)
    },
  }
}
