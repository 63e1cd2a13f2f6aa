import type { Argv } from 'yargs'
import { type Finding, type Judgement, judged } from '../../analyze/budgets.js'
import { CallStatistics } from '../../analyze/call-statistics.js'
import { parseCondition } from '../../analyze/condition.js'
import type { Metric } from '../../analyze/metrics.js'
import { UserError } from '../../base/user-error.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { allowMissingOption } from '../options/allow-missing.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { restoreDashes } from '../options/single-dash.js'
import { formOf, formOptions } from '../options/table-form.js'
import { colorOption } from '../options/table-options.js'
import { readTraces } from '../read-traces.js'
import { tableSpace } from '../table-space.js'
import { shareText } from '../text/change.js'
import { csvText } from '../text/csv.js'
import { junitXml } from '../text/junit.js'
import { shown } from '../text/shown.js'
import type { Paint } from '../text/style.js'
import { printWarnings } from '../text/summary.js'
import { type Column, markdownTable } from '../text/table.js'
import { valueText } from '../text/units.js'
import { writeTexts } from '../write-texts.js'

export const examples = [
  ["fgraph assert 'p99(tcp_sendmsg) < 20us' trace.txt", 'exits with 1 if that is not so'],
  ["fgraph assert 'max(f) < 1ms' 'calls(g) == 0' t.gz", 'several at once'],
  ["fgraph assert 'avg(brk) < 5us' t.gz --junit r.xml", 'in a pipeline of tests'],
] as const

export const notes = filterNote

export function options(yargs: Argv) {
  return yargs
    .positional('conditions', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: '-',
      coerce: restoreDashes,
      describe: "Conditions such as 'p99(vfs_read) < 20us', and traces, read as one",
    })
    .option('junit', {
      type: 'string',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: 'Write the results as JUnit XML to this file',
    })
    .option('allow-missing', allowMissingOption)
    .options(formOptions)
    .option('color', colorOption)
    .options(filterOptions)
    .options(readingOptions)
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const form = formOf(args)
  const texts = args.conditions.filter(isCondition)
  const inputs = args.conditions.filter(word => !isCondition(word))
  if (texts.length === 0) {
    throw new UserError("no condition: give one such as 'p99(tcp_sendmsg) < 20us'")
  }
  const conditions = texts.map(text => parseCondition(text, ['value']))
  const matches = conditions.map(condition => condition.matches)
  const statistics = new CallStatistics({
    by: 'function',
    only: func => matches.some(each => each(func)),
  })
  const { options, ...others } = readingOf(args)
  const reading = { options: { ...options, needsReturned: true }, ...others }
  const summary = await readTraces(inputs, statistics, reading, io)
  const { complete, incomplete, orphan } = summary.calls
  const judgements = judged(conditions, statistics.rows(), {
    hasCalls: complete + incomplete + orphan > 0,
    allowMissing: args['allow-missing'],
  })
  const rows = judgements.flatMap(judgementRows)
  if (form === 'json') {
    const document = { conditions: judgements.map(forPrograms), diagnostics: summary.diagnostics }
    io.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
  } else if (form === 'csv') io.stdout.write(csvText(judgementFields, rows, args.spreadsheet))
  else if (form === 'markdown') io.stdout.write(markdownTable(judgementColumns, rows))
  else {
    const { paint } = tableSpace(io, args.color)
    io.stdout.write(judgements.map(each => judgementText(each, paint)).join(''))
  }
  printWarnings(summary, io.stderr)
  if (args.junit !== undefined) {
    await writeTexts([{ path: args.junit, text: junitText(judgements, inputs) }], inputs, io)
  }
  return judgements.every(({ isMet }) => isMet) ? exitCodes.done : exitCodes.failed
}

function forPrograms({ condition, isMet, findings }: Judgement) {
  return {
    condition: condition.text,
    met: isMet,
    functions: findings.map(({ name, value, isMet }) => ({
      name,
      value: value ?? null,
      met: isMet,
    })),
  }
}

const judgementFields = ['condition', 'function', 'value', 'met'] as const
type JudgementRow = Readonly<Record<(typeof judgementFields)[number], string | number | null>>

/** A row for each function of a condition; times are in ns. */
function judgementRows({ condition, isMet, findings }: Judgement): JudgementRow[] {
  const { text } = condition
  if (findings.length === 0) {
    return [{ condition: text, function: condition.functions, value: null, met: String(isMet) }]
  }
  return findings.map(({ name, value = null, isMet }) => {
    return { condition: text, function: name, value, met: String(isMet) }
  })
}

const judgementColumns: Column<JudgementRow>[] = judgementFields.map((field, rank) => ({
  head: field.toUpperCase(),
  align: field === 'value' ? 'right' : 'left',
  rank,
  text: row => String(row[field] ?? '-'),
}))

/** Tells conditions from paths: traces are rarely called `p99(f) < 1us`. */
function isCondition(word: string): boolean {
  return /[(<>=]/.test(word) && !/\.(txt|gz|log|trace)(#[\d,-]+)?$/.test(word)
}

/** `ok    p99(vfs_read) < 20us: 18.200 us`, or a line for each function that fails. */
function judgementText(judgement: Judgement, paint: Paint): string {
  const { condition, isMet } = judgement
  const label = isMet ? paint('green', 'ok  ') : paint('red', 'FAIL')
  const said = `${condition.text}: ${isMet ? metText(judgement) : failureText(judgement)}`
  return `${label}  ${shown(said)}\n`
}

function metText({ condition, findings }: Judgement): string {
  if (findings.length === 0) return `no call of ${condition.functions}`
  const values = findings.map(({ name, value }) => ({ name, value: value as number }))
  const most = values.reduce((a, b) => (b.value > a.value ? b : a))
  const text = valueText(condition.metric, most.value)
  return findings.length === 1 ? text : `at most ${text}, of ${most.name}`
}

const SHOWN = 5

function failureText({ condition, findings }: Judgement): string {
  const { metric, bound, functions } = condition
  const failed = findings.filter(({ isMet }) => !isMet)
  if (failed.length === 0)
    return `no call of ${functions} in the trace; --allow-missing accepts that`
  const texts = failed.slice(0, SHOWN).map(finding => findingText(finding, metric, bound.value))
  const more = failed.length > SHOWN ? [`and ${failed.length - SHOWN} more`] : []
  return [...texts, ...more].join(', ')
}

/** `vfs_read 30.000 us, +50.0%`. */
function findingText({ name, value }: Finding, metric: Metric, bound: number): string {
  if (value === undefined) {
    const lacks = metric.name === 'errors' ? 'return value' : 'duration'
    return `${name} has no call with a ${lacks}`
  }
  const over = bound === 0 ? '' : ` (${shareText((value - bound) / bound)})`
  return `${name} has ${valueText(metric, value)}${over}`
}

function junitText(judgements: readonly Judgement[], inputs: readonly string[]): string {
  const className = inputs.join(' ') || 'standard input'
  const cases = judgements.map(judgement => ({
    name: judgement.condition.text,
    className,
    failure: judgement.isMet ? undefined : failureText(judgement),
  }))
  return junitXml('fgraph assert', cases)
}
