import { type ErrorChanges, errorChanges } from '../analyze/error-changes.js'
import type { ErrorOrigins } from '../analyze/error-origins.js'
import { read } from '../convert.js'
import type { FunctionPattern } from '../timeline/function-pattern.js'
import type { ComparedTrace } from './compared-trace.js'
import type { Io } from './io.js'
import type { FilterArguments } from './options/filter-options.js'
import { openInputs } from './options/inputs.js'
import { readingErrors } from './reading-errors.js'

/** The errors of two traces. */
export interface ComparedErrors {
  readonly before: ErrorOrigins
  readonly after: ErrorOrigins
  readonly changes: ErrorChanges
}

/**
 * Compares the errors of two traces, those whose way leads through one of the functions, or tells why it cannot. Files are
 * read again, as `fgraph errors` does.
 */
export async function comparedErrors(
  { before, after }: Readonly<Record<'before' | 'after', ComparedTrace>>,
  matches: FunctionPattern | undefined,
  args: FilterArguments,
  io: Io,
): Promise<ComparedErrors | string> {
  if (!before.hasReturns && !after.hasReturns) return 'the traces have no return values'
  if (!before.hasReturns) return 'the trace before has no return values'
  if (!after.hasReturns) return 'the trace after has no return values'
  const was = before.errors ?? (await errorsOf(before.path, matches, args, io))
  const is = after.errors ?? (await errorsOf(after.path, matches, args, io))
  return { before: was, after: is, changes: errorChanges(was, is) }
}

async function errorsOf(
  path: string,
  matches: FunctionPattern | undefined,
  args: FilterArguments,
  io: Io,
): Promise<ErrorOrigins> {
  const interrupts = args.interrupts === 'inline' ? 'apart' : args.interrupts
  const { errors, reading } = readingErrors({ ...args, interrupts }, matches)
  await read(openInputs([path], reading.captures, true, io), errors, reading.options)
  return errors
}
