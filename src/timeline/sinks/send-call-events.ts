import type { CallEvents, TimelineSink } from '../sink.js'

/** Tells a sink of many begins and ends in the way that it likes best. */
export function sendCallEvents(
  events: CallEvents,
  from: number,
  to: number,
  sink: TimelineSink,
): void {
  if (sink.callEvents) {
    sink.callEvents(events, from, to)
    return
  }
  const { numbers, times } = events
  for (let place = 2 * from; place < 2 * to; place += 2) {
    const what = numbers[place]
    const func = numbers[place + 1]
    const at = times[place]
    if ((what & 1) === 0) sink.begin(what >> 2, func, at)
    else sink.end(what >> 2, func, at, times[place + 1])
  }
}
