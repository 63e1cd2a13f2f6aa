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
import { Cpu, cpuAt, forgetCpus, taskStack } from './cpu'
import { addBegin } from './events'
import { unknownFunction } from './host'
import { endInterrupt, interruptsStack } from './interrupts'
import { forgetTimes, jumpsBack, seeTime } from './jumps'
import { ABSENT, ENTRY, EXIT, LEAF, Line, lineAt, otherLine } from './line'
import { addSleep, longestSleep } from './sleep'
import { Stack, stackAt, stacks, UNNAMED } from './stack'
import { measured } from './weights'

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
}

/**
 * Follows the lines that were scanned, from number `from` up to `end`, to one of the time that is
 * given, or to one at which time jumps back. Returns the number of the first line that it did not
 * follow.
 */
export function follow(from: i32, end: i32, seconds: f64, nanos: f64): i32 {
  for (let index = from; index < end; index++) {
    const line = lineAt(index)
    if (hasTime) {
      if (line.nanos === nanos && line.seconds === seconds) return index
      if (jumpsBack(cpuAt(line.cpu), line.seconds, line.nanos)) return index
    }
    followLine(line)
  }
  return end
}

/** Whether time jumps back at a line, so that another capture may begin there. */
export function isJump(cpu: i32, seconds: f64, nanos: f64): bool {
  return hasTime && jumpsBack(cpuAt(cpu), seconds, nanos)
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
  followLine(
    otherLine(kind, isInInterrupt, depth, func, duration, cpu, task, seconds, nanos, notes),
  )
}

/** Comes to the time of a line that is an event; returns its position on the track of its task. */
export function arriveAt(cpu: i32, task: i32, seconds: f64, nanos: f64): f64 {
  const line = otherLine(0, false, 0, UNNAMED, 0, cpu, task, seconds, nanos, 0)
  if (hasTime) seeTime(cpuAt(cpu), line)
  const stack = taskStack(task, cpuAt(cpu))
  arrive(stack, line)
  return stack.cursor
}

function followLine(line: Line): void {
  const cpu = cpuAt(line.cpu)
  if (hasTime) seeTime(cpu, line)
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
