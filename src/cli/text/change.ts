/** Differences between two numbers, as text. */
import type { Nanos } from '../../timeline/sink.js'
import { timeText } from './units.js'

/** `+1.500 us` */
export function changeText(nanos: Nanos, ns: boolean): string {
  const sign = nanos < 0 ? '-' : nanos > 0 ? '+' : ''
  return `${sign}${timeText(Math.abs(nanos), ns)}`
}

/** `+12.3%` for 0.123; from ten times as much on a factor, `×17.3`. */
export function shareText(share: number): string {
  if (!Number.isFinite(share)) return 'from 0'
  if (share >= MANY) return `×${(share + 1).toLocaleString('en-US', { maximumFractionDigits: 1 })}`
  const percent = (Math.abs(share) * 100).toLocaleString('en-US', {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  })
  return `${share < 0 ? '-' : '+'}${percent}%`
}

const MANY = 10
