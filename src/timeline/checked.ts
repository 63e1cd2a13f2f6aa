import {
  type FunctionId,
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
  let isFinished = false

  const fail = (message: string): never => {
    throw new Error(`broken timeline: ${message}`)
  }
  const trackAt = (id: TrackId, at: Nanos, verb: string) => {
    if (isFinished) fail(`${verb} after finish`)
    const track = tracks.get(id) ?? fail(`${verb} on track ${id}, which is not defined`)
    if (!Number.isSafeInteger(at)) fail(`${verb} at ${at}, which is no integer`)
    if (at < track.at) fail(`${verb} on track ${id} at ${at}, after something at ${track.at}`)
    track.at = at
    return track
  }
  /** What follows a begin without a name stands later, the end of that call excepted. */
  const checkApart = (id: TrackId, open: readonly OpenCall[], at: Nanos) => {
    const innermost = open.at(-1)
    if (innermost?.func === UNNAMED && innermost.at === at) {
      fail(`an event on track ${id} at ${at}, where a call without a name begins`)
    }
  }

  return {
    defineFunction(id, definition) {
      if (functions.has(id)) fail(`function ${id} is defined twice`)
      functions.add(id)
      sink.defineFunction(id, definition)
    },
    defineTrack(id, track) {
      if (!tracks.has(id)) tracks.set(id, { at: 0, open: [] })
      sink.defineTrack(id, track)
    },
    begin(id, func, at) {
      const { open } = trackAt(id, at, 'begin')
      if (!functions.has(func)) fail(`begin of function ${func}, which is not defined`)
      checkApart(id, open, at)
      open.push({ func, at })
      sink.begin(id, func, at)
    },
    end(id, func, at, duration) {
      const { open } = trackAt(id, at, 'end')
      if (!functions.has(func)) fail(`end of function ${func}, which is not defined`)
      const call = open.pop() ?? fail(`end on track ${id} at ${at}, where no call is open`)
      if (call.func !== UNNAMED && call.func !== func) {
        fail(`end of function ${func} at ${at}, while function ${call.func} was open`)
      }
      if (duration !== UNMEASURED && !(Number.isSafeInteger(duration) && duration >= 0)) {
        fail(`end with a duration of ${duration}`)
      }
      sink.end(id, func, at, duration)
    },
    migrate(id, cpu, at) {
      trackAt(id, at, 'migrate')
      sink.migrate(id, cpu, at)
    },
    instant(id, at, name, text) {
      const { open } = trackAt(id, at, 'instant')
      checkApart(id, open, at)
      sink.instant(id, at, name, text)
    },
    lost(cpu, at, events) {
      if (isFinished) fail('lost after finish')
      sink.lost(cpu, at, events)
    },
    finish(facts) {
      if (isFinished) fail('finish twice')
      isFinished = true
      for (const [id, { open }] of tracks) {
        if (open.length > 0) fail(`${open.length} calls are open on track ${id} at the end`)
      }
      sink.finish(facts)
    },
  }
}
