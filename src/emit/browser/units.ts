/** Numbers for people, the same in every locale. */

import { timeUnit } from '../../base/time-unit.js'

/** `78.524 µs`: up to three decimals. */
export function timeText(nanos: number): string {
  const [unit, size] = timeUnit(Math.abs(nanos))
  if (size === 1) return `${Number(nanos.toFixed(3))} ns`
  return `${grouped((nanos / size).toFixed(3))} ${unit}`
}

/** `78,524 ns` */
export function exactText(nanos: number): string {
  return `${countText(nanos)} ns`
}

/** `78.524 µs (78,524 ns)`; below a microsecond there is only one way to say it. */
export function bothTexts(nanos: number): string {
  return nanos < 1000 ? exactText(nanos) : `${timeText(nanos)} (${exactText(nanos)})`
}

/** `12.000 µs, +3.000 µs, +25.0 %`: what it was, and by how much it is more now. */
export function changeText(was: number, is: number): string {
  if (is === was) return `${timeText(was)}, the same`
  const sign = is > was ? '+' : '-'
  const by = Math.abs(is - was)
  const share = was === 0 ? '' : `, ${sign}${shareText(by, was)}`
  return `${timeText(was)}, ${sign}${timeText(by)}${share}`
}

/** `1,234,567` */
export function countText(count: number): string {
  return grouped(String(count))
}

/** `1 call`, `2 calls` */
export function countedText(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `12.3 %`; 0 of a whole of 0. */
export function shareText(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (part / whole) * 100
  return `${percent.toFixed(percent < 1 ? 2 : 1)} %`
}

function grouped(digits: string): string {
  return digits.replace(/(?<![.\d])\d+/, whole => whole.replace(/\B(?=(\d{3})+$)/g, ','))
}
