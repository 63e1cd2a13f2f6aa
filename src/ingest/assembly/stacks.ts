/**
 * What lines mean: rebuilds every task's stack and places its calls in time.
 *
 * The indentation is the depth. An entry at depth d closes what is open at d or deeper: those
 * exits are missing. Where a line stands deeper than the open calls account for, calls are open
 * whose entries are not in the trace: each level between begins UNNAMED, and the exit at that
 * level brings the name. A level whose exit never comes was no call; consumers leave it out.
 *
 * Durations weigh, timestamps place. With timestamps a call begins at its printed time and ends
 * its duration later, moved by the least that keeps what follows on its track in order. Without,
 * the calls of a track follow one another at their printed durations, and what a cpu begins at
 * depth 0 begins where the furthest track has come to.
 */
import { hasTime, now, reach, startClock, timeOf, WITHIN_MICRO } from './clock'
import {
  CALLS_BROKEN_BY_LOSS,
  CHILDREN_EXCEED_PARENT,
  COMPLETE_CALLS,
  ENTRIES,
  EXITS,
  FALSE_FOLDS,
  INCOMPLETE_CALLS,
  LEAVES,
  MISSING_ENTRIES,
  MISSING_EXITS,
  NAMELESS_EXITS,
  NEGATIVE_DURATIONS,
  OPEN_AT_END,
  ORPHAN_CALLS,
  ROOTS,
  WITHOUT_ENTRY,
  WITHOUT_EXIT,
  WRAPPED_DURATIONS,
} from './counted'
import { count, countMoved, countTime } from './counts'
import { Cpu, cpuAt, forgetCpus, taskStack } from './cpu'
import { addBegin, addEnd, addMigration } from './events'
import { offCpuFunction, unknownFunction } from './host'
import { endInterrupt, interruptsStack } from './interrupts'
import { ABSENT, ENTRY, EXIT, LEAF, Line, lineAt, MOST_LINES } from './line'
import { Level, Stack, stackAt, stacks, UNNAMED } from './stack'

/** In place of a duration: the exit of the call is not in the trace. */
const UNMEASURED: f64 = -1

/** Larger durations are negative ones: what ends before it began prints as 2^64 ns less that. */
const LARGEST_DURATION: f64 = 9007199254740991

/** What 32 bits of microseconds hold, and how far timestamps and a duration may stand apart. */
const WRAP: f64 = 4294967296000
const WRAP_TOLERANCE: f64 = 1e7

/** A call that has slept takes longer than that by itself. */
const SHORTEST_SLEEP: f64 = 10_000

/** Whether a brace without a name closes what the kernel has in its slots. */
let hasSlots = true
/** Whether time off the cpu is a call of its own. */
let isSleepApart = false
/** Whether interrupts have a track of their own. */
let areInterruptsApart = false
/** Whether durations leave out what is shown apart. */
let isAnythingApart = false
/** Whether events are missing: slots may be right where the open calls are not. */
let hasLosses = false

/** From here on, interrupts have a track of their own. */
export function showInterruptsApart(): void {
  areInterruptsApart = true
  isAnythingApart = true
}

/** From here on, time off the cpu is a call of its own. */
export function showSleepApart(): void {
  isSleepApart = true
  isAnythingApart = true
}

/** Another capture begins. */
export function startCapture(time: bool, clockScale: f64, slots: bool): void {
  startClock(time, clockScale)
  hasSlots = slots
  forgetCpus()
}

/**
 * Follows the lines that were scanned, from number `from` up to `end` or to one of the time that is
 * given. Returns the number of the first line that it did not follow.
 */
export function follow(from: i32, end: i32, seconds: f64, nanos: f64): i32 {
  for (let index = from; index < end; index++) {
    const line = lineAt(index)
    if (hasTime && line.nanos === nanos && line.seconds === seconds) return index
    followLine(line)
  }
  return end
}

/** Follows a line that TypeScript has scanned. */
export function followOther(
  kind: i32,
  isInInterrupt: bool,
  depth: i32,
  func: u32,
  duration: f64,
  cpu: i32,
  task: i32,
  seconds: f64,
  nanos: f64,
  notes: i32,
): void {
  followLine(lineOf(kind, isInInterrupt, depth, func, duration, cpu, task, seconds, nanos, notes))
}

