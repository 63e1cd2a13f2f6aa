/** How calls begin and end on the stack of a track. */
import { isAnythingApart } from './apart'
import { hasTime, now, reach, WITHIN_MICRO } from './clock'
import {
  COMPLETE_CALLS,
  INCOMPLETE_CALLS,
  MISSING_ENTRIES,
  ORPHAN_CALLS,
  WITHOUT_ENTRY,
  WITHOUT_EXIT,
} from './counted'
import { count, countExtent, countTime } from './counts'
import { addBegin, addEnd, addMigration } from './events'
import { ABSENT } from './line'
import { addSleep, isSleepLeftOut } from './sleep'
import { Level, Stack, UNNAMED } from './stack'
import { addInside, checkInside, handUp, unwrapped, WRAP, withSleep } from './weights'

/** In place of a duration: the exit of the call is not in the trace. */
const UNMEASURED: f64 = -1

/** An entry is recorded up to so long after its call has begun: by its duration the call ends behind its exit. */
const LATE_ENTRY: f64 = 20_000

/** Begins a call where the track has come to. */
export function begin(stack: Stack, func: u32, depth: i32, notes: i32): void {
  stack.push(func, depth, notes)
  addBegin(stack.track, func, stack.cursor)
}

/** Begins an UNNAMED call for each level between the innermost open call and `depth`. */
export function bridge(stack: Stack, depth: i32): void {
  for (let level = stack.depth() + 1; level < depth; level++) {
    begin(stack, UNNAMED, level, 0)
    // The name comes late: what follows stands apart, so that a reader may sort by time.
    reach(stack, stack.cursor + 1)
  }
}

/** From here on the task runs on this cpu, if the line says on which. */
export function moveTo(stack: Stack, cpu: i32): void {
  if (cpu === ABSENT) return
  if (!hasTime) reach(stack, now(stack))
  stack.cpu = cpu
  addMigration(stack.track, cpu, stack.cursor)
}

export function holdLeaf(
  stack: Stack,
  func: u32,
  depth: i32,
  at: f64,
  duration: f64,
  notes: i32,
): void {
  stack.leaf = func
  stack.leafDepth = depth
  stack.leafBegin = at
  stack.leafDuration = duration
  stack.leafNotes = notes
}

/** Ends what waits for the next line of its track or cpu, which comes at `time`. */
export function settleLeaf(stack: Stack, time: f64): void {
  if (stack.leaf !== UNNAMED) endLeaf(stack, time)
  else if (stack.late !== UNNAMED) endLate(stack, time)
}

/** Ends the leaf at its duration; `time` is that of the next line. */
export function endLeaf(stack: Stack, time: f64): void {
  const begins = stack.leafBegin
  let duration = stack.leafDuration
  let end = begins + duration
  if (duration === ABSENT) {
    end = hasTime && time < Infinity ? max(time, begins) : begins + 1
    duration = end - begins
  } else if (hasTime) {
    end = max(min(end, time + WITHIN_MICRO), begins)
    countExtent(begins, end, duration, false)
  }
  reach(stack, end)
  addEnd(stack.track, stack.leaf, stack.cursor, duration, stack.leafNotes, 0)
  stack.leaf = UNNAMED
  addInside(stack, duration)
}

/** Ends a call that was not over at its exit at its duration; `time` is that of the next line. */
function endLate(stack: Stack, time: f64): void {
  const end = stack.lateBegin + stack.lateDuration
  reach(stack, max(end > time + WITHIN_MICRO ? time : end, stack.cursor))
  countExtent(stack.lateBegin, stack.cursor, stack.lateDuration, false)
  addEnd(
    stack.track,
    stack.late,
    stack.cursor,
    stack.lateWeight,
    stack.lateNotes,
    stack.lateExitNotes,
  )
  stack.late = UNNAMED
}

