import { ErrorOrigins } from '../analyze/error-origins.js'
import type { FunctionPattern } from '../timeline/function-pattern.js'
import { type FilterArguments, type Reading, readingOf } from './options/filter-options.js'

/** How a trace is read to find its errors, and what takes it then. */
export interface ErrorsReading {
  readonly errors: ErrorOrigins
  readonly reading: Reading
}

/** Reads the arguments; the errors are those whose way leads through one of the functions. To be called for each trace. */
export function readingErrors(
  args: FilterArguments,
  matches: FunctionPattern | undefined,
): ErrorsReading {
  const { options, ...others } = readingOf(args)
  const reading = { options: { ...options, notes: true, lineByLine: true }, ...others }
  return { errors: new ErrorOrigins({ matches, line: () => reading.filters.line }), reading }
}
