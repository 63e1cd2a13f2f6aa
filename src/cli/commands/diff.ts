import type { Argv } from 'yargs'
import { CallStatistics } from '../../analyze/call-statistics.js'
import {
  type Comparison,
  changeOf,
  comparisons,
  sortedComparisons,
} from '../../analyze/comparison.js'
import { type Condition, parseCondition } from '../../analyze/condition.js'
import {
  type DifferentialStack,
  differentialFolded,
  differentialStacks,
  normalizingScale,
} from '../../analyze/differential-stacks.js'
import { type Metric, type MetricName, metricNamed } from '../../analyze/metrics.js'
import { type Regression, regressions } from '../../analyze/regressions.js'
import { metricFields } from '../../analyze/report.js'
import { UserError } from '../../base/user-error.js'
import type { TraceFilters } from '../../filter/trace-filters.js'
import type { TraceSummary } from '../../ingest/trace-summary.js'
import { functionName } from '../../timeline/names.js'
import { tee } from '../../timeline/sinks/index.js'
import { StackWeights } from '../../timeline/stacks/index.js'
import { exitCodes } from '../exit-codes.js'
import type { Io, TextOutput } from '../io.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { restoreDash, restoreDashes } from '../options/single-dash.js'
import { limitOf, limitOption, metricOf, tableOptions } from '../options/table-options.js'
import { readTraces } from '../read-traces.js'
import { tableSpace } from '../table-space.js'
import { changeText, shareText } from '../text/change.js'
import { differentialSvg } from '../text/differential-svg.js'
import { noSuchFunction } from '../text/no-such-function.js'
import type { Style } from '../text/style.js'
import { printWarnings } from '../text/summary.js'
import { type Column, fittedTable } from '../text/table.js'
import { count, counted, timeText, valueText } from '../text/units.js'
import { writeTexts } from '../write-texts.js'

const trace = { type: 'string', demandOption: true, coerce: restoreDash } as const

