import type { Argv } from 'yargs'
import {
  byCertainty,
  type Comparison,
  comparisons,
  isPresent,
  sortedComparisons,
  type Verdict,
} from '../../analyze/comparison.js'
import {
  comparisonDocument,
  comparisonFields,
  comparisonRow,
} from '../../analyze/comparison-document.js'
import { type Condition, parseCondition } from '../../analyze/condition.js'
import {
  type DifferentialStack,
  differentialFolded,
  differentialStacks,
  normalizingScale,
} from '../../analyze/differential-stacks.js'
import type { Metric } from '../../analyze/metrics.js'
import { type Regression, regressions } from '../../analyze/regressions.js'
import { UserError } from '../../base/user-error.js'
import { uncompressedName } from '../../node/compression.js'
import { functionName } from '../../timeline/names.js'
import { comparedErrors } from '../compared-errors.js'
import { readCompared } from '../compared-trace.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { allowMissingOption } from '../options/allow-missing.js'
import { filterNote, filterOptions } from '../options/filter-options.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { restoreDashes } from '../options/single-dash.js'
import { formOf, formOptions } from '../options/table-form.js'
import { limitOf, limitOption, metricOf, tableOptions } from '../options/table-options.js'
import { wordsArgument, wordsOf } from '../options/words.js'
import { tableSpace } from '../table-space.js'
import { shareText } from '../text/change.js'
import { comparisonColumns, conclusionText } from '../text/comparison-table.js'
import { csvText } from '../text/csv.js'
import { differentialSvg } from '../text/differential-svg.js'
import {
  errorChangesDocument,
  errorChangesMarkdown,
  errorChangesText,
  newErrorsText,
} from '../text/error-changes-text.js'
import { refuseMissing } from '../text/no-such-function.js'
import { shown } from '../text/shown.js'
import { printWarnings } from '../text/summary.js'
import { fittedTable, markdownTable, moreRowsText } from '../text/table.js'
import { count, valueText } from '../text/units.js'
import { writeTexts } from '../write-texts.js'

export const examples = [
  ['fgraph diff before.txt after.txt', 'what got slower, and what only seems so'],
  ["fgraph diff a.gz b.gz --fail-on 'p99(f) > +10%'", 'in a pipeline of tests'],
  ['fgraph diff mail.txt#1 mail.txt#2 -o d.svg', 'two captures of a text, as a flame graph'],
] as const

export const notes =
  'Where both traces have return values, errors that only one of them has are listed, too: fgraph errors explains them. ' +
  filterNote

/** What `--fail-on` takes beside conditions. */
const NEW_ERRORS = 'new-errors'

/** What `--only` takes. */
const changes = ['slower', 'faster', 'new', 'gone'] as const satisfies readonly Verdict[]