/** Comes to the time of a line that is an event; returns its position on the track of its task. */
export function arriveAt(cpu: i32, task: i32, seconds: f64, nanos: f64): f64 {
  const stack = taskStack(task, cpuAt(cpu))
  arrive(stack, lineOf(0, false, 0, UNNAMED, 0, cpu, task, seconds, nanos, 0))
  return stack.cursor
}

function lineOf(
  kind: i32,
  isInInterrupt: bool,
  depth: i32,
  func: u32,
  duration: f64,
  cpu: i32,
  task: i32,
  seconds: f64,
  nanos: f64,
  notes: i32,
): Line {
  const line = lineAt(MOST_LINES)
  line.kind = <u8>kind
  line.isInInterrupt = isInInterrupt
  line.depth = depth
  line.func = func
  line.duration = duration
  line.cpu = cpu
  line.task = task
  line.seconds = seconds
  line.nanos = nanos
  line.notes = notes
  return line
}

function followLine(line: Line): void {
  const cpu = cpuAt(line.cpu)
  const stack = stackOf(line, cpu)
  if (line.kind === ENTRY) entry(line, cpu, stack)
  else if (line.kind === LEAF) leaf(line, cpu, stack)
  else exit(line, cpu, stack)
}

function entry(line: Line, cpu: Cpu, stack: Stack): void {
  count(ENTRIES)
  makeRoom(stack, line)
  cpu.setSlot(line.depth, line.func)
  begin(stack, line.func, line.depth, line.notes)
}

function leaf(line: Line, cpu: Cpu, stack: Stack): void {
  count(LEAVES)
  if (isMark(line)) arrive(stack, line)
  else makeRoom(stack, line)
  cpu.setSlot(line.depth, UNNAMED)
  count(COMPLETE_CALLS)
  addBegin(stack.track, line.func, stack.cursor)
  holdLeaf(stack, line.func, line.depth, stack.cursor, measured(line.duration), line.notes)
  if (!hasTime) endLeaf(stack, stack.cursor)
  if (stack.isInterrupts) resume(stack, cpu, line.depth, stack.leafDuration)
}

/**
 * Latency tracers put calls of no length at depth 0 in the middle of a stack, to mark where they
 * started and stopped (trace_graph_function): these end nothing.
 */
function isMark(line: Line): bool {
  return line.duration === 0 && line.depth === 0
}

function exit(line: Line, cpu: Cpu, stack: Stack): void {
  count(EXITS)
  const time = hasTime ? timeOf(line) : Infinity
  const slot = cpu.takeSlot(line.depth)
  const named = line.func !== UNNAMED || !hasSlots ? line.func : slot
  const duration = measured(line.duration)
  if (!unfold(stack, line, named, duration, time)) endCall(stack, line, time, named, duration)
  if (stack.isInterrupts) resume(stack, cpu, line.depth, duration)
}

/** Ends the call of an exit, whose name is UNNAMED if neither its note nor a slot names it. */
function endCall(stack: Stack, line: Line, time: f64, named: u32, duration: f64): void {
  settle(stack, line, time)
  unwind(stack, line.depth + 1, MISSING_EXITS)
  if (stack.depth() === line.depth) {
    const func = stack.innermost().func
    if (func === UNNAMED || named === UNNAMED || func === named || isStale(line)) {
      close(
        stack,
        func !== UNNAMED ? func : named !== UNNAMED ? named : nameless(),
        time,
        duration,
        line.notes,
      )
      return
    }
    unwind(stack, line.depth, MISSING_EXITS)
  }
  // Neither the entry nor anything that it called is in the trace.
  const begins = hasTime ? time - max(duration, 0) : now(stack)
  reach(stack, max(stack.cursor, begins))
  bridge(stack, line.depth)
  begin(stack, UNNAMED, line.depth, 0)
  close(stack, named !== UNNAMED ? named : nameless(), time, duration, line.notes)
}

/**
 * Whether the slot that named an exit is less to be trusted than the open call: the task column
 * says whose exit it is, while a missing line may have left the slot as it was. A loss does not.
 */
function isStale(line: Line): bool {
  return line.func === UNNAMED && line.task !== ABSENT && !hasLosses
}