export function options(yargs: Argv) {
  return yargs
    .positional('before', { ...trace, describe: 'The trace to compare with; - is standard input' })
    .positional('after', { ...trace, describe: 'The trace to compare' })
    .option('sort', {
      type: 'string',
      default: 'total',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: 'Column to sort by, the largest change first; or name',
    })
    .option('limit', limitOption)
    .option('fail-on', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      defaultDescription: 'nothing',
      describe: "Exit with 1 if a change is as bad as 'p99(vfs_read) > +10%'; again for more",
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      defaultDescription: 'none',
      coerce: restoreDashes,
      describe: 'File for a differential flame graph, x.svg, or its folded stacks, x.folded',
    })
    .option('normalize', {
      type: 'boolean',
      default: false,
      describe: 'In files of -o, scale times before to add up to those after',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON, of everything' })
    .options(tableOptions)
    .options(filterOptions)
    .options(readingOptions)
    .epilogue(filterNote)
    .example('$0 diff before.txt after.txt', 'what got slower, and what only seems so')
    .example("$0 diff a.gz b.gz --fail-on 'p99(f) > +10%'", 'in a pipeline of tests')
    .example('$0 diff a.txt b.txt -o ab.svg', 'a flame graph: red takes more, blue less')
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const sort = args.sort === 'name' ? undefined : metricOf('--sort', args.sort, 'name, ')
  const limit = limitOf(args.limit, !args.json, io.stdout)
  const conditions = args['fail-on'].map(text => parseCondition(text, ['share', 'change']))
  for (const path of args.output) refuseOtherEndings(path)
  if (args.before === '-' && args.after === '-') {
    throw new UserError('standard input: is named as input twice; name it once')
  }
  const before = await readSide(args.before, args, io)
  const after = await readSide(args.after, args, io)
  const found = comparisons(before.statistics.rows(), after.statistics.rows())
  const all = sortedComparisons(found, sort)
  const shown = limit === 0 ? all : all.slice(0, limit)
  const failures = conditions.flatMap(condition => failuresOf(condition, all, after.filters))
  if (args.output.length > 0) {
    const scale = args.normalize ? normalizingScale(before.weights, after.weights) : 1
    const stacks = differentialStacks(before.weights, after.weights, scale)
    const title = `${args.before} → ${args.after}`
    const files = args.output.map(path => ({ path, text: textOf(path, title, stacks) }))
    await writeTexts(files, [args.before, args.after], io)
  }
  if (args.json) {
    const document = documentOf(shown, failures, before.summary, after.summary)
    io.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
  } else if (!args.output.includes('-')) {
    io.stdout.write(fittedTable(columnsOf(args.ns), shown, tableSpace(io, args.color)))
    tellRest(all, shown.length, io.stderr)
    printWarnings(before.summary, io.stderr)
    printWarnings(after.summary, io.stderr)
  }
  for (const each of failures) io.stderr.write(`fgraph: --fail-on: ${failureText(each)}\n`)
  return failures.length > 0 ? exitCodes.failed : exitCodes.done
}

interface Side {
  readonly statistics: CallStatistics
  readonly weights: StackWeights
  readonly summary: TraceSummary
  readonly filters: TraceFilters
}

async function readSide(path: string, args: Args, io: Io): Promise<Side> {
  const statistics = new CallStatistics({ by: 'function' })
  const weights = new StackWeights({ byTrack: false, byCpu: false })
  const sink = args.output.length > 0 ? tee([statistics, weights]) : statistics
  const reading = readingOf(args)
  const summary = await readTraces([path], sink, reading, io)
  return { statistics, weights, summary, filters: reading.filters }
}

function failuresOf(
  condition: Condition,
  all: readonly Comparison[],
  filters: TraceFilters,
): Regression[] {
  const found = regressions(condition, all)
  if (found) return found
  throw noSuchFunction(
    condition.functions,
    all.map(({ func }) => func),
    filters,
  )
}

/** `p99(vfs_read) > +10%: vfs_read 12.000 us before, 15.000 us after, +25.0%`. */
function failureText({ condition, comparison, change }: Regression): string {
  const { metric, text } = condition
  const { from = 0, to = 0, share = 0 } = change
  const { verdict, before, after } = comparison
  const calls = `${count(before.durations.count)} and ${count(after.durations.count)} calls`
  const doubt = verdict === 'noise' ? `; with ${calls} this may be noise` : ''
  const values = `${valueText(metric, from)} before, ${valueText(metric, to)} after`
  return `${text}: ${functionName(comparison.func)} ${values}, ${shareText(share)}${doubt}`
}

function documentOf(
  shown: readonly Comparison[],
  failures: readonly Regression[],
  before: TraceSummary,
  after: TraceSummary,
) {
  return {
    functions: shown.map(comparisonForPrograms),
    failures: failures.map(({ condition, comparison }) => ({
      condition: condition.text,
      name: comparison.func.name,
      module: comparison.func.module,
    })),
    diagnostics: { before: before.diagnostics, after: after.diagnostics },
  }
}

function comparisonForPrograms(comparison: Comparison) {
  const { func, before, after, probability, verdict } = comparison
  return {
    ...func,
    verdict,
    probability,
    before: verdict === 'new' ? null : metricFields(before),
    after: verdict === 'gone' ? null : metricFields(after),
  }
}

function columnsOf(ns: boolean): Column<Comparison>[] {
  const style = ({ verdict }: Comparison) => verdictStyles[verdict]
  return [
    difference('total', 1, ns),
    difference('self', 6, ns),
    fromTo('calls', 7, ns),
    fromTo('avg', 3, ns),
    share('avg', 1),
    fromTo('p99', 5, ns),
    share('p99', 4),
    share('p50', 2),
    { head: 'VERDICT', align: 'left', rank: 1, text: ({ verdict }) => verdict, style },
    { head: 'FUNCTION', align: 'left', rank: 0, text: ({ func }) => functionName(func) },
  ]
}

const verdictStyles = {
  slower: 'red',
  faster: 'green',
  new: 'cyan',
  gone: 'cyan',
  noise: 'dim',
} as const satisfies Record<Comparison['verdict'], Style>

function difference(name: MetricName, rank: number, ns: boolean): Column<Comparison> {
  const metric = metricNamed(name) as Metric
  const text = (comparison: Comparison) => {
    const { difference } = changeOf(metric, comparison)
    return difference === undefined ? '-' : changeText(difference, ns)
  }
  return { head: `${name.toUpperCase()} ±`, align: 'right', rank, text }
}

function fromTo(name: MetricName, rank: number, ns: boolean): Column<Comparison> {
  const metric = metricNamed(name) as Metric
  const value = (number: number | undefined) => {
    if (number === undefined) return '-'
    return metric.unit === 'ns' ? timeText(number, ns) : count(number)
  }
  const text = (comparison: Comparison) => {
    const { from, to } = changeOf(metric, comparison)
    return `${value(from)} → ${value(to)}`
  }
  return { head: name.toUpperCase(), align: 'right', rank, text }
}

function share(name: MetricName, rank: number): Column<Comparison> {
  const metric = metricNamed(name) as Metric
  const text = (comparison: Comparison) => {
    const { share } = changeOf(metric, comparison)
    return share === undefined ? '-' : shareText(share)
  }
  return { head: `${name.toUpperCase()} %`, align: 'right', rank, text }
}

function tellRest(all: readonly Comparison[], shown: number, stderr: TextOutput): void {
  const left = all.length - shown
  if (left > 0) stderr.write(`${counted(left, 'more row')}; --limit 0 shows all\n`)
  const parts = (Object.keys(verdictStyles) as Comparison['verdict'][]).flatMap(verdict => {
    const number = all.filter(each => each.verdict === verdict).length
    return number > 0 ? [`${count(number)} ${verdict}`] : []
  })
  const noise = parts.at(-1)?.endsWith('noise') ? ' (no more than chance explains)' : ''
  stderr.write(`${counted(all.length, 'function')}: ${parts.join(', ')}${noise}\n`)
}

/** What a file is to hold, by its name; standard output is folded stacks. */
function textOf(path: string, title: string, stacks: DifferentialStack): string {
  return isSvg.test(path) ? differentialSvg(title, stacks) : differentialFolded(stacks)
}

const isSvg = /\.svg(\.gz)?$/i

function refuseOtherEndings(path: string): void {
  if (path === '-' || isSvg.test(path) || /\.(folded|collapsed)(\.gz)?$/i.test(path)) return
  throw new UserError(
    `${path}: is neither a flame graph nor folded stacks; end the name in .svg or .folded`,
  )
}
