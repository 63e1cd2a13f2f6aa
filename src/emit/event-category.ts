/** What an event is about, where timelines have a category for that: the scheduler, or interrupts. */
export function eventCategory(name: string): 'sched' | 'irq' | undefined {
  if (name.startsWith('sched_')) return 'sched'
  return ofInterrupts.test(name) ? 'irq' : undefined
}

const ofInterrupts = /^(?:softirq|irq_handler|tasklet|ipi)_|_(?:apic|timer)_(?:entry|exit)$/
