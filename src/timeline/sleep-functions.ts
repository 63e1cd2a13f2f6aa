import type { KernelFunction } from './sink.js'

/** The functions by which a task leaves its cpu until it is woken up. */
const sleepers =
  /^(?:__)?(?:io_|preempt_|poll_)?schedule(?:_(?:timeout|hrtimeout|idle|preempt_disabled|rtlock|user|common|notrace)\w*)?(?:\..+)?$/
const nanosleeps = /^(?:\w*_)?nanosleep(?:_\w+)?(?:\..+)?$/

/** The functions in which a cpu waits for something to do, or halts (kernel/sched/idle.c, arch/). */
const idlers =
  /^(?:cpu_startup_entry|do_idle|cpu_idle_poll|cpu_idle_loop|(?:call_)?cpuidle\w*|default_idle\w*|arch_cpu_idle|(?:acpi|intel|amd|mwait|poll)_(?:processor_)?idle\w*|acpi_(?:idle|safe_halt)\w*|(?:pv_)?native_safe_halt|cpu_do_idle|wait_for_interrupt|psci_cpu_suspend\w*)(?:\..+)?$/

/** Whether a call that takes much longer by the clock than by its duration has slept, by its name. */
export function sleeps({ name, module }: KernelFunction): boolean {
  return module === '' && (sleepers.test(name) || nanosleeps.test(name))
}

/** Whether a cpu idles in a function and in all that it calls, but for interrupts. */
export function idles({ name, module }: KernelFunction): boolean {
  return module === '' && idlers.test(name)
}

/** Time off the cpu that is told apart is a call of this function. */
export const OFF_CPU = '[off-cpu]'

/** Whether time passes in a function without use of the cpu: its task sleeps, or its cpu idles. */
export function passesTime(func: KernelFunction): boolean {
  return func.name === OFF_CPU || idles(func) || sleeps(func)
}
