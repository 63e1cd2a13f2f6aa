/** Calls that are known by their exits alone: TypeScript finds out which has called which. */
import { moveTo } from './calls'
import { hasTime, now, reach, timeOf } from './clock'
import { EXITS, ORPHAN_CALLS, ROOTS, WITHOUT_ENTRY } from './counted'
import { count, countExtent, countTime } from './counts'
import { addBegin, addEnd } from './events'
import { ABSENT, EXIT, otherLine } from './line'
import { stackAt, UNNAMED } from './stack'
import { checkInside } from './weights'

/** Counts the exit of such a call, and returns its time. */
export function seeExited(seconds: f64, nanos: f64): f64 {
  count(EXITS)
  return timeOf(otherLine(EXIT, false, 0, UNNAMED, 0, ABSENT, ABSENT, seconds, nanos, 0))
}

/** A call that is known by its exit alone is to come on a track, and what it has called. */
export function startExited(track: i32, cpu: i32): void {
  const stack = stackAt(track)
  if (!hasTime) reach(stack, now(stack))
  if (stack.cpu !== cpu) moveTo(stack, cpu)
}

/** Such a call, or one that it has called, begins; returns where. Without timestamps `end` is infinite. */
export function beginExited(track: i32, func: u32, end: f64, duration: f64): f64 {
  const stack = stackAt(track)
  if (hasTime) reach(stack, max(stack.cursor, end - max(duration, 0)))
  addBegin(track, func, stack.cursor)
  return stack.cursor
}

/** It ends, of the duration that its exit has, or ABSENT; it has called what took `inside` nanoseconds. */
export function endExited(
  track: i32,
  func: u32,
  begins: f64,
  end: f64,
  duration: f64,
  inside: f64,
  notes: i32,
): void {
  const stack = stackAt(track)
  if (duration !== ABSENT) checkInside(inside, duration)
  countTime(ROOTS, duration - inside)
  countTime(WITHOUT_ENTRY, duration - inside)
  const ends = duration === ABSENT && hasTime ? end : min(begins + max(duration, 0), end)
  reach(stack, max(stack.cursor, ends))
  if (duration !== ABSENT) countExtent(begins, stack.cursor, duration, false)
  addEnd(track, func, stack.cursor, duration, 0, notes)
  count(ORPHAN_CALLS)
}
