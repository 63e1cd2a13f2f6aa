import type { KernelFunction } from '../timeline/sink.js'

/** The ways into interrupts and soft interrupts; not `spin_lock_irqsave` and the like. */
const INTERRUPT =
  /^_*(asm_)?(sysvec_|common_interrupt|do_IRQ|irq_(enter|exit)|handle_\w*irq|\w*softirqs?(_own_stack)?$|generic_handle_\w*irq|gic_handle_irq|el\d\w*_irq|\w+_interrupt$)/

/** Whether a function serves interrupts, by its name. */
export function servesInterrupts({ name, module }: KernelFunction): boolean {
  return module === '' && INTERRUPT.test(name)
}
