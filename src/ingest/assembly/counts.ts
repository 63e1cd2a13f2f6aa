/** Counters of a trace while it is read. */
import { COUNTED, LONGER_BY_CALLEES, LONGER_BY_SLEEP, MOVED_POSITIONS, SHORTER } from './counted'

/** As in ../../timeline/notes.ts: timestamps have microseconds. */
const ROUNDING: f64 = 1000

/** By the numbers in counted.ts. */
export const counts: usize = memory.data(COUNTED * 8, 8)

/** How far the furthest of the moved calls stands from its printed time. */
export let furthestMove: f64 = 0

/** The most by which a call is longer or shorter than printed. */
export let largestDifference: f64 = 0

export function count(what: i32, amount: f64 = 1): void {
  const at = counts + <usize>what * 8
  store<f64>(at, load<f64>(at) + amount)
}

/** Adds nanoseconds; a number that rounding made negative adds nothing. */
export function countTime(what: i32, nanos: f64): void {
  if (nanos > 0) count(what, nanos)
}

export function countMoved(distance: f64): void {
  count(MOVED_POSITIONS)
  furthestMove = max(furthestMove, distance)
}

/** Counts a whole call that lasts from `begin` to `end`, if that is not the time that was printed. */
export function countExtent(begin: f64, end: f64, printed: f64, isSleepLeftOut: bool): void {
  const difference = abs(end - begin - printed)
  if (difference <= ROUNDING) return
  if (end - begin < printed) count(SHORTER)
  else count(isSleepLeftOut ? LONGER_BY_SLEEP : LONGER_BY_CALLEES)
  largestDifference = max(largestDifference, difference)
}
