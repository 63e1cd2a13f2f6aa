import type { FunctionId, KernelFunction, Track, TrackId } from './sink.js'

/**
 * The functions that run in interrupt context, and with them all that they call. Functions that tasks
 * call too, such as `raise_softirq` or `get_next_timer_interrupt`, are not among them.
 */
const softirqs = [
  /_*do_softirq(?:_own_stack)?|handle_softirqs|invoke_softirq/,
  /(?:run_timer|hrtimer_run|sched_balance|blk_done)_softirq/,
]
const interrupts = [
  // x86 since 5.8
  /(?:asm_)?(?:_*sysvec_\w+|(?:__)?common_interrupt|exc_nmi|exc_machine_check)|(?:default_do|do)_nmi/,
  // x86 before
  /do_IRQ|smp_\w*interrupt|smp_\w+_timer|uv_bau_message_interrupt|(?:local_)?apic_timer_interrupt/,
  // arm and arm64
  /gic_handle_irq|el[01](?:t|h)?(?:_64)?_(?:irq|fiq|interrupt)\w*|handle_IRQ|handle_IPI|do_handle_IPI|ipi_handler/,
  // riscv, s390, powerpc
  /riscv_intc_irq|do_(?:io|ext|timer)_irq|do_irq_async|timer_interrupt|do_IRQ_\w+|handle_riscv_irq/,
  // everywhere: entry and exit
  /irq_enter(?:_rcu)?|(?:__)?irq_exit(?:_rcu)?|nmi_enter|nmi_exit/,
  // everywhere: the interrupt core, from the domain to the handlers
  /(?:__)?handle_domain_irq|generic_handle_(?:domain_)?irq|handle_irq_desc/,
  /handle_(?:edge|level|fasteoi|percpu|percpu_devid)_irq|(?:__)?handle_irq_event(?:_percpu)?|note_interrupt/,
  // everywhere: timers, and calls from another cpu
  /hrtimer_interrupt|generic_smp_call_function_(?:single_)?interrupt/,
  // the usual devices of virtual machines
  /vring_interrupt|vp_interrupt|vp_vring_interrupt|(?:serial8250|i8042|cmos|ata_bmdma)_interrupt/,
]

const softirq = whole(softirqs)
const interrupt = whole([...interrupts, ...softirqs])

/** Whether a function runs in interrupt or softirq context, by its name. */
export function servesInterrupts({ name, module }: KernelFunction): boolean {
  return module === '' && interrupt.test(name)
}

/** Whether a function runs softirqs, by its name. */
export function servesSoftirqs({ name, module }: KernelFunction): boolean {
  return module === '' && softirq.test(name)
}

/**
 * The contexts that a cpu can be in during a call; the later ones interrupt the earlier ones. ksoftirqd
 * runs softirqs, so its calls are `softirq`, too.
 */
export const contexts = ['task', 'irq', 'softirq'] as const
/** The context of a cpu during a call. */
export type Context = (typeof contexts)[number]
export const TASK = 0
export const IRQ = 1
export const SOFTIRQ = 2

/** The context that a function brings with it, as a place in `contexts`. A call is in the latest of its callers. */
export function contextOf(func: KernelFunction): number {
  if (!servesInterrupts(func)) return TASK
  return servesSoftirqs(func) ? SOFTIRQ : IRQ
}

/**
 * Whether a task is there to run softirqs: ksoftirqd, and with PREEMPT_RT the threads of timers and of RCU.
 * What they do is no interrupt that hits them. Kernel text has 7 bytes of a name.
 */
export function isSoftirqTask(comm: string): boolean {
  return /^(?:ksoftir|ktimers|rcuc\/)/.test(comm)
}

/** Compilers append to the names of copies: `handle_softirqs.isra.0`, `do_IRQ.llvm.123`. */
function whole(patterns: readonly RegExp[]): RegExp {
  return new RegExp(`^(?:${patterns.map(({ source }) => source).join('|')})(?:\\..+)?$`)
}

/**
 * Where interrupts begin among the calls of tasks: a call of one of the functions above is in interrupt
 * context, with all that it calls. By names alone: an arrow or flags before any other function tell it
 * to the reader only, which then needs `interrupts: 'apart'`.
 */
export class InterruptBegins {
  readonly #contexts: number[] = [TASK]
  readonly #runsSoftirqs: boolean[] = []

  defineFunction(id: FunctionId, definition: KernelFunction): void {
    this.#contexts[id] = contextOf(definition)
  }

  defineTrack(id: TrackId, { comm }: Track): void {
    this.#runsSoftirqs[id] = isSoftirqTask(comm)
  }

  /** Whether a call of the function begins an interrupt that hits the task of the track. */
  isAt(track: TrackId, func: FunctionId): boolean {
    const context = this.#contexts[func]
    return context === IRQ || (context === SOFTIRQ && !this.#runsSoftirqs[track])
  }
}
