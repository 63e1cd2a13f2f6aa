/** Lines whose meaning depends on lines that follow. */
import { cpuAt, knownStack } from './cpu'
import { NO_DOUBT, SAME_DEPTH, STRANGE } from './doubt-kinds'
import { ABSENT, EXIT, isMark, Line, lineAt, otherLine } from './line'
import { around, ask, see } from './same-depth'
import { Stack, stackAt, stacks, UNNAMED } from './stack'

/** Whether there may be a doubt. Of most lines there is none: this is quick. */
export function isInQuestion(line: Line, stack: Stack | null): bool {
  if (!stack) return true
  const distance = line.depth - stack.depth()
  return line.kind === EXIT ? distance > 0 : distance !== 1
}

export function doubtOf(line: Line, stack: Stack | null): i32 {
  if (!stack || stack.depth() < callersOf(line)) {
    return line.task === ABSENT && mayContinueOther(line, stack) ? STRANGE : NO_DOUBT
  }
  if (line.kind === EXIT || stack.depth() < line.depth || isMark(line)) return NO_DOUBT
  return hasCallAt(stack, line.depth) ? SAME_DEPTH : NO_DOUBT
}

/** The same of a line that TypeScript has scanned. */
export function doubtOfOther(kind: i32, depth: i32, duration: f64, cpu: i32, task: i32): i32 {
  const line = otherLine(kind, false, depth, UNNAMED, duration, cpu, task, 0, 0, 0)
  return doubtOf(line, knownStack(task, cpuAt(cpu)))
}

/** How many lines may be looked at again: for each one that was followed, and at the start. */
const LOOKS_PER_LINE: f64 = 16
const FIRST_LOOKS: f64 = 200_000

let followed: f64 = 0
let looks: f64 = 0

export function countFollowed(): void {
  followed++
}

/** Whether it is worth to look: a text of which every line is in doubt has no answers. */
export function mayLook(): bool {
  return looks < FIRST_LOOKS + LOOKS_PER_LINE * followed
}

/** It took so many lines to find an answer. */
export function countLooks(lines: i32): void {
  looks += lines
}

/** In place of an answer: the lines at hand have none. */
export const NO_ANSWER: i32 = -1

/** How many calls are around number `from` of the lines that were scanned, whose depth theirs is. */
export function answerAt(from: i32, end: i32): i32 {
  if (!mayLook()) return 0
  ask(lineAt(from))
  for (let index = from; index < end; index++) {
    if (!see(lineAt(index))) continue
    countLooks(index - from)
    return around
  }
  return NO_ANSWER
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
