import type { Argv } from 'yargs'
import type { GroupedBy } from '../../analyze/call-row.js'
import { CallStatistics, type SubjectRow } from '../../analyze/call-statistics.js'
import { type Metric, type MetricName, metricNamed, metricNames } from '../../analyze/metrics.js'
import {
  reportDocument,
  reportFields,
  reportRow,
  sortedRows,
  subjectName,
} from '../../analyze/report.js'
import { UserError } from '../../base/user-error.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { inputOption } from '../options/inputs.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { limitOf, limitOption, metricOf, tableOptions } from '../options/table-options.js'
import { spreadsheetOption } from '../options/writing-options.js'
import { readTraces } from '../read-traces.js'
import { tableSpace } from '../table-space.js'
import { csvText } from '../text/csv.js'
import { printWarnings } from '../text/summary.js'
import { type Column, fittedTable, markdownTable, moreRowsText } from '../text/table.js'
import { count, timeText } from '../text/units.js'

const groups = [
  'function',
  'module',
  'task',
  'cpu',
  'context',
  'caller',
] as const satisfies GroupedBy[]

export function options(yargs: Argv) {
  return yargs
    .positional('input', inputOption)
    .option('by', {
      choices: groups,
      default: 'function',
      requiresArg: true,
      coerce: lastValue<GroupedBy>,
      describe: 'What a row stands for; caller: each function, apart by who calls it',
    })
    .option('sort', {
      type: 'string',
      default: 'total',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: 'Column to sort by, the highest first; or name',
    })
    .option('limit', limitOption)
    .option('columns', {
      type: 'string',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: `Columns of a table (default: as many as fit), of: ${metricNames}`,
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON, with all columns' })
    .option('csv', { type: 'boolean', default: false, describe: 'Print CSV, times in ns' })
    .option('spreadsheet', spreadsheetOption)
    .option('markdown', { type: 'boolean', default: false, describe: 'Print a Markdown table' })
    .options(tableOptions)
    .options(filterOptions)
    .options(readingOptions)
    .epilogue(filterNote)
    .example('$0 report trace.txt', 'which functions take the time')
    .example('$0 report trace.txt --sort p99 --limit 10', 'those with the slowest calls')
    .example('$0 report t.txt --by task --columns calls,self', 'which tasks call how much')
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const { by } = args
  const form = formOf(args)
  const sort = args.sort === 'name' ? undefined : metricOf('--sort', args.sort, 'name, ')
  const chosen = args.columns?.split(',').map(name => metricOf('--columns', name.trim()))
  const limit = limitOf(args.limit, form === 'table', io.stdout)
  const statistics = new CallStatistics({ by })
  const summary = await readTraces(args.input, statistics, readingOf(args), io)
  const all = sortedRows(statistics.rows(), sort)
  const rows = limit === 0 ? all : all.slice(0, limit)
  switch (form) {
    case 'json': {
      const facts = { ...summary, outermost: statistics.outermost }
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
      io.stdout.write(markdownTable(columnsOf(by, chosen, args.ns), rows))
      return exitCodes.done
    case 'table': {
      const space = tableSpace(io, args.color)
      io.stdout.write(fittedTable(columnsOf(by, chosen, args.ns), rows, space))
      const left = all.length - rows.length
      if (left > 0) io.stderr.write(moreRowsText(left))
      printWarnings(summary, io.stderr)
      return exitCodes.done
    }
  }
}

const forms = ['json', 'csv', 'markdown'] as const
type Form = (typeof forms)[number] | 'table'

function formOf(args: Args): Form {
  const asked = forms.filter(form => args[form])
  if (asked.length > 1) {
    throw new UserError(`--${asked.join(' and --')} exclude one another; choose one`)
  }
  return asked[0] ?? 'table'
}

/** The columns in order, with their ranks: if there is no room, high ranks go first. */
const usualColumns = [
  ['total', 2],
  ['self', 3],
  ['calls', 1],
  ['avg', 4],
  ['min', 9],
  ['p50', 7],
  ['p90', 8],
  ['p99', 5],
  ['max', 6],
  ['stddev', 10],
  ['incomplete', 11],
] as const satisfies (readonly [MetricName, number])[]

function columnsOf(
  by: GroupedBy,
  chosen: readonly Metric[] | undefined,
  ns: boolean,
): Column<SubjectRow>[] {
  const ranked = chosen
    ? chosen.map((metric, rank) => ({ metric, rank }))
    : usualColumns.map(([name, rank]) => ({ metric: metricNamed(name) as Metric, rank }))
  const numbers = ranked.map(({ metric, rank }) => ({
    head: metric.name.toUpperCase(),
    align: 'right' as const,
    rank,
    text: ({ row }: SubjectRow) => numberText(metric, metric.of(row), ns),
  }))
  return [
    ...numbers,
    { head: heads[by], align: 'left', rank: 0, text: each => subjectName(each.subject) },
  ]
}

const heads = {
  function: 'FUNCTION',
  caller: 'FUNCTION < CALLER',
  module: 'MODULE',
  task: 'TASK',
  cpu: 'CPU',
  context: 'CONTEXT',
} as const satisfies Record<GroupedBy, string>

function numberText({ unit }: Metric, value: number | undefined, ns: boolean): string {
  if (value === undefined) return '-'
  return unit === 'calls' ? count(value) : timeText(value, ns)
}
