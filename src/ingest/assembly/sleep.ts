/** Time off the cpu, where it is a call of its own. */
import { reach } from './clock'
import { addBegin, addEnd } from './events'
import { offCpuFunction } from './host'
import { EXIT, Line } from './line'
import { Stack, UNNAMED } from './stack'
import { addInside } from './weights'

/** A call that has slept takes longer than that by itself. */
const SHORTEST_SLEEP: f64 = 10_000

/** Adds time off the cpu, from where the stack is, as a call of the innermost open one. */
export function addSleep(stack: Stack, until: f64, duration: f64): void {
  if (!(duration > 0)) return
  const func = offCpuFunction()
  const caller = stack.innermost()
  // What follows a begin without a name stands apart from it.
  if (caller.func === UNNAMED) reach(stack, stack.cursor + 1)
  addBegin(stack.track, func, stack.cursor)
  reach(stack, until)
  addEnd(stack.track, func, stack.cursor, duration, 0, 0)
  addInside(stack, duration)
  caller.asleep += duration
}

/**
 * What the exit of the call that has slept leaves for that, timestamps being less exact; but not if
 * it leaves so little that its duration must have left sleep out.
 */
export function longestSleep(stack: Stack, line: Line): f64 {
  if (line.kind !== EXIT || line.depth !== stack.depth() || !(line.duration > 0)) return Infinity
  const own = line.duration - stack.innermost().inside
  return own > SHORTEST_SLEEP ? own : Infinity
}
