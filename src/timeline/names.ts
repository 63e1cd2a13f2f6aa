import type { Clock, KernelFunction, Track } from './sink.js'

/** How every output shows a function: `udp_sendmsg`, `nf_conntrack_in [nf_conntrack]`. */
export function functionName({ name, module }: KernelFunction): string {
  return module === '' ? name : `${name} [${module}]`
}

/** How every output shows a track: `bash-170`, `swapper/1`, `CPU 6`, `CPU 6 interrupts`. */
export function trackName({ pid, comm, cpu, isInterrupts }: Track): string {
  if (isInterrupts) return cpu === undefined ? 'interrupts' : `CPU ${cpu} interrupts`
  if (pid === undefined) return cpu === undefined ? 'all cpus' : `CPU ${cpu}`
  return pid === 0 ? comm : `${comm || '<...>'}-${pid}`
}

/** How every output says where its positions come from. */
export const clockTexts: Readonly<Record<Clock, string>> = {
  timestamps: 'the timestamps of the trace',
  rebuilt: 'rebuilt from the printed durations, in file order; the trace has no time of its own',
  order: 'order only; the trace has neither timestamps nor durations, every call counts as 1 ns',
}

/** The most bytes of a task's name in a cell of the kernel's text: 7, in the latency format 8. */
export function cellNames(comm: string): string[] {
  const bytes = utf8.encode(comm)
  return [7, 8].map(length => utf8Text.decode(bytes.subarray(0, length)))
}

const utf8 = new TextEncoder()
const utf8Text = new TextDecoder()

/** How every output names a trace of one or more files: `a.txt and 2 more`. */
export function traceTitle([first, ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`
}
