/** The categories of samples and markers, by index. */
export const OTHER = 0
export const KERNEL = 1
export const MODULE = 2
export const INTERRUPT = 3
export const SCHEDULER = 4
export const categories = [
  { name: 'Other', color: 'grey', subcategories: ['Other'] },
  { name: 'Kernel', color: 'orange', subcategories: ['Other'] },
  { name: 'Module', color: 'blue', subcategories: ['Other'] },
  { name: 'Interrupt', color: 'red', subcategories: ['Other'] },
  { name: 'Scheduler', color: 'purple', subcategories: ['Other'] },
]

/** Undefined if it is about neither the scheduler nor interrupts. */
export type MarkerCategory = 'sched' | 'irq' | undefined

export const markerCategories = { other: OTHER, irq: INTERRUPT, sched: SCHEDULER }
