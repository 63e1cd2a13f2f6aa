import type { Nanos } from './sink.js'

const UNITS = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, min: 60e9 } as const

/** `20us`, `1.5 ms`, `2min` in nanoseconds, and `0`; undefined for any other text. */
export function parseDuration(text: string): Nanos | undefined {
  const [, number, unit] = form.exec(text.trim()) ?? []
  if (number === undefined) return undefined
  if (unit === '') return Number(number) === 0 ? 0 : undefined
  if (!(unit in UNITS)) return undefined
  return Math.round(Number(number) * UNITS[unit as keyof typeof UNITS])
}

/** Why a text is not a duration, and what to write instead. */
export function durationProblem(text: string): string {
  const [, number, unit] = form.exec(text.trim()) ?? []
  if (unit === '') return `'${text}' has no unit; write ${number}us, or ns, ms or s`
  if (unit === 'm') return `'${text}' may mean two things; write ${number}ms or ${number}min`
  return `'${text}' is not a time; write one like 500ns or 5us`
}

const form = /^(\d+(?:\.\d+)?) *([^\d\s]*)$/
