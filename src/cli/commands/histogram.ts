import type { Argv } from 'yargs'
import type { GroupedBy } from '../../analyze/call-row.js'
import { CallStatistics, type SubjectRow } from '../../analyze/call-statistics.js'
import { HeatMap } from '../../analyze/heat-map.js'
import {
  BinnedDistribution,
  type Bins,
  binsOf,
  equalBins,
  roundBins,
} from '../../analyze/histogram.js'
import { metricNamed } from '../../analyze/metrics.js'
import { reportRow, sortedRows, subjectName } from '../../analyze/report.js'
import { UserError } from '../../base/user-error.js'
import { uncompressedName } from '../../node/compression.js'
import { durationProblem, parseDuration } from '../../timeline/duration-text.js'
import { tee } from '../../timeline/sinks/index.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { formOf, formOptions } from '../options/table-form.js'
import { tableOptions } from '../options/table-options.js'
import { wordsArgument, wordsOf } from '../options/words.js'
import { readTraces } from '../read-traces.js'
import { tableSpace } from '../table-space.js'
import { csvText } from '../text/csv.js'
import { heatMapSvg } from '../text/heat-map-svg.js'
import { histogramText } from '../text/histogram-text.js'
import { noSuchFunction, refuseMissing } from '../text/no-such-function.js'
import { printWarnings } from '../text/summary.js'
import { type Column, markdownTable } from '../text/table.js'
import { count, timeText } from '../text/units.js'
import { writeTexts } from '../write-texts.js'

const groups = ['task', 'cpu', 'caller'] as const satisfies GroupedBy[]
type Group = (typeof groups)[number]

export const examples = [
  ['fgraph histogram vfs_read trace.txt', 'how long its calls take'],
  ['fgraph histogram vfs_read trace.txt --linear 10us', 'in bins of 10 us'],
  ["fgraph histogram 'tcp_*' t.txt --by task -o x.svg", 'by task; and a heat map over time'],
] as const

export const notes = filterNote

export function options(yargs: Argv) {
  return yargs
    .positional('words', wordsArgument)
    .option('by', {
      choices: groups,
      requiresArg: true,
      coerce: lastValue<Group>,
      describe: 'A histogram for each task, cpu or caller',
    })
    .option('linear', {
      type: 'string',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: 'Bins of one width, such as 5us (default: each twice as wide as the one before)',
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: 'File for a heat map over time as SVG, such as x.svg',
    })
    .options(formOptions)
    .options(tableOptions)
    .options(filterOptions)
    .options(readingOptions)
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const form = formOf(args)
  const { functions, inputs, matches } = wordsOf(args.words, io)
  if (!matches) throw new UserError('no function: name one, such as vfs_read or tcp_*')
  const wanted = functions.join(', ')
  const bins = binsFor(args.linear)
  const newDistribution = () => new BinnedDistribution(bins)
  const by = args.by ?? 'function'
  const statistics = new CallStatistics({ by, only: matches, newDistribution })
  const output = outputOf(args.output)
  const heatMap = new HeatMap(matches)
  const sink = output === undefined ? statistics : tee([statistics, heatMap.sink()])
  const reading = readingOf(args)
  const summary = await readTraces(inputs, sink, reading, io)
  const rows = sortedRows(statistics.rows(), metricNamed('calls'))
  refuseMissing(functions, statistics.functions, reading.filters)
  if (rows.length === 0)
    throw noSuchFunction(wanted, matches, statistics.functions, reading.filters)
  if (output !== undefined) {
    const cells = heatMap.cells()
    if (cells.length === 0)
      throw new UserError(`${wanted}: no call has a duration, so there is nothing to draw`)
    await writeTexts([{ path: output, text: heatMapSvg(wanted, cells) }], inputs, io)
  }
  if (form === 'json') {
    const histograms = rows.map(each => ({ ...reportRow(each), bins: binsForPrograms(each) }))
    const { diagnostics } = summary
    io.stdout.write(`${JSON.stringify({ histograms, diagnostics }, null, 2)}\n`)
    return exitCodes.done
  }
  if (form === 'csv') {
    io.stdout.write(csvText(['name', ...binFields], rows.flatMap(binRows), args.spreadsheet))
    return exitCodes.done
  }
  if (form === 'markdown') {
    io.stdout.write(markdownTable(binColumns(args.ns), rows.flatMap(binRows)))
    return exitCodes.done
  }
  const space = tableSpace(io, args.color)
  const title = ({ subject }: SubjectRow) =>
    subject.by === 'task' || subject.by === 'cpu'
      ? `${wanted}, ${subjectName(subject)}`
      : subjectName(subject)
  io.stdout.write(rows.map(each => histogramText(title(each), each.row, args.ns, space)).join('\n'))
  printWarnings(summary, io.stderr)
  return exitCodes.done
}

function outputOf(path: string | undefined): string | undefined {
  if (path === undefined || /\.svg$/i.test(uncompressedName(path))) return path
  throw new UserError(`${path}: a heat map is SVG; end the name in .svg`)
}

function binsFor(linear: string | undefined): Bins {
  if (linear === undefined) return roundBins
  const width = parseDuration(linear)
  if (width) return equalBins(width)
  throw new UserError(`--linear: ${durationProblem(linear)}`)
}

const binFields = ['from_ns', 'to_ns', 'calls'] as const

type BinRow = { readonly name: string } & ReturnType<typeof binsForPrograms>[number]

function binRows(each: SubjectRow): BinRow[] {
  return binsForPrograms(each).map(bin => ({ name: subjectName(each.subject), ...bin }))
}

function binColumns(ns: boolean): Column<BinRow>[] {
  return [
    { head: 'FROM', align: 'right', rank: 0, text: row => timeText(row.from_ns, ns) },
    { head: 'TO', align: 'right', rank: 0, text: row => timeText(row.to_ns, ns) },
    { head: 'CALLS', align: 'right', rank: 0, text: ({ calls }) => count(calls) },
    { head: 'NAME', align: 'left', rank: 0, text: ({ name }) => name },
  ]
}

function binsForPrograms({ row }: SubjectRow) {
  return binsOf(row.durations).map(bin => ({ from_ns: bin.from, to_ns: bin.to, calls: bin.count }))
}
