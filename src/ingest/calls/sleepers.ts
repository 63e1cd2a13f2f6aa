import type { KernelFunction } from '../../timeline/sink.js'

/** The functions by which a task leaves its cpu until it is woken up. */
const sleepers =
  /^(?:__)?(?:io_|preempt_|poll_)?schedule(?:_(?:timeout|hrtimeout|idle|preempt_disabled|rtlock|user|common|notrace)\w*)?(?:\..+)?$/
const nanosleeps = /^(?:\w*_)?nanosleep(?:_\w+)?(?:\..+)?$/

/** Whether a call that takes much longer by the clock than by its duration has slept, by its name. */
export function sleeps({ name, module }: KernelFunction): boolean {
  return module === '' && (sleepers.test(name) || nanosleeps.test(name))
}
