/** Durations: how they are read, and what of a call is its callees' time. */
import { isSleepApart } from './apart'
import { CHILDREN_EXCEED_PARENT, NEGATIVE_DURATIONS, ROOTS, WRAPPED_DURATIONS } from './counted'
import { count, countTime } from './counts'
import { Level, Stack } from './stack'

/** Larger durations are negative ones: what ends before it began prints as 2^64 ns less that. */
const LARGEST_DURATION: f64 = 9007199254740991

/** What 32 bits of microseconds hold, and how far timestamps and a duration may stand apart. */
export const WRAP: f64 = 4294967296000
const WRAP_TOLERANCE: f64 = 1e7

/** A printed duration, which is negative if it is too large. */
export function measured(duration: f64): f64 {
  if (duration <= LARGEST_DURATION) return duration
  count(NEGATIVE_DURATIONS)
  return 0
}

/** A 32-bit kernel prints microseconds less all multiples of 2^32: the timestamps know how many. */
export function unwrapped(duration: f64, elapsed: f64): f64 {
  const wraps = Math.round((elapsed - duration) / WRAP)
  if (wraps < 1 || abs(elapsed - duration - wraps * WRAP) > WRAP_TOLERANCE) return duration
  count(WRAPPED_DURATIONS)
  return duration + wraps * WRAP
}

export function addInside(stack: Stack, duration: f64): void {
  if (stack.open === 0) countTime(ROOTS, duration)
  else stack.innermost().inside += duration
}

export function checkInside(inside: f64, duration: f64): void {
  if (inside > duration && inside - duration > cutFrom(duration)) count(CHILDREN_EXCEED_PARENT)
}

/** By how much a printed duration may be too short: from 10 ms on its last digits are cut. */
function cutFrom(duration: f64): f64 {
  if (duration < 1e7) return 0
  if (duration < 1e8) return 9
  return duration < 1e9 ? 99 : 999
}

/** The duration of a call; sleep is added where durations leave it out (nosleep-time). */
export function withSleep(level: Level, duration: f64): f64 {
  const excess = level.inside - duration
  const isLeftOut = isSleepApart && level.asleep > 0 && excess > level.asleep / 2
  return isLeftOut ? duration + level.asleep : duration
}

/** Time shown apart of a call that has ended is also time apart of its caller. */
export function handUp(stack: Stack, level: Level): void {
  if (stack.open === 0) return
  const caller = stack.innermost()
  caller.interrupted += level.interrupted
  caller.asleep += level.asleep
}
