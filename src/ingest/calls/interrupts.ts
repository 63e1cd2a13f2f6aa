/**
 * Where the calls of interrupts are shown: among those of the task that they hit, on a track of
 * their cpu, or not at all. In the last two ways they are no part of the task's durations.
 */
export type InterruptsShown = 'inline' | 'apart' | 'drop'
