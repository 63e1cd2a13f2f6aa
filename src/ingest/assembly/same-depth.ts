/**
 * A call is open at the depth of a line that begins another one. Either its exit is not in the trace;
 * or an interrupt begins, between the record of the entry and the moment from which the kernel
 * counts the call (before 4.20), or between the end of the call and the record of its exit. Then
 * the exit is still to come:
 *
 *     0)               |    f_page() {
 *     0)               |    smp_apic_timer_interrupt() {
 *     0) + 20.700 us   |    }
 *     0)   0.097 us    |    }  (f_page)
 */
import { cpuAt, knownStack, taskStack } from './cpu'
import { ABSENT, ENTRY, EXIT, isMark, Line, otherLine } from './line'
import { Stack, UNNAMED } from './stack'

/** Interrupts hit interrupts, but not often. */
const MOST_OPEN: i32 = 8

/** In place of a cpu: the task runs nowhere. A trace without cpus has ABSENT. */
const NOWHERE: i32 = -2

/** Of the line in question: its stack, and its depth. */
let asked: Stack | null = null
let depth: i32 = 0
/** Where its task runs, and which it is, in a trace without a task column. */
let cpu: i32 = NOWHERE
let task: i32 = ABSENT
/** The open call that has begun at that depth since. */
const open = new StaticArray<u32>(MOST_OPEN)
let opened: i32 = 0

/** The answer: how many of the calls that are open at its depth the line is inside of. */
export let around: i32 = 0

/** Asks for a line. The next lines, that one first, have to be seen until one gives the answer. */
export function ask(line: Line): void {
  asked = taskStack(line.task, cpuAt(line.cpu))
  depth = line.depth
  cpu = line.cpu
  task = ABSENT
  opened = 0
  around = 0
}

/** Sees the next line of a call; returns whether it gives the answer. */
export function see(line: Line): bool {
  if (line.depth > depth || isMark(line) || !isOfTask(line)) return false
  if (line.depth < depth) return true
  if (line.kind === EXIT) return seeExit(line.func)
  if (line.kind !== ENTRY) return false
  if (opened === MOST_OPEN) return true
  open[opened] = line.func
  opened++
  return false
}

// The same for lines that TypeScript has scanned.

export function askOther(depth: i32, cpu: i32, task: i32): void {
  ask(otherLine(ENTRY, false, depth, UNNAMED, 0, cpu, task, 0, 0, 0))
}

export function seeOther(
  kind: i32,
  depth: i32,
  func: u32,
  duration: f64,
  cpu: i32,
  task: i32,
): bool {
  return see(otherLine(kind, false, depth, func, duration, cpu, task, 0, 0, 0))
}

/** Sees a loss. */
export function seeLoss(lossCpu: i32): bool {
  return lossCpu === cpu
}

/** Sees a switch block. */
export function seeSwitch(switchCpu: i32, from: i32, to: i32): void {
  if (switchCpu === cpu) {
    task = from
    cpu = NOWHERE
  } else if (to === task) {
    cpu = switchCpu
  }
}

function isOfTask(line: Line): bool {
  if (line.task === ABSENT) return line.cpu === cpu
  return knownStack(line.task, cpuAt(line.cpu)) === asked
}

/** The exit of a call in question, or of one that is not known, is the answer. */
function seeExit(func: u32): bool {
  for (let index = opened - 1; index >= 0; index--) {
    if (func !== UNNAMED && unchecked(open[index]) !== func) continue
    opened = index
    return false
  }
  around = callsDownTo(asked as Stack, func)
  return true
}

/** How many calls are open at the depth, down to the innermost one of a function; 0 if there is none. */
function callsDownTo(stack: Stack, func: u32): i32 {
  const outer = stack.openAbove(depth)
  for (let index = stack.open - 1; index >= outer; index--) {
    const level = stack.level(index)
    if (level.depth !== depth) continue
    if (func === UNNAMED || level.func === func) return index - outer + 1
  }
  return 0
}
