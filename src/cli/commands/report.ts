import type { Argv } from 'yargs'
import type { GroupedBy } from '../../analyze/call-row.js'
import { CallStatistics } from '../../analyze/call-statistics.js'
import { metricNames } from '../../analyze/metrics.js'
import { reportDocument, reportFields, reportRow, sortedRows } from '../../analyze/report.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { formOf, formOptions, usualSleep } from '../options/table-form.js'
import { limitOf, limitOption, metricOf, tableOptions } from '../options/table-options.js'
import { wordsArgument, wordsOf } from '../options/words.js'
import { readTraces } from '../read-traces.js'
import { tableSpace } from '../table-space.js'
import { csvText } from '../text/csv.js'
import { refuseMissing } from '../text/no-such-function.js'
import { reportColumns } from '../text/report-table.js'
import { printLeftOut, printWarnings } from '../text/summary.js'
import { fittedTable, markdownTable, moreRowsText } from '../text/table.js'

const groups = [
  'function',
  'module',
  'task',
  'cpu',
  'context',
  'caller',
] as const satisfies GroupedBy[]

export const examples = [
  ['fgraph report trace.txt', 'which functions take the time'],
  ['fgraph report trace.txt --sort p99 --limit 10', 'those with the slowest calls'],
  ['fgraph report t.txt --by task --columns calls,self', 'which tasks call how much'],
] as const

export const notes = filterNote

export function options(yargs: Argv) {
  return yargs
    .positional('words', wordsArgument)
    .option('by', {
      choices: groups,
      default: 'function',
      requiresArg: true,
      coerce: lastValue<GroupedBy>,
      describe: 'Subject of each row; caller splits each function by its callers',
    })
    .option('sort', {
      type: 'string',
      default: 'total',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: 'Sort by this column, highest first, or by name',
    })
    .option('limit', limitOption)
    .option('columns', {
      type: 'string',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: `Show these columns (default: as many as fit): ${metricNames}`,
    })
    .options(formOptions)
    .options(tableOptions)
    .options(filterOptions)
    .options(readingOptions)
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const { by } = args
  const form = formOf(args)
  const sort = args.sort === 'name' ? undefined : metricOf('--sort', args.sort, 'name, ')
  const chosen = args.columns?.split(',').map(name => metricOf('--columns', name.trim()))
  const limit = limitOf(args.limit, form === 'table', io.stdout)
  const { functions, inputs, matches } = wordsOf(args.words, io)
  const statistics = new CallStatistics({ by, ...(matches && { only: matches }) })
  const { options, ...others } = readingOf({ ...args, sleep: args.sleep ?? usualSleep(form) })
  const reading = { options: { ...options, needsReturned: true }, ...others }
  const summary = await readTraces(inputs, statistics, reading, io)
  refuseMissing(functions, statistics.functions, reading.filters)
  const all = sortedRows(statistics.rows(), sort)
  const rows = limit === 0 ? all : all.slice(0, limit)
  const { outermost } = statistics
  const hasErrors = all.some(({ row }) => row.errors > 0)
  const columns = reportColumns({ by, sort, chosen, outermost, ns: args.ns, hasErrors })
  switch (form) {
    case 'json': {
      const facts = { ...summary, outermost }
      const document = reportDocument(by, rows, all, facts)
      io.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
      return exitCodes.done
    }
    case 'csv':
      io.stdout.write(
        csvText(
          reportFields(by, chosen),
          rows.map(each => reportRow(each, chosen)),
          args.spreadsheet,
        ),
      )
      return exitCodes.done
    case 'markdown':
      io.stdout.write(markdownTable(columns, rows))
      return exitCodes.done
    case 'table': {
      io.stdout.write(fittedTable(columns, rows, tableSpace(io, args.color)))
      if (rows.some(({ row }) => row.incomplete > 0 && row.total > 0)) io.stderr.write(LEAST_NOTE)
      const left = all.length - rows.length
      if (left > 0) io.stderr.write(moreRowsText(left))
      printLeftOut(summary, io.stderr)
      printWarnings(summary, io.stderr)
      return exitCodes.done
    }
  }
}

const LEAST_NOTE = '≥ some calls have no exit in the trace: they took this long or longer\n'
