import { ignored, type LeftOut, withoutSleep } from '../../../timeline/sinks/index.js'
import type { Trace } from './data.js'
import { replay } from './replay.js'

/** In place of a duration: the call is left out, for its task was off the cpu, or the cpu idle. */
export const LEFT_OUT = -2

/** The durations of all calls without time asleep, by the rule of every format, and what this leaves out. */
export function awakeDurations(trace: Trace): { durations: Float64Array; leftOut: LeftOut } {
  const durations = new Float64Array(trace.spans.length).fill(LEFT_OUT)
  let call = 0
  const sink = withoutSleep({
    ...ignored,
    end(_track, _func, _at, duration) {
      durations[call] = duration
    },
  })
  replay(trace, sink, {
    notes: false,
    ending(span) {
      call = span
    },
  })
  return { durations, leftOut: sink.leftOut }
}
