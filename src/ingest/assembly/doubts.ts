/** Lines whose meaning depends on lines that follow. */
import { cpuAt, knownStack } from './cpu'
import { NO_DOUBT, SAME_DEPTH, STRANGE } from './doubt-kinds'
import { ABSENT, EXIT, Line, otherLine } from './line'
import { Stack, stackAt, stacks, UNNAMED } from './stack'

export function doubtOf(line: Line): i32 {
  const stack = knownStack(line.task, cpuAt(line.cpu))
  if (!stack || stack.depth() < callersOf(line)) {
    return line.task === ABSENT && mayContinueOther(line, stack) ? STRANGE : NO_DOUBT
  }
  if (line.kind === EXIT || stack.depth() < line.depth || isMark(line)) return NO_DOUBT
  return hasCallAt(stack, line.depth) ? SAME_DEPTH : NO_DOUBT
}

/** The same of a line that TypeScript has scanned. */
export function doubtOfOther(kind: i32, depth: i32, duration: f64, cpu: i32, task: i32): i32 {
  return doubtOf(otherLine(kind, false, depth, UNNAMED, duration, cpu, task, 0, 0, 0))
}

/**
 * Latency tracers put calls of no length at depth 0 in the middle of a stack, to mark where they
 * started and stopped (trace_graph_function): these end nothing.
 */
export function isMark(line: Line): bool {
  return line.duration === 0 && line.depth === 0
}

/** Whether a call with a name is open at this depth. */
function hasCallAt(stack: Stack, depth: i32): bool {
  const level = stack.level(stack.openAbove(depth))
  return level.depth === depth && level.func !== UNNAMED
}

/** The depth of the innermost call that has to be open. */
function callersOf(line: Line): i32 {
  return line.kind === EXIT ? line.depth : line.depth - 1
}

/** Whether a stack of another cpu is where the line goes on. */
function mayContinueOther(line: Line, own: Stack | null): bool {
  for (let track = 0; track < stacks.length; track++) {
    const stack = stackAt(track)
    if (stack === own || stack.isInterrupts || stack.open === 0) continue
    if (stack.cpu === line.cpu || stack.depth() !== callersOf(line)) continue
    if (stack.innermost().func !== UNNAMED) return true
  }
  return false
}

// TypeScript looks at stacks by their tracks.

export function openCalls(track: i32): i32 {
  return stackAt(track).open
}

export function openDepth(track: i32, index: i32): i32 {
  return stackAt(track).level(index).depth
}

export function openFunction(track: i32, index: i32): u32 {
  return stackAt(track).level(index).func
}
