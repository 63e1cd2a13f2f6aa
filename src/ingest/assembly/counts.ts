/** What is counted of a trace while it is read. */
import { COUNTED, MOVED_POSITIONS } from './counted'

/** By the numbers in counted.ts. */
export const counts: usize = memory.data(COUNTED * 8, 8)

/** How far the furthest of the moved calls stands from its printed time. */
export let furthestMove: f64 = 0

export function count(what: i32, amount: f64 = 1): void {
  const at = counts + <usize>what * 8
  store<f64>(at, load<f64>(at) + amount)
}

/** Adds nanoseconds; what is negative for rounding adds nothing. */
export function countTime(what: i32, nanos: f64): void {
  if (nanos > 0) count(what, nanos)
}

export function countMoved(distance: f64): void {
  count(MOVED_POSITIONS)
  furthestMove = max(furthestMove, distance)
}