export function nameless(): u32 {
  count(NAMELESS_EXITS)
  return unknownFunction()
}

/** Whose stack a line of the call graph belongs to, be it that of interrupts. */
function stackOf(line: Line, cpu: Cpu): Stack {
  const task = taskStack(line.task, cpu)
  if (!areInterruptsApart) return task
  const stack = interruptsStack(line, cpu, task)
  if (stack !== task && line.kind !== EXIT && line.depth === cpu.interruptDepth) {
    makeRoom(task, line)
    settleLeaf(stack, timeOf(line))
    unwind(stack, 0, MISSING_EXITS)
    if (!hasTime) reach(stack, max(stack.cursor, task.cursor))
  }
  return stack
}

/** If an interrupt is over, the task that it has hit goes on where it has ended. */
function resume(stack: Stack, cpu: Cpu, depth: i32, duration: f64): void {
  const task = endInterrupt(cpu, depth, max(duration, 0))
  if (task && !hasTime) reach(task, max(task.cursor, stack.cursor))
}

/** Comes to the line's time, and makes room for a call at its depth. */
function makeRoom(stack: Stack, line: Line): void {
  arrive(stack, line)
  if (stack.depth() >= line.depth) unwind(stack, line.depth, MISSING_EXITS)
  bridge(stack, line.depth)
}

/** The track comes to the line's time, or as close to it as what is on it allows. */
function arrive(stack: Stack, line: Line): void {
  const time = hasTime ? timeOf(line) : Infinity
  settle(stack, line, time)
  if (hasTime && stack.cursor > time + WITHIN_MICRO) countMoved(stack.cursor - time)
  reach(stack, hasTime ? max(time, stack.cursor) : now(stack))
}

/** Begins a call where the track has come to. */
function begin(stack: Stack, func: u32, depth: i32, notes: i32): void {
  stack.push(func, depth, notes)
  addBegin(stack.track, func, stack.cursor)
}

/** Begins an UNNAMED call for each level between the innermost open call and `depth`. */
function bridge(stack: Stack, depth: i32): void {
  for (let level = stack.depth() + 1; level < depth; level++) {
    begin(stack, UNNAMED, level, 0)
    // The name comes late: what follows stands apart, so that a reader may sort by time.
    reach(stack, stack.cursor + 1)
  }
}

/** What comes before a line on its track: the end of a leaf, sleep, the migration to its cpu. */
function settle(stack: Stack, line: Line, time: f64): void {
  if (hasTime || isSleepApart) followTask(stack, line, time)
  if (stack.cpu !== line.cpu) moveTo(stack, line.cpu)
}

function followTask(stack: Stack, line: Line, time: f64): void {
  settleLeaf(stack, time)
  if (!stack.isInterrupts) followCpu(stack, line, time)
}

/** A task whose cpu has shown another one since, or that comes back on another, has slept. */
function followCpu(stack: Stack, line: Line, time: f64): void {
  const cpu = cpuAt(line.cpu)
  const last = cpu.last
  if (last && last !== stack && last.cpu === line.cpu) {
    settleLeaf(last, time)
    last.isOffCpu = true
  }
  cpu.last = stack
  if (!isSleepApart) return
  const hasSlept = stack.isOffCpu || (stack.cpu !== line.cpu && stack.cpu !== ABSENT)
  stack.isOffCpu = false
  if (!hasSlept || stack.open === 0 || !stack.isTask) return
  if (hasTime) addSleep(stack, min(time, stack.cursor + longestSleep(stack, line)))
  else stack.sleptLevel = stack.open - 1
}

/**
 * What the exit of the call that has slept leaves for that, timestamps being less exact; but not if
 * it leaves so little that its duration must have left sleep out.
 */
function longestSleep(stack: Stack, line: Line): f64 {
  if (line.kind !== EXIT || line.depth !== stack.depth() || !(line.duration > 0)) return Infinity
  const own = line.duration - stack.innermost().inside
  return own > SHORTEST_SLEEP ? own : Infinity
}

