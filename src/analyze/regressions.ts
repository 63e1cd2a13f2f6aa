import { type Change, type Comparison, changeOf, possibleChanges } from './comparison.js'
import { type Condition, compare } from './condition.js'

/** A change that fulfils a condition. */
export interface Regression {
  readonly condition: Condition
  readonly comparison: Comparison
  readonly change: Change
}

/**
 * The functions whose change fulfils a condition; undefined if neither trace calls a function that
 * matches. A metric that is missing in one trace, such as the percentiles of a new function,
 * fulfils no condition.
 */
export function regressions(
  condition: Condition,
  all: readonly Comparison[],
): Regression[] | undefined {
  const { metric, operator, bound, matches } = condition
  const matching = all.filter(({ func }) => matches(func))
  if (matching.length === 0) return undefined
  return matching
    .map(comparison => ({ condition, comparison, change: changeOf(metric, comparison) }))
    .filter(({ comparison }) => {
      // An estimate fails nobody: the change may be smaller in truth.
      const changes = possibleChanges(metric, comparison)
      const values = changes.map(each => (bound.kind === 'share' ? each.share : each.difference))
      return values.length > 0 && values.every(value => compare(value, operator, bound.value))
    })
}
