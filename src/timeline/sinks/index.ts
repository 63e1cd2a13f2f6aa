/**
 * Sinks for any use: bases for others, and those that hand a timeline on, all of it or changed.
 */
export { byCpu } from './by-cpu.js'
export * from './event-blocks.js'
export { type CallTaker, type FinishedCall, finishedCalls } from './finished-calls.js'
export { forwarding } from './forwarding.js'
export { ignored } from './ignored.js'
export { sendCallEvents } from './send-call-events.js'
export { tee } from './tee.js'
export { withoutInterrupts } from './without-interrupts.js'
export { type AwakeSink, type LeftOut, withoutSleep } from './without-sleep.js'