export function options(yargs: Argv) {
  return yargs
    .positional('words', {
      ...wordsArgument,
      defaultDescription: '',
      describe:
        'The trace before, the trace after, and functions if only those matter; mail.txt#2 is a capture',
    })
    .option('only', {
      type: 'string',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: `Show only these changes, separated by commas: ${changes.join(', ')}`,
    })
    .option('sort', {
      type: 'string',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: 'Sort by the change of this column, or by name (default: certain changes first)',
    })
    .option('limit', limitOption)
    .option('fail-on', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: `Exit with 1 if a change is this bad, 'p99(vfs_read) > +10%', or if errors have surfaced that were not there before: ${NEW_ERRORS}`,
    })
    .option('allow-missing', allowMissingOption)
    .option('output', {
      alias: 'o',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      coerce: restoreDashes,
      describe: 'Write a differential flame graph, x.svg, or its folded stacks, x.folded',
    })
    .option('normalize', {
      type: 'boolean',
      default: false,
      describe: 'For -o: scale the times before to add up to those after',
    })
    .options(formOptions)
    .options(tableOptions)
    .options(filterOptions)
    .options(readingOptions)
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const form = formOf(args)
  const only = args.only === undefined ? undefined : changesOf(args.only)
  const limit = limitOf(args.limit, form === 'table', io.stdout)
  const failsOnErrors = args['fail-on'].includes(NEW_ERRORS)
  const conditions = args['fail-on']
    .filter(text => text !== NEW_ERRORS)
    .map(text => parseCondition(text, ['share', 'change']))
  for (const path of args.output) refuseOtherEndings(path)
  const { functions, inputs, matches } = wordsOf(args.words, io)
  const [beforePath, afterPath] = twoOf(inputs)
  const sort = sortOf(args.sort)
  const wanted = { matches, stacks: args.output.length > 0 }
  const before = await readCompared(beforePath, wanted, args, io)
  const after = await readCompared(afterPath, wanted, args, io)
  const found = comparisons(before.statistics.rows(), after.statistics.rows())
  const names = found.map(({ func }) => func)
  refuseMissing(functions, names, after.filters)
  if (!args['allow-missing'] && found.length > 0) {
    refuseMissing(
      conditions.map(condition => condition.functions),
      names,
      after.filters,
    )
  }
  const matching = matches ? found.filter(({ func }) => matches(func)) : found
  const all = args.sort === undefined ? byCertainty(matching) : sortedComparisons(matching, sort)
  const chosen = only ? all.filter(({ verdict }) => only.includes(verdict)) : all
  const listed = limit === 0 ? chosen : chosen.slice(0, limit)
  const paths = { before: beforePath, after: afterPath }
  const errors = await comparedErrors({ before, after }, matches, args, io)
  const areCompared = typeof errors !== 'string'
  const failed = conditions.flatMap(each => regressions(each, found) ?? [])
  const missing = args['allow-missing']
    ? []
    : conditions.flatMap(each => missingTexts(each, found, paths))
  if (args.output.length > 0) {
    const scale = args.normalize ? normalizingScale(before.weights, after.weights) : 1
    const stacks = differentialStacks(before.weights, after.weights, scale)
    const title = `${beforePath} → ${afterPath}`
    const files = args.output.map(path => ({ path, text: textOf(path, title, stacks) }))
    await writeTexts(files, inputs, io)
  }
  if (form === 'json') {
    const document = comparisonDocument(listed, failed, before.summary, after.summary)
    const changes = areCompared ? errorChangesDocument(errors) : null
    io.stdout.write(`${JSON.stringify({ ...document, errors: changes }, null, 2)}\n`)
  } else if (form === 'csv') {
    const rows = listed.map(comparisonRow)
    io.stdout.write(csvText(comparisonFields, rows, args.spreadsheet))
  } else if (form === 'markdown') {
    io.stdout.write(markdownTable(comparisonColumns(args.ns), listed))
    if (areCompared) io.stdout.write(errorChangesMarkdown(errors))
  } else if (!args.output.includes('-')) {
    const space = tableSpace(io, args.color)
    io.stdout.write(fittedTable(comparisonColumns(args.ns), listed, space))
    if (listed.length < chosen.length) io.stderr.write(moreRowsText(chosen.length - listed.length))
    if (areCompared) io.stdout.write(errorChangesText(errors, space))
    io.stderr.write(`${shown(conclusionText(all))}\n`)
    printWarnings(before.summary, io.stderr)
    printWarnings(after.summary, io.stderr)
  }
  const newErrors = areCompared ? newErrorsText(errors) : `errors are not compared: ${errors}`
  const texts = [...failed.map(failureText), ...missing]
  const isForPeople = form === 'table' || form === 'markdown'
  if (failsOnErrors && newErrors !== '') texts.push(`${NEW_ERRORS}: ${newErrors}`)
  else if (!areCompared && (before.hasReturns || after.hasReturns) && isForPeople) {
    io.stderr.write(`${newErrors}\n`)
  }
  for (const text of texts) io.stderr.write(`fgraph: --fail-on: ${shown(text)}\n`)
  return texts.length > 0 ? exitCodes.failed : exitCodes.done
}

function changesOf(text: string): readonly Verdict[] {
  const asked = text.split(',').map(each => each.trim())
  const other = asked.find(each => !(changes as readonly string[]).includes(each))
  if (other === undefined) return asked as Verdict[]
  throw new UserError(`--only: unknown change '${other}'; choose from ${changes.join(', ')}`)
}

function twoOf(inputs: readonly string[]): readonly [string, string] {
  const [before, after, ...others] = inputs
  if (before === undefined || after === undefined || others.length > 0) {
    throw new UserError(
      `diff needs two traces and has ${inputs.length}; write fgraph diff before.txt after.txt [FUNCTION..]`,
    )
  }
  if (before === '-' && after === '-') {
    throw new UserError('standard input: is an input twice; name it once')
  }
  return [before, after]
}

/** What `--sort` names; undefined for names, and without the option. */
function sortOf(by: string | undefined): Metric | undefined {
  return by === undefined || by === 'name' ? undefined : metricOf('--sort', by, 'name, ')
}

/** That a trace calls none of the functions of a condition, which then holds for nothing. */
function missingTexts(
  { text, functions, matches }: Condition,
  all: readonly Comparison[],
  paths: Readonly<Record<'before' | 'after', string>>,
): string[] {
  const matching = all.filter(({ func }) => matches(func))
  const isMissing = (side: 'before' | 'after') => !matching.some(each => isPresent(each[side]))
  return (['before', 'after'] as const)
    .filter(isMissing)
    .map(side => `${text}: no call of ${functions} in ${paths[side]}; --allow-missing accepts that`)
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
  return isSvg(path) ? differentialSvg(title, stacks) : differentialFolded(stacks)
}

const isSvg = (path: string) => /\.svg$/i.test(uncompressedName(path))

function refuseOtherEndings(path: string): void {
  if (path === '-' || isSvg(path) || /\.(folded|collapsed)$/i.test(uncompressedName(path))) return
  throw new UserError(
    `${path}: is neither a flame graph nor folded stacks; end the name in .svg or .folded`,
  )
}
