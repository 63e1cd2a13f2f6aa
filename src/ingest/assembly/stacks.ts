/**
 * The meaning of lines: rebuilds every task's stack and places its calls in time.
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
import { areInterruptsApart, isSleepApart } from './apart'
import {
  addOwed,
  begin,
  bridge,
  close,
  endLeaf,
  holdLeaf,
  moveTo,
  settleLeaf,
  unwind,
  unwindInnermost,
} from './calls'
import { hasTime, now, reach, startClock, timeOf, WITHIN_MICRO } from './clock'
import {
  CALLS_BROKEN_BY_LOSS,
  COMPLETE_CALLS,
  ENTRIES,
  EXITS,
  FALSE_FOLDS,
  LEAVES,
  MISSING_EXITS,
  NAMELESS_EXITS,
  OPEN_AT_END,
} from './counted'
import { count, countMoved } from './counts'
import { Cpu, cpuAt, forgetCpus, knownStack, taskStack } from './cpu'
import { SAME_DEPTH, STRANGE } from './doubt-kinds'
import { answerAt, countFollowed, doubtOf, isInQuestion, NO_ANSWER } from './doubts'
import { addBegin, setLine } from './events'
import { unknownFunction } from './host'
import { endInterrupt, interruptsStack } from './interrupts'
import { forgetTimes, jumpsBack, seeTime } from './jumps'
import { ABSENT, ENTRY, EXIT, isMark, LEAF, Line, lineAt, MOST_LINES, otherLine } from './line'
import { addSleep, forgetSleep, isSleeper, leavesSleepOut, longestSleep } from './sleep'
import { Level, Stack, stackAt, stacks, UNNAMED } from './stack'
import { measured } from './weights'

/** The time of an entry and its call's begin by its exit may stand apart by that. */
const LATER: f64 = 100_000

/** Whether a brace without a name closes what the kernel has in its slots. */
let hasSlots = true
/** Whether events are missing: slots may be right where the open calls are not. */
let hasLosses = false

/** Another capture begins. */
export function startCapture(time: bool, clockScale: f64, slots: bool): void {
  startClock(time, clockScale)
  hasSlots = slots
  forgetCpus()
  forgetTimes()
  forgetSleep()
}

/**
 * Follows the lines that were scanned, from number `from` up to `end`, to one of the time that is
 * given, to one at which time jumps back, or to one in doubt. Returns the number of the first line that
 * it did not follow; less than 0, if more lines behind those that were scanned might settle the doubt.
 */
export function follow(from: i32, end: i32, seconds: f64, nanos: f64): i32 {
  for (let index = from; index < end; index++) {
    const line = lineAt(index)
    const cpu = cpuAt(line.cpu)
    if (hasTime) {
      if (line.nanos === nanos && line.seconds === seconds) return index
      if (jumpsBack(cpu, line.seconds, line.nanos)) return index
    }
    const task = knownStack(line.task, cpu)
    let around = 0
    if (isInQuestion(line, task)) {
      const doubt = doubtOf(line, task)
      if (doubt === STRANGE) return index
      if (doubt === SAME_DEPTH) around = answerAt(index, end)
      if (around === NO_ANSWER) return -index
    }
    if (hasTime) seeTime(cpu, line.seconds, line.nanos)
    setLine(index)
    followLine(line, cpu, task || taskStack(line.task, cpu), around)
  }
  return end
}

/** Whether time jumps back at a line, so that another capture may begin there. */
export function isJump(cpu: i32, seconds: f64, nanos: f64): bool {
  return hasTime && jumpsBack(cpuAt(cpu), seconds, nanos)
}

/** A line that TypeScript has scanned is none at which time jumps back. */
export function seeLine(cpu: i32, seconds: f64, nanos: f64): void {
  seeTime(cpuAt(cpu), seconds, nanos)
}

/** Follows the line that was placed as number MOST_LINES; so many calls of its depth stay open around it. */
export function followOther(around: i32): void {
  const line = lineAt(MOST_LINES)
  const place = cpuAt(line.cpu)
  followLine(line, place, taskStack(line.task, place), around)
}

/** Comes to the time of a line that is an event; returns its position on the track of its task. */
export function arriveAt(cpu: i32, task: i32, seconds: f64, nanos: f64): f64 {
  const line = otherLine(0, false, 0, UNNAMED, 0, cpu, task, seconds, nanos, 0)
  const place = cpuAt(cpu)
  const stack = taskStack(task, place)
  startLine(line, place, stack)
  arrive(stack, line)
  place.cursor = stack.cursor
  return stack.cursor
}

function followLine(line: Line, cpu: Cpu, task: Stack, around: i32): void {
  const stack = areInterruptsApart ? stackBeside(task, line, cpu, around) : task
  countFollowed()
  startLine(line, cpu, stack)
  if (line.kind === ENTRY) entry(line, cpu, stack, around)
  else if (line.kind === LEAF) leaf(line, cpu, stack, around)
  else exit(line, cpu, stack)
  cpu.cursor = stack.cursor
}

