/** Interrupts and sleep that are shown apart from the calls of tasks. */

/** Whether time off the cpu is a call of its own. */
export let isSleepApart = false
/** Whether interrupts have a track of their own. */
export let areInterruptsApart = false
/** Whether durations leave out what is shown apart. */
export let isAnythingApart = false

/** From here on, interrupts have a track of their own. */
export function showInterruptsApart(): void {
  areInterruptsApart = true
  isAnythingApart = true
}

/** From here on, time off the cpu is a call of its own. */
export function showSleepApart(): void {
  isSleepApart = true
  isAnythingApart = true
}
