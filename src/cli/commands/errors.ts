import type { Argv } from 'yargs'
import { originDocument } from '../../analyze/error-document.js'
import type { ErrorDoubt, ErrorOrigin, ErrorOrigins } from '../../analyze/error-origins.js'
import { UserError } from '../../base/user-error.js'
import { listOf } from '../../filter/filter-texts.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { filterNote, filterOptions } from '../options/filter-options.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { formOf, formOptions } from '../options/table-form.js'
import { colorOption, limitOf, limitOption } from '../options/table-options.js'
import { wordsArgument, wordsOf } from '../options/words.js'
import { readTraces } from '../read-traces.js'
import { readingErrors } from '../reading-errors.js'
import { tableSpace } from '../table-space.js'
import { csvText } from '../text/csv.js'
import {
  type ErrorsBy,
  errorCells,
  errorColumns,
  errorFields,
  errorGroups,
  errorRows,
  errorTree,
  originText,
} from '../text/errors-text.js'
import { refuseMissing } from '../text/no-such-function.js'
import { printWarnings } from '../text/summary.js'
import { fittedTable, markdownTable, moreRowsText } from '../text/table.js'
import { count, counted } from '../text/units.js'

export const examples = [
  ['fgraph errors trace.txt --surfaced', 'where the errors of system calls were born'],
  ['fgraph errors mount.txt --errno EINVAL --tree', 'who said no, and what came right before'],
  ['fgraph errors trace.txt --fail-on ENOSPC,EIO', 'exits with 1 if there are any'],
] as const

export const notes =
  'An error is a return value that is a named errno of Linux, negative. Its origin is the innermost call that returned it. The ' +
  'tracer notes a register for every function, also for those that return nothing. Held back are values that the call before ' +
  'has left there, errors of functions with many different ones, and, unless a caller returned them, too, EPERM, which may be a ' +
  'mere -1, and errors of functions that nearly always fail. ' +
  filterNote

export function options(yargs: Argv) {
  return yargs
    .positional('words', wordsArgument)
    .option('by', {
      choices: errorGroups,
      default: 'origin' as ErrorsBy,
      requiresArg: true,
      coerce: lastValue<ErrorsBy>,
      describe: 'Subject of each row; by default a function with an error',
    })
    .option('errno', {
      type: 'string',
      array: true,
      nargs: 1,
      requiresArg: true,
      describe: 'Show only these errors: EINVAL,ENOSPC',
    })
    .option('surfaced', {
      type: 'boolean',
      default: false,
      describe: 'Show only errors that the outermost call returned, such as a system call',
    })
    .option('swallowed', {
      type: 'boolean',
      default: false,
      describe: 'Show only errors that a caller did not return',
    })
    .option('tree', {
      type: 'boolean',
      default: false,
      describe: 'Show an example of each as a tree of calls with what they returned',
    })
    .option('all', {
      type: 'boolean',
      default: false,
      describe: 'Show also what is probably no error',
    })
    .option('limit', limitOption)
    .option('fail-on', {
      type: 'string',
      array: true,
      nargs: 1,
      requiresArg: true,
      describe: 'Exit with 1 if one of these errors is shown, or any: EIO,ENOSPC or any',
    })
    .options(formOptions)
    .option('color', colorOption)
    .options(filterOptions)
    .options({ ...readingOptions, interrupts: interruptsApart })
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const { by } = args
  const form = formOf(args)
  if (args.tree && (form !== 'table' || by !== 'origin')) {
    throw new UserError(
      '--tree shows origins for people; leave out --by, --json, --csv and --markdown',
    )
  }
  const limit = limitOf(args.limit, form === 'table' && by !== 'origin', io.stdout)
  const errnos = namesOf(args.errno)
  const failing = namesOf(args['fail-on'])
  const { functions: wanted, inputs, matches } = wordsOf(args.words, io)
  const { errors, reading } = readingErrors(args, matches)
  const summary = await readTraces(inputs, errors, reading, io)
  refuseMissing(wanted, errors.functions.slice(1), reading.filters)
  if (errors.returns === 0) throw new UserError(NO_VALUES)
  const chosen = errors.origins.filter(
    ({ error, outcomes }) =>
      (errnos.length === 0 || errnos.includes(error)) &&
      (!args.surfaced || outcomes.surfaced > 0) &&
      (!args.swallowed || outcomes.swallowed > 0),
  )
  const all = args.all ? chosen : chosen.filter(({ doubt }) => doubt === undefined)
  const shown = limit === 0 ? all : all.slice(0, limit)
  const hasFailed = all.some(({ error }) => failing.includes('any') || failing.includes(error))
  const code = hasFailed ? exitCodes.failed : exitCodes.done
  const held = args.all ? [] : chosen.filter(({ doubt }) => doubt !== undefined)
  const rows = errorRows(shown, errors, by)
  switch (form) {
    case 'json': {
      const origins = shown.map(origin => originDocument(origin, errors))
      const doubtful = { doubtful: countOf(held), doubts: doubtsOf(held) }
      const held_back = { ...errors.heldBack, ...doubtful }
      const document = { errors: by === 'origin' ? origins : rows, held_back }
      const { diagnostics } = summary
      io.stdout.write(`${JSON.stringify({ ...document, diagnostics }, null, 2)}\n`)
      return code
    }
    case 'csv':
      io.stdout.write(csvText(errorFields, rows.map(errorCells), args.spreadsheet))
      return code
    case 'markdown':
      io.stdout.write(markdownTable(errorColumns(by), rows))
      return code
    case 'table': {
      const space = tableSpace(io, args.color)
      const texts = shown.map(origin => {
        const tree = args.tree ? errorTree(origin, errors, space) : ''
        return originText(origin, errors, space) + tree
      })
      if (by !== 'origin') io.stdout.write(fittedTable(errorColumns(by), rows, space))
      else if (shown.length === 0) io.stdout.write('no errors\n')
      else io.stdout.write(texts.join(args.tree ? '\n' : ''))
      if (all.length > shown.length) io.stderr.write(moreRowsText(all.length - shown.length))
      printHeldBack(errors, held, io)
      printWarnings(summary, io.stderr)
      return code
    }
  }
}