/** Ends the innermost call with its printed duration; `time` is that of its exit. */
export function close(stack: Stack, func: u32, time: f64, printed: f64, notes: i32): void {
  const level = stack.innermost()
  const begins = level.begin
  const hasEntry = level.func !== UNNAMED
  let duration = printed
  if (hasTime && hasEntry && time - begins > WRAP) duration = unwrapped(duration, time - begins)
  let end = begins + duration
  let hasSlept = false
  if (hasTime) {
    if (hasEntry && duration !== ABSENT && end < time - WITHIN_MICRO) {
      hasSlept = isSleepLeftOut(level, func, time - begins, duration)
    }
    if (!hasEntry || duration === ABSENT || hasSlept) end = time
  } else if (duration === ABSENT) {
    end = stack.cursor + 1
  } else if (!hasEntry) {
    // It lies before what is shown.
    end = begins
  }
  const isLate = end > max(time + WITHIN_MICRO, stack.cursor) && end <= time + LATE_ENTRY
  if (hasTime && !isLate) end = min(end, time + WITHIN_MICRO)
  end = max(end, stack.cursor)
  if (duration === ABSENT) duration = end - begins
  const whole = duration
  if (stack.sleptLevel === stack.open - 1) {
    // Without timestamps, the call in which a task has slept has slept all of its own time.
    stack.sleptLevel = -1
    addSleep(stack, end, duration - level.inside)
  }
  if (isAnythingApart) duration = max(withSleep(level, duration) - level.interrupted, 0)
  stack.open--
  if (hasTime || isAnythingApart) handUp(stack, level)
  if (!isLate) reach(stack, end)
  if (hasEntry) {
    count(COMPLETE_CALLS)
    if (!isLate && printed !== ABSENT) {
      countExtent(begins, stack.cursor, whole, hasSlept)
    }
  } else {
    count(ORPHAN_CALLS)
    count(MISSING_ENTRIES)
    countTime(WITHOUT_ENTRY, duration - level.inside)
  }
  checkInside(level.inside, duration)
  if (isLate) holdLate(stack, level, func, whole, duration, notes)
  else addEnd(stack.track, func, stack.cursor, duration, level.notes, notes)
  addInside(stack, max(duration, level.inside))
}

function holdLate(
  stack: Stack,
  level: Level,
  func: u32,
  duration: f64,
  weight: f64,
  notes: i32,
): void {
  stack.late = func
  stack.lateBegin = level.begin
  stack.lateDuration = duration
  stack.lateWeight = weight
  stack.lateNotes = level.notes
  stack.lateExitNotes = notes
}

/** Ends what is open at `depth` and deeper: the exits are not in the trace. */
export function unwind(stack: Stack, depth: i32, reason: i32): void {
  while (stack.open > 0 && stack.innermost().depth >= depth) unwindInnermost(stack, reason)
}

/** Ends the innermost call: its exit is not in the trace. */
export function unwindInnermost(stack: Stack, reason: i32): void {
  const level = stack.innermost()
  stack.open--
  if (hasTime || isAnythingApart) handUp(stack, level)
  if (stack.sleptLevel === stack.open) stack.sleptLevel = -1
  const owed = takeOwed(stack, level)
  if (owed !== UNMEASURED) {
    count(COMPLETE_CALLS)
  } else if (level.func !== UNNAMED) {
    count(INCOMPLETE_CALLS)
    countTime(WITHOUT_EXIT, stack.cursor - level.begin - level.inside)
    count(reason)
  }
  addEnd(stack.track, level.func, stack.cursor, owed, level.notes, 0)
  addInside(stack, max(owed, level.inside))
}

/** A duration whose call did not show is one of its function all the same. */
export function addOwed(stack: Stack): void {
  const func = stack.owedFunction
  if (func === UNNAMED) return
  stack.owedFunction = UNNAMED
  addBegin(stack.track, func, stack.cursor)
  addEnd(stack.track, func, stack.cursor, stack.owedDuration, 0, 0)
  count(ORPHAN_CALLS)
}

/** The duration of a call without an exit, where a false fold has left it. */
function takeOwed(stack: Stack, level: Level): f64 {
  if (stack.owedFunction === UNNAMED) return UNMEASURED
  if (stack.owedFunction !== level.func || stack.owedDepth !== level.depth) return UNMEASURED
  stack.owedFunction = UNNAMED
  return stack.owedDuration
}
