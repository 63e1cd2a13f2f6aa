import { existsSync } from 'node:fs'
import { UserError } from '../../base/user-error.js'
import type { TraceFilters } from '../../filter/trace-filters.js'
import { functionPattern, similarNames } from '../../timeline/function-pattern.js'
import { functionName } from '../../timeline/names.js'
import type { KernelFunction } from '../../timeline/sink.js'
import { removalText } from '../text/filter-summary.js'
import { restoreDash } from './single-dash.js'

/** Of commands whose function may be left out: the word before the inputs. */
export const functionArgument = {
  type: 'string',
  coerce: (word: string | undefined) => (word === undefined ? undefined : restoreDash(word)),
  describe:
    'A function: vfs_read, ext4_read [ext4], tcp_*, /^tcp_.*msg$/; a file of that name wins',
} as const

/** Which of the words is the function; all others are inputs. */
export function functionAndInputs(
  first: string | undefined,
  others: readonly string[],
): { readonly func: string | undefined; readonly inputs: readonly string[] } {
  if (first === undefined) return { func: undefined, inputs: others }
  return isInput(first)
    ? { func: undefined, inputs: [first, ...others] }
    : { func: first, inputs: others }
}

/** What to tell where a trace has no such function, or filters leave no call of it. */
export function noSuchFunction(
  wanted: string,
  functions: readonly KernelFunction[],
  filters: TraceFilters,
): UserError {
  const removed = removalText(filters)
  if (removed !== '' && filters.functions.some(functionPattern(wanted))) {
    return new UserError(`${wanted}: the filters leave no call of it; ${removed}`)
  }
  const names = similarNames(wanted, functions.map(functionName))
  const remedy =
    names.length > 0 ? `did you mean ${names.join(', ')}` : 'fgraph report lists what is in it'
  return new UserError(`${wanted}: the trace has no such call; ${remedy}`)
}

function isInput(word: string): boolean {
  if (word === '-' || existsSync(word)) return true
  // A path that does not exist: the message is to be about that.
  return /\.(txt|gz|log|trace|dat)$/.test(word) || (word.includes('/') && !/^\/.+\/$/.test(word))
}