/** Adds the time off the cpu from where the stack is, as a call of the innermost open one. */
function addSleep(stack: Stack, until: f64): void {
  const duration = until - stack.cursor
  if (!(duration > 0)) return
  const func = offCpuFunction()
  const caller = stack.innermost()
  // What follows a begin without a name stands apart from it.
  if (caller.func === UNNAMED) reach(stack, stack.cursor + 1)
  addBegin(stack.track, func, stack.cursor)
  reach(stack, until)
  addEnd(stack.track, func, until, duration, 0, 0)
  addInside(stack, duration)
  caller.asleep += duration
}

function moveTo(stack: Stack, cpu: i32): void {
  stack.cpu = cpu
  addMigration(stack.track, cpu, stack.cursor)
}

function holdLeaf(stack: Stack, func: u32, depth: i32, at: f64, duration: f64, notes: i32): void {
  stack.leaf = func
  stack.leafDepth = depth
  stack.leafBegin = at
  stack.leafDuration = duration
  stack.leafNotes = notes
}

function settleLeaf(stack: Stack, time: f64): void {
  if (stack.leaf !== UNNAMED) endLeaf(stack, time)
}

/** Ends the leaf at its duration; `time` is that of the next line. */
function endLeaf(stack: Stack, time: f64): void {
  const begins = stack.leafBegin
  let duration = stack.leafDuration
  let end = begins + duration
  if (duration === ABSENT) {
    end = hasTime && time < Infinity ? max(time, begins) : begins + 1
    duration = end - begins
  } else if (hasTime && end > time + WITHIN_MICRO) {
    end = max(time + WITHIN_MICRO, begins)
  }
  reach(stack, end)
  addEnd(stack.track, stack.leaf, end, duration, stack.leafNotes, 0)
  stack.leaf = UNNAMED
  addInside(stack, duration)
}

/** Ends the innermost call with its printed duration; `time` is that of its exit. */
function close(stack: Stack, func: u32, time: f64, printed: f64, notes: i32): void {
  const level = stack.innermost()
  const begins = level.begin
  const hasEntry = level.func !== UNNAMED
  let duration = printed
  if (hasTime && hasEntry && time - begins > WRAP) duration = unwrapped(duration, time - begins)
  let end = begins + duration
  if (hasTime) {
    if (!hasEntry || duration === ABSENT) end = time
    else if (end > time + WITHIN_MICRO) end = time + WITHIN_MICRO
    // Time asleep that the duration leaves out (nosleep-time).
    else if (end < time - WITHIN_MICRO) end = time
  } else if (duration === ABSENT) {
    end = stack.cursor + 1
  }
  end = max(end, stack.cursor)
  if (duration === ABSENT) duration = end - begins
  if (stack.sleptLevel === stack.open - 1) {
    // Without timestamps, the call in which a task has slept has slept all of its own time.
    stack.sleptLevel = -1
    addSleep(stack, end)
  }
  if (isAnythingApart) duration = max(withSleep(level, duration) - level.interrupted, 0)
  stack.open--
  if (isAnythingApart) handUp(stack, level)
  reach(stack, end)
  if (hasEntry) {
    count(COMPLETE_CALLS)
  } else {
    count(ORPHAN_CALLS)
    count(MISSING_ENTRIES)
    countTime(WITHOUT_ENTRY, duration - level.inside)
  }
  checkInside(level.inside, duration)
  addEnd(stack.track, func, end, duration, level.notes, notes)
  addInside(stack, duration)
}

/** The duration of a call; sleep is added where durations leave it out (nosleep-time). */
function withSleep(level: Level, duration: f64): f64 {
  const excess = level.inside - duration
  return level.asleep > 0 && excess > level.asleep / 2 ? duration + level.asleep : duration
}

/** What is told apart of a call that has ended is a part of its caller's. */
function handUp(stack: Stack, level: Level): void {
  if (stack.open === 0) return
  const caller = stack.innermost()
  caller.interrupted += level.interrupted
  caller.asleep += level.asleep
}

/** A 32-bit kernel prints microseconds less all multiples of 2^32: the timestamps know how many. */
function unwrapped(duration: f64, elapsed: f64): f64 {
  const wraps = Math.round((elapsed - duration) / WRAP)
  if (wraps < 1 || abs(elapsed - duration - wraps * WRAP) > WRAP_TOLERANCE) return duration
  count(WRAPPED_DURATIONS)
  return duration + wraps * WRAP
}

