import type { Argv } from 'yargs'
import { CallStatistics } from '../../analyze/call-statistics.js'
import {
  type Comparison,
  comparisons,
  isPresent,
  sortedComparisons,
} from '../../analyze/comparison.js'
import { comparisonDocument } from '../../analyze/comparison-document.js'
import { type Condition, parseCondition } from '../../analyze/condition.js'
import {
  type DifferentialStack,
  differentialFolded,
  differentialStacks,
  normalizingScale,
} from '../../analyze/differential-stacks.js'
import { type Regression, regressions } from '../../analyze/regressions.js'
import { UserError } from '../../base/user-error.js'
import type { TraceFilters } from '../../filter/trace-filters.js'
import type { TraceSummary } from '../../ingest/trace-summary.js'
import { functionName } from '../../timeline/names.js'
import { tee } from '../../timeline/sinks/index.js'
import { StackWeights } from '../../timeline/stacks/index.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { allowMissingOption } from '../options/allow-missing.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { restoreDash, restoreDashes } from '../options/single-dash.js'
import { limitOf, limitOption, metricOf, tableOptions } from '../options/table-options.js'
import { readTraces } from '../read-traces.js'
import { tableSpace } from '../table-space.js'
import { shareText } from '../text/change.js'
import { comparisonTable, verdictsText } from '../text/comparison-table.js'
import { differentialSvg } from '../text/differential-svg.js'
import { noSuchFunction } from '../text/no-such-function.js'
import { shown } from '../text/shown.js'
import { printWarnings } from '../text/summary.js'
import { moreRowsText } from '../text/table.js'
import { count, valueText } from '../text/units.js'
import { writeTexts } from '../write-texts.js'

const trace = { type: 'string', demandOption: true, coerce: restoreDash } as const

export function options(yargs: Argv) {
  return yargs
    .positional('before', {
      ...trace,
      describe: 'The trace to compare with, such as mail.txt#1; - is standard input',
    })
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
    .option('allow-missing', allowMissingOption)
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
    .example('$0 diff mail.txt#1 mail.txt#2 -o d.svg', 'two captures of a text; a flame graph')
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
  const listed = limit === 0 ? all : all.slice(0, limit)
  const failures = conditions.flatMap(condition => failuresOf(condition, all, after.filters))
  const missing = args['allow-missing']
    ? []
    : conditions.flatMap(each => missingText(each, all, args))
  if (args.output.length > 0) {
    const scale = args.normalize ? normalizingScale(before.weights, after.weights) : 1
    const stacks = differentialStacks(before.weights, after.weights, scale)
    const title = `${args.before} → ${args.after}`
    const files = args.output.map(path => ({ path, text: textOf(path, title, stacks) }))
    await writeTexts(files, [args.before, args.after], io)
  }
  if (args.json) {
    const document = comparisonDocument(listed, failures, before.summary, after.summary)
    io.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
  } else if (!args.output.includes('-')) {
    io.stdout.write(comparisonTable(listed, args.ns, tableSpace(io, args.color)))
    if (listed.length < all.length) io.stderr.write(moreRowsText(all.length - listed.length))
    io.stderr.write(`${verdictsText(all)}\n`)
    printWarnings(before.summary, io.stderr)
    printWarnings(after.summary, io.stderr)
  }
  const texts = [...failures.map(failureText), ...missing]
  for (const text of texts) io.stderr.write(`fgraph: --fail-on: ${shown(text)}\n`)
  return texts.length > 0 ? exitCodes.failed : exitCodes.done
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

/** That a trace calls none of the functions of a condition, which then holds for nothing. */
function missingText(
  { text, functions, matches }: Condition,
  all: readonly Comparison[],
  args: Args,
): string[] {
  const matching = all.filter(({ func }) => matches(func))
  const isMissing = (side: 'before' | 'after') => !matching.some(each => isPresent(each[side]))
  return (['before', 'after'] as const)
    .filter(isMissing)
    .map(side => `${text}: no call of ${functions} in ${args[side]}; --allow-missing accepts that`)
}

/** `p99(vfs_read) > +10%: vfs_read 12.000 us before, 15.000 us after, +25.0%`. */
function failureText({ condition, comparison, change }: Regression): string {
  const { metric, text } = condition
  const { from = 0, to = 0, share = 0 } = change
  const { verdict, before, after } = comparison
  const calls = `${count(before.durations.count)} and ${count(after.durations.count)} calls`
  const isDoubtful = verdict === 'noise' || verdict === 'too few calls'
  const doubt = isDoubtful ? `; with ${calls} this may be noise` : ''
  const values = `${valueText(metric, from)} before, ${valueText(metric, to)} after`
  return `${text}: ${functionName(comparison.func)} ${values}, ${shareText(share)}${doubt}`
}

/** The text of an output file, by its name; folded stacks for standard output. */
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
