import type { Nanos } from './sink.js'

/**
 * What a call takes of its caller: its duration, or what its measured callees take if that is more,
 * or if the call is UNMEASURED. So callees that exceed their caller, such as an interrupt that hit
 * while the entry was being recorded, are taken from the caller above, and nothing counts twice.
 */
export function weightOf(duration: Nanos, inside: Nanos): Nanos {
  return Math.max(duration, inside)
}