/** A printed duration, which is negative if it is too large. */
export function measured(duration: f64): f64 {
  if (duration <= LARGEST_DURATION) return duration
  count(NEGATIVE_DURATIONS)
  return 0
}

/** Ends what is open at `depth` and deeper: the exits are not in the trace. */
function unwind(stack: Stack, depth: i32, reason: i32): void {
  while (stack.open > 0 && stack.innermost().depth >= depth) {
    const level = stack.innermost()
    stack.open--
    if (isAnythingApart) handUp(stack, level)
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
    addInside(stack, owed === UNMEASURED ? level.inside : owed)
  }
}

function addInside(stack: Stack, duration: f64): void {
  if (stack.open === 0) countTime(ROOTS, duration)
  else stack.innermost().inside += duration
}

function checkInside(inside: f64, duration: f64): void {
  if (inside > duration && inside - duration > cutFrom(duration)) count(CHILDREN_EXCEED_PARENT)
}

/** By how much a printed duration may be too short: from 10 ms on its last digits are cut. */
function cutFrom(duration: f64): f64 {
  if (duration < 1e7) return 0
  if (duration < 1e8) return 9
  return duration < 1e9 ? 99 : 999
}

/**
 * The kernel prints an entry and the next exit of its cpu as one leaf if task and function are the
 * same (get_return_for_leaf). They may be of two calls: of one that has returned on another cpu,
 * and of a later one that began there. The exit of the first one then shows it.
 */
function unfold(stack: Stack, line: Line, named: u32, duration: f64, time: f64): bool {
  if (!hasTime || named === UNNAMED || named !== stack.leaf) return false
  if (stack.leafDepth !== line.depth || stack.cpu === line.cpu) return false
  if (stack.depth() >= line.depth) return false
  stack.owedFunction = stack.leaf
  stack.owedDepth = stack.leafDepth
  stack.owedDuration = stack.leafDuration
  holdLeaf(stack, stack.leaf, stack.leafDepth, stack.leafBegin, duration, line.notes)
  settle(stack, line, time)
  count(FALSE_FOLDS)
  return true
}

/** A duration whose call did not show is one of its function all the same. */
function addOwed(stack: Stack): void {
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

/** Counts the exit of such a call, and returns its time. */
export function seeExited(seconds: f64, nanos: f64): f64 {
  count(EXITS)
  return timeOf(lineOf(EXIT, false, 0, UNNAMED, 0, ABSENT, ABSENT, seconds, nanos, 0))
}

/** A call that is known by its exit alone is to come on a track, and what it has called. */
export function startExited(track: i32, cpu: i32): void {
  const stack = stackAt(track)
  if (stack.cpu !== cpu) moveTo(stack, cpu)
  if (!hasTime) reach(stack, now(stack))
}

/** Such a call, or one that it has called, begins; returns where. Without timestamps `end` is infinite. */
export function beginExited(track: i32, func: u32, end: f64, duration: f64): f64 {
  const stack = stackAt(track)
  if (hasTime) reach(stack, max(stack.cursor, end - duration))
  addBegin(track, func, stack.cursor)
  return stack.cursor
}

/** It ends, of the duration that its exit has; it has called what took `inside` nanoseconds. */
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
  checkInside(inside, duration)
  reach(stack, max(stack.cursor, min(begins + duration, end)))
  addEnd(track, func, stack.cursor, duration, 0, notes)
  count(ORPHAN_CALLS)
}

/** The stacks of the tasks seen last on the cpu cannot be trusted past the gap. */
export function loseEvents(cpu: i32, hasNumber: bool): void {
  for (let track = 0; track < stacks.length; track++) {
    const stack = stackAt(track)
    if (stack.cpu !== cpu && stack.cpu !== ABSENT) continue
    settleLeaf(stack, Infinity)
    unwind(stack, 0, CALLS_BROKEN_BY_LOSS)
  }
  if (hasNumber) hasLosses = true
}

/** The capture is at its end: closes what is open. */
export function endCapture(): void {
  for (let track = 0; track < stacks.length; track++) {
    const stack = stackAt(track)
    settleLeaf(stack, Infinity)
    stack.isOffCpu = false
    unwind(stack, 0, OPEN_AT_END)
    addOwed(stack)
  }
}
