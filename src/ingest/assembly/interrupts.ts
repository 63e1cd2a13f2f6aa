/**
 * Tells the calls of interrupts from those of the tasks that they hit. Both stand on the task's
 * stack. An interrupt begins with an entry behind an arrow, with one whose flags say so, or with
 * one of the functions that kernels enter and leave interrupts by; it ends with that call.
 */
import { Cpu } from './cpu'
import { addInterrupts } from './host'
import { EXIT, Line } from './line'
import { Stack, stackAt } from './stack'

/** The context that begins with a function. */
const NOTHING: u8 = 0
const INTERRUPT: u8 = 1
const SOFTIRQS: u8 = 2

/** By function, what begins with it. */
const handlers = new Array<u8>()

/** Interrupts begin with this function, or soft ones. */
export function setHandler(func: i32, runsSoftirqs: bool): void {
  while (handlers.length <= func) handlers.push(NOTHING)
  handlers[func] = runsSoftirqs ? SOFTIRQS : INTERRUPT
}

/** The stack that a line belongs to: `stack`, or that of the interrupts of its cpu. */
export function interruptsStack(line: Line, cpu: Cpu, stack: Stack): Stack {
  if (cpu.interrupted === stack) {
    const depth = cpu.interruptDepth
    const isInside = line.depth > depth || (line.depth === depth && line.kind === EXIT)
    if (isInside) return interruptsOf(cpu)
    cpu.interrupted = null
  }
  const begins = line.kind !== EXIT && beginsInterrupt(line, cpu, stack)
  cpu.isArrowPending = false
  if (!begins) return stack
  cpu.interrupted = stack
  cpu.interruptDepth = line.depth
  const interrupts = interruptsOf(cpu)
  interrupts.base = line.depth
  return interrupts
}

/** A call of the cpu's interrupts has ended: its time is not that of the call that it hit. */
export function endInterrupt(cpu: Cpu, depth: i32, duration: f64): void {
  const task = cpu.interrupted
  if (!task || depth !== cpu.interruptDepth) return
  if (task.open > 0) task.innermost().interrupted += max(duration, 0)
  cpu.interrupted = null
}

function interruptsOf(cpu: Cpu): Stack {
  const known = cpu.interrupts
  if (known) return known
  const stack = stackAt(addInterrupts(cpu.number))
  cpu.interrupts = stack
  return stack
}

function beginsInterrupt(line: Line, cpu: Cpu, stack: Stack): bool {
  if (cpu.isArrowPending) return true
  const begins = <i32>line.func < handlers.length ? handlers[line.func] : NOTHING
  if (begins === INTERRUPT) return true
  return !stack.servesSoftirqs && (line.isInInterrupt || begins === SOFTIRQS)
}