/** The lines of a cpu are in order, whatever the tasks. */
function startLine(line: Line, cpu: Cpu, stack: Stack): void {
  if (!hasTime) {
    if (cpu.cursor > stack.cursor) reach(stack, cpu.cursor)
  } else if (cpu.begins < 0) cpu.begins = timeOf(line)
}

function entry(line: Line, cpu: Cpu, stack: Stack, around: i32): void {
  count(ENTRIES)
  makeRoom(stack, line, around)
  cpu.setSlot(line.depth, line.func)
  begin(stack, line.func, line.depth, line.notes)
}

function leaf(line: Line, cpu: Cpu, stack: Stack, around: i32): void {
  count(LEAVES)
  if (isMark(line)) arrive(stack, line)
  else makeRoom(stack, line, around)
  cpu.setSlot(line.depth, UNNAMED)
  count(COMPLETE_CALLS)
  addBegin(stack.track, line.func, stack.cursor)
  holdLeaf(stack, line.func, line.depth, stack.cursor, measured(line.duration), line.notes)
  if (!hasTime) endLeaf(stack, stack.cursor)
  if (stack.isInterrupts) endInterrupt(cpu, line.depth, stack.leafDuration)
}

function exit(line: Line, cpu: Cpu, stack: Stack): void {
  count(EXITS)
  const time = hasTime ? timeOf(line) : Infinity
  const slot = cpu.takeSlot(line.depth)
  const named = line.func !== UNNAMED || !hasSlots ? line.func : slot
  const duration = measured(line.duration)
  if (!unfold(stack, line, named, duration, time)) endCall(stack, cpu, line, time, named, duration)
  if (stack.isInterrupts) endInterrupt(cpu, line.depth, duration)
}

/** Ends the call of an exit, whose name is UNNAMED if neither its note nor a slot names it. */
function endCall(stack: Stack, cpu: Cpu, line: Line, time: f64, named: u32, duration: f64): void {
  settle(stack, line, time)
  unwind(stack, line.depth + 1, MISSING_EXITS)
  if (stack.depth() === line.depth) {
    const level = stack.innermost()
    const func = level.func
    if (isOfLaterCall(level, cpu, time, duration)) {
      // Its entry is lost, and the exit of the open call.
    } else if (func === UNNAMED || named === UNNAMED || func === named || isStale(line)) {
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
 * Whether an exit is that of a later call than the open one: by its duration its call began later,
 * and before there is anything of its cpu. So its entry is not in the trace.
 */
function isOfLaterCall(level: Level, cpu: Cpu, time: f64, duration: f64): bool {
  const began = time - duration
  if (!hasTime || duration === ABSENT || level.func === UNNAMED) return false
  // Its duration may leave sleep out.
  if (leavesSleepOut() || isSleeper(level.func)) return false
  return level.begin + LATER < began && began < cpu.begins
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

/** The stack of a task's line, or that of the interrupts of its cpu. */
function stackBeside(task: Stack, line: Line, cpu: Cpu, around: i32): Stack {
  const stack = interruptsStack(line, cpu, task)
  if (stack !== task && line.kind !== EXIT && line.depth === cpu.interruptDepth) {
    makeRoom(task, line, around)
    settleLeaf(stack, timeOf(line))
    unwind(stack, 0, MISSING_EXITS)
  }
  return stack
}

/** Comes to the line's time, and makes room for a call at its depth, inside so many others of it. */
function makeRoom(stack: Stack, line: Line, around: i32): void {
  arrive(stack, line)
  if (stack.depth() >= line.depth) {
    const outer = stack.openAbove(line.depth) + around
    while (stack.open > outer) unwindInnermost(stack, MISSING_EXITS)
  }
  bridge(stack, line.depth)
}

/** The track comes to the line's time, or as close to it as what is on it allows. */
function arrive(stack: Stack, line: Line): void {
  const time = hasTime ? timeOf(line) : Infinity
  settle(stack, line, time)
  if (hasTime && stack.cursor > time + WITHIN_MICRO) countMoved(stack.cursor - time)
  reach(stack, hasTime ? max(time, stack.cursor) : now(stack))
}

/** Events before a line on its track: the end of a leaf, sleep, the migration to its cpu. */
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
  const hasSlept = stack.isOffCpu || (stack.cpu !== line.cpu && stack.cpu !== ABSENT)
  stack.isOffCpu = false
  if (!hasSlept || stack.open === 0) return
  if (!isSleepApart) {
    stack.innermost().asleep += max(time - stack.cursor, 0)
    return
  }
  if (!stack.isTask) return
  if (hasTime) {
    const until = min(time, stack.cursor + longestSleep(stack, line))
    addSleep(stack, until, until - stack.cursor)
  } else stack.sleptLevel = stack.open - 1
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

/** The stacks of the tasks seen last on the cpu cannot be trusted past the gap. */
export function loseEvents(cpu: i32, hasNumber: bool): void {
  cpuAt(cpu).begins = -1
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
