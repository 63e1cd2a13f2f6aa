import { type Condition, parseCondition } from '../../analyze/condition.js'
import type { Metric } from '../../analyze/metrics.js'
import { count, duration } from '../text/units.js'

/** Conditions as they are given to an option: one, several, or none. */
export function conditionsOf(
  texts: readonly string[],
  kinds: Parameters<typeof parseCondition>[1],
): Condition[] {
  return texts.map(text => parseCondition(text, kinds))
}

/** A number of a metric for people. */
export function valueText({ unit }: Metric, value: number): string {
  return unit === 'ns' ? duration(value) : count(value)
}

/** A share as a change: `+12.3%`; what is many times as much as before as `×17.3`. */
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
