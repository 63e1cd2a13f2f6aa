import { type ErrorChanges, errorChanges } from '../analyze/error-changes.js'
import { ErrorOrigins } from '../analyze/error-origins.js'
import { read } from '../convert.js'
import type { Io } from './io.js'
import { type FilterArguments, readingOf } from './options/filter-options.js'
import { openInputs } from './options/inputs.js'

/** The errors of two traces. */
export interface ComparedErrors {
  readonly before: ErrorOrigins
  readonly after: ErrorOrigins
  readonly changes: ErrorChanges
}

/** A trace to compare. */
interface Side {
  readonly path: string
  readonly hasReturns: boolean
}

/** Compares the errors of two traces, which it reads as `fgraph errors` does; or tells why it cannot. */
export async function comparedErrors(
  sides: { readonly before: Side; readonly after: Side },
  args: FilterArguments,
  io: Io,
): Promise<ComparedErrors | string> {
  const { before, after } = sides
  if (!before.hasReturns && !after.hasReturns) return 'the traces have no return values'
  if (!before.hasReturns) return 'the trace before has no return values'
  if (!after.hasReturns) return 'the trace after has no return values'
  if ([before.path, after.path].includes('-')) return 'standard input can be read only once'
  const was = await errorsOf(before.path, args, io)
  const is = await errorsOf(after.path, args, io)
  return { before: was, after: is, changes: errorChanges(was, is) }
}

async function errorsOf(path: string, args: FilterArguments, io: Io): Promise<ErrorOrigins> {
  const interrupts = args.interrupts === 'inline' ? 'apart' : args.interrupts
  const { options, filters, captures } = readingOf({ ...args, interrupts })
  const errors = new ErrorOrigins({ line: () => filters.line })
  const inputs = openInputs([path], captures, true, io)
  await read(inputs, errors, { ...options, notes: true, lineByLine: true })
  return errors
}
