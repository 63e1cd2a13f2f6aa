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

  defineFunction(id: FunctionId, { name }: KernelFunction): void {
    this.#isHandler[id] = handler.test(name)
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

/** By architecture and age: what is called first when an interrupt comes, and when it is over. */
const handler = new RegExp(
  `^(?:${[
    // x86 since 5.8
    /__?sysvec_\w+|sysvec_\w+|(?:__)?common_interrupt|(?:exc|default_do|do)_nmi|exc_machine_check/,
    // x86 before
    /do_IRQ|smp_(?:\w+_)?(?:interrupt|timer)|smp_\w+_interrupt|uv_bau_message_interrupt/,
    // arm and arm64
    /gic_handle_irq|el[01](?:t|h)?(?:_64)?_(?:irq|fiq|interrupt)\w*|handle_IRQ|handle_IPI|do_handle_IPI|ipi_handler/,
    // riscv, s390, powerpc
    /riscv_intc_irq|do_(?:io|ext|timer)_irq|timer_interrupt|do_IRQ_\w+|handle_riscv_irq/,
    // everywhere
    /irq_enter(?:_rcu)?|(?:__)?irq_exit(?:_rcu)?|(?:__)?handle_domain_irq|generic_handle_domain_irq/,
    /(?:__)?do_softirq(?:_own_stack)?|handle_softirqs|invoke_softirq|nmi_enter|nmi_exit/,
  ]
    .map(({ source }) => source)
    .join('|')})$`,
)
