import type { Nanos } from './sink.js'

const UNITS = { '': 1, ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9 } as const

/** `20us`, `1.5 ms`, `250` (which are ns) in nanoseconds; undefined for what is no time. */
export function parseDuration(text: string): Nanos | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) *(\D*)$/.exec(text.trim()) ?? []
  if (number === undefined || unit === undefined || !(unit in UNITS)) return undefined
  return Math.round(Number(number) * UNITS[unit as keyof typeof UNITS])
}
