import type { KernelFunction, Track } from './sink.js'

/** How every output shows a function: `udp_sendmsg`, `nf_conntrack_in [nf_conntrack]`. */
export function functionName({ name, module }: KernelFunction): string {
  return module === '' ? name : `${name} [${module}]`
}

/** How every output shows a track: `bash-170`, `swapper/1`, `CPU 6`. */
export function trackName({ pid, comm, cpu }: Track): string {
  if (pid === undefined) return cpu === undefined ? 'all cpus' : `CPU ${cpu}`
  return pid === 0 ? comm : `${comm || '<...>'}-${pid}`
}
