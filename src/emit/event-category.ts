/** The category of an event in a timeline: the scheduler, interrupts, or none. */
export function eventCategory(name: string): 'sched' | 'irq' | undefined {
  if (name.startsWith('sched_')) return 'sched'
  return ofInterrupts.test(name) ? 'irq' : undefined
}

const ofInterrupts = /^(?:softirq|irq_handler|tasklet|ipi)_|_(?:apic|timer)_(?:entry|exit)$/
