/** Time off the cpu, where it is a call of its own. */
import { isSleepApart } from './apart'
import { reach } from './clock'
import { addBegin, addEnd } from './events'
import { offCpuFunction } from './host'
import { EXIT, Line } from './line'
import { Level, Stack, UNNAMED } from './stack'
import { addInside } from './weights'

/** A call that has slept takes longer than that by itself. */
const SHORTEST_SLEEP: f64 = 10_000

/** Adds time off the cpu, from where the stack is, as a call of the innermost open one. */
export function addSleep(stack: Stack, until: f64, duration: f64): void {
  if (!(duration > 0)) return
  const func = offCpuFunction()
  const caller = stack.innermost()
  // Events behind a begin without a name stand apart from it.
  if (caller.func === UNNAMED) reach(stack, stack.cursor + 1)
  addBegin(stack.track, func, stack.cursor)
  reach(stack, until)
  addEnd(stack.track, func, stack.cursor, duration, 0, 0)
  addInside(stack, duration)
  caller.asleep += duration
}

/**
 * The exit of the call that slept bounds that time, as timestamps are less exact; but not if
 * it leaves so little that its duration must have left sleep out.
 */
export function longestSleep(stack: Stack, line: Line): f64 {
  if (line.kind !== EXIT || line.depth !== stack.depth() || !(line.duration > 0)) return Infinity
  const own = line.duration - stack.innermost().inside
  return own > SHORTEST_SLEEP ? own : Infinity
}

/** By function, whether tasks sleep in it. */
const sleepers = new Array<bool>()

/** Tasks sleep in this function. */
export function setSleeper(func: i32): void {
  while (sleepers.length <= func) sleepers.push(false)
  sleepers[func] = true
}

/** Whether a call has shown that durations of this capture leave time asleep out (nosleep-time). */
let hasLeftOut = false

export function leavesSleepOut(): bool {
  return hasLeftOut
}

/** Another capture begins. */
export function forgetSleep(): void {
  hasLeftOut = false
}

/** Whether tasks sleep in a function. */
export function isSleeper(func: u32): bool {
  return <i32>func < sleepers.length && sleepers[func]
}

/** Less of the time asleep is missing where the exit of a call has only been recorded late. */
const MISSING_SHARE: f64 = 1 / 16

/**
 * Whether the duration of a call that ends leaves out time asleep (nosleep-time). A call is known to
 * have slept by what its cpu has run meanwhile, or by its name; the time asleep is at most that
 * between two lines.
 */
export function isSleepLeftOut(level: Level, func: u32, elapsed: f64, duration: f64): bool {
  if (isSleeper(func) && !isSleepApart) level.asleep = max(level.asleep, elapsed)
  const isLeftOut = level.asleep > 0 && elapsed - duration > level.asleep * MISSING_SHARE
  if (isLeftOut && isSleeper(func)) hasLeftOut = true
  return isLeftOut
}
