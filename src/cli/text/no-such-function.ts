import { UserError } from '../../base/user-error.js'
import type { TraceFilters } from '../../filter/trace-filters.js'
import {
  type FunctionPattern,
  functionPattern,
  similarNames,
} from '../../timeline/function-pattern.js'
import { functionName } from '../../timeline/names.js'
import type { KernelFunction } from '../../timeline/sink.js'
import { removalText } from './filter-summary.js'

/** Throws a UserError if one of the `wanted` functions is not in the trace, or filters removed it. */
export function refuseMissing(
  wanted: readonly string[],
  functions: readonly KernelFunction[],
  filters: TraceFilters,
): void {
  for (const name of wanted) {
    const matches = functionPattern(name)
    if (!functions.some(matches)) throw noSuchFunction(name, matches, functions, filters)
  }
}

/**
 * The error for a function that the trace does not call, whose calls have no durations, or whose calls
 * the filters have removed.
 */
export function noSuchFunction(
  wanted: string,
  matches: FunctionPattern,
  functions: readonly KernelFunction[],
  filters: TraceFilters,
): UserError {
  const removed = removalText(filters)
  if (removed !== '' && filters.functions.some(matches)) {
    return new UserError(`${wanted}: the filters leave no call of it; ${removed}`)
  }
  if (functions.some(matches)) {
    return new UserError(
      `${wanted}: no call of it ends in the trace, so none has a duration; fgraph graph shows what is known of them`,
    )
  }
  const names = similarNames(wanted, functions.map(functionName))
  const remedy =
    names.length > 0 ? `did you mean ${names.join(', ')}` : 'fgraph report lists what is in it'
  return new UserError(`${wanted}: the trace has no such call; ${remedy}`)
}
