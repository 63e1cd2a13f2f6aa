import { servesInterrupts } from '../../timeline/interrupt-functions.js'
import type { FunctionId, KernelFunction, Nanos } from '../../timeline/sink.js'
import { EXIT, type TraceLine } from '../lines/trace-line.js'
import type { Cpu, Stack, Tracks } from './tracks.js'

/**
 * Where the calls of interrupts are shown: among those of the task that they hit, on a track of
 * their cpu, or not at all. In the last two ways they are no part of the task's durations.
 */
export type InterruptsShown = 'inline' | 'apart' | 'drop'

/**
 * Tells the calls of interrupts from those of the tasks that they hit. Both stand on the task's
 * stack. An interrupt begins with an entry behind an arrow, with one whose flags say so, or with
 * one of the functions that kernels enter and leave interrupts by; it ends with that call.
 */
export class Interrupts {
  readonly #tracks: Tracks
  /** By function, whether interrupts begin with it. */
  readonly #isHandler: boolean[] = []

  constructor(tracks: Tracks) {
    this.#tracks = tracks
  }

  defineFunction(id: FunctionId, definition: KernelFunction): void {
    this.#isHandler[id] = servesInterrupts(definition)
  }

  /** The stack that a line belongs to: `stack`, or that of the interrupts of its cpu. */
  stackOf(line: TraceLine, cpu: Cpu, stack: Stack): Stack {
    const { interrupted, interruptDepth } = cpu
    if (interrupted === stack) {
      const isInside = line.depth > interruptDepth
      if (isInside || (line.depth === interruptDepth && line.kind === EXIT)) {
        return this.#tracks.interruptsOf(cpu)
      }
      cpu.interrupted = undefined
    }
    const isBegin = line.kind !== EXIT && this.#beginsInterrupt(line, cpu, stack)
    cpu.isArrowPending = false
    if (!isBegin) return stack
    cpu.interrupted = stack
    cpu.interruptDepth = line.depth
    const interrupts = this.#tracks.interruptsOf(cpu)
    interrupts.base = line.depth
    return interrupts
  }

  /** A call of the cpu's interrupts has ended: what is inside the interrupted ones is not theirs. */
  ended(cpu: Cpu, depth: number, duration: Nanos): void {
    if (!cpu.interrupted || depth !== cpu.interruptDepth) return
    cpu.interrupted.interrupted.add(cpu.interrupted.open - 1, duration)
    cpu.interrupted = undefined
  }

  #beginsInterrupt(line: TraceLine, cpu: Cpu, { comm }: Stack): boolean {
    if (cpu.isArrowPending) return true
    // What ksoftirqd is there to do is no interrupt of it.
    if (comm.startsWith('ksoftir')) return false
    return line.isInInterrupt || this.#isHandler[line.func] === true
  }
}
