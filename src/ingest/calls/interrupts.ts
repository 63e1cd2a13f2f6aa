/**
 * Where the calls of interrupts are shown: among those of the task that they hit, on a track of
 * their cpu, or not at all. In the last two ways they are no part of the task's durations.
 */
export type InterruptsShown = 'inline' | 'apart' | 'drop'

/** Whether interrupts begin with this function. */
export function isInterruptHandler(name: string): boolean {
  return handler.test(name)
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
