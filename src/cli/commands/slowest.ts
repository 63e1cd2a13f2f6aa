import type { Argv } from 'yargs'
import { SlowestCalls } from '../../analyze/slowest-calls.js'
import { TypicalCalls } from '../../analyze/typical-calls.js'
import { UserError } from '../../base/user-error.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { formOf, formOptions } from '../options/table-form.js'
import { tableOptions } from '../options/table-options.js'
import { treeLimitsOf, treeOptions } from '../options/tree-options.js'
import { wordsArgument, wordsOf } from '../options/words.js'
import { readTraces } from '../read-traces.js'
import { tableSpace } from '../table-space.js'
import { treeText } from '../text/call-tree-table.js'
import { csvText } from '../text/csv.js'
import { noSuchFunction, refuseMissing } from '../text/no-such-function.js'
import {
  againstText,
  slowCallColumns,
  slowCallDocument,
  slowCallFields,
  slowCallRow,
  slowCallTitle,
  typicalDocument,
} from '../text/slow-call-text.js'
import { printWarnings } from '../text/summary.js'
import { markdownTable } from '../text/table.js'

export const examples = [
  ['fgraph slowest vfs_read trace.txt', 'its slowest calls, and where the time went'],
  ['fgraph slowest trace.txt -n 1', 'the slowest of all calls'],
  ['fgraph slowest vfs_read t.txt --against typical', 'what the slow calls do more than others'],
] as const

export const notes = filterNote

export function options(yargs: Argv) {
  return yargs
    .positional('words', wordsArgument)
    .option('n', {
      type: 'number',
      default: 5,
      requiresArg: true,
      coerce: lastValue<number>,
      describe: 'Show this many calls',
    })
    .option('against', {
      choices: ['typical'] as const,
      requiresArg: true,
      coerce: lastValue<'typical'>,
      describe: 'Show where each call takes more time than a typical call of its function',
    })
    .options(treeOptions)
    .options(formOptions)
    .options(tableOptions)
    .options(filterOptions)
    .options(readingOptions)
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const { functions: wanted, inputs, matches } = wordsOf(args.words, io)
  const form = formOf(args)
  const limits = treeLimitsOf(args)
  const { options, ...others } = readingOf(args)
  const reading = { options: { ...options, lineByLine: true }, ...others }
  const typical = args.against && new TypicalCalls()
  const slowest = new SlowestCalls({
    most: mostOf(args.n),
    matches,
    line: () => reading.filters.line,
    typical,
  })
  const summary = await readTraces(inputs, slowest, reading, io)
  const { functions } = slowest
  const { lines } = summary
  const isOutermost = !matches && reading.filters.removals.length === 0
  const origin = { ...summary, hasLines: isOutermost || lines.entry + lines.leaf > 0 }
  refuseMissing(wanted, functions.slice(1), reading.filters)
  if (matches && slowest.slowest.length === 0) {
    throw noSuchFunction(wanted.join(', '), matches, functions.slice(1), reading.filters)
  }
  if (form === 'json') {
    const calls = slowest.slowest.map(call => ({
      ...slowCallDocument(call, slowest, origin),
      ...(typical && { typical: typicalDocument(typical.of(call.func), functions) }),
    }))
    const { diagnostics } = summary
    io.stdout.write(`${JSON.stringify({ calls, diagnostics }, null, 2)}\n`)
    return exitCodes.done
  }
  if (form === 'csv' || form === 'markdown') {
    const rows = slowest.slowest.map(call => slowCallRow(call, slowest, origin))
    io.stdout.write(
      form === 'csv'
        ? csvText(slowCallFields, rows, args.spreadsheet)
        : markdownTable(slowCallColumns(args.ns), rows),
    )
    return exitCodes.done
  }
  const page = { ...limits, ...tableSpace(io, args.color), functions, ns: args.ns }
  const texts = slowest.slowest.map((call, index) => {
    const title = slowCallTitle(index + 1, call, slowest, origin, page)
    if (!typical) return title + treeText([call.tree], { name: 'FUNCTION', hasSelf: true }, page)
    return title + againstText(call, typical.of(call.func), page)
  })
  io.stdout.write(texts.join('\n'))
  printWarnings(summary, io.stderr)
  return exitCodes.done
}

function mostOf(n: number): number {
  if (Number.isInteger(n) && n > 0) return n
  throw new UserError('-n: give a number of calls, 1 or more')
}