/** What an interrupt returned is nothing to the call that it hit. */
const interruptsApart = { ...readingOptions.interrupts, default: 'apart' as const }

const NO_VALUES =
  'the trace has no return values; record them with fgraph record --retval, or with the option funcgraph-retval of Linux 6.5 and newer'

function countOf(origins: readonly ErrorOrigin[]): number {
  return origins.reduce((sum, { count }) => sum + count, 0)
}

/** `EINVAL,enospc` are two. */
function namesOf(values: readonly string[] | undefined): string[] {
  return (listOf(values) ?? []).map(name => (name === 'any' ? name : name.toUpperCase()))
}

/** Errors that are held back for a reason, in words. */
const doubtTexts: Readonly<Record<ErrorDoubt, (errors: number) => string>> = {
  'mere -1': errors => `${count(errors)} mere -1`,
  'always fails': errors => `${counted(errors, 'error')} of functions that nearly always fail`,
  'many errors': errors => `${counted(errors, 'error')} of functions with many`,
}
const doubts = Object.keys(doubtTexts) as ErrorDoubt[]

/** How many errors are held back for each reason. */
function doubtsOf(held: readonly ErrorOrigin[]): Record<ErrorDoubt, number> {
  const counts = doubts.map(doubt => [doubt, countOf(held.filter(each => each.doubt === doubt))])
  return Object.fromEntries(counts)
}

/** How many values look like errors and are probably none. */
function printHeldBack(
  { heldBack }: ErrorOrigins,
  held: readonly ErrorOrigin[],
  { stderr }: Io,
): void {
  const parts: string[] = []
  if (heldBack.echoes > 0)
    parts.push(`${counted(heldBack.echoes, 'value')} left by the call before`)
  if (heldBack.unnamed > 0) parts.push(`${counted(heldBack.unnamed, 'number')} that are no errno`)
  const counts = doubtsOf(held)
  for (const doubt of doubts) {
    if (counts[doubt] > 0) parts.push(doubtTexts[doubt](counts[doubt]))
  }
  const hint = held.length > 0 ? ' (--all)' : ''
  if (parts.length > 0) stderr.write(`held back: ${parts.join(', ')}${hint}\n`)
}
