import type { Argv } from 'yargs'
import { convert } from '../convert.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import { showDash } from './dash.js'
import { dialectOption } from './dialect-option.js'
import { exitCodes } from './exit-codes.js'
import { openInputs } from './inputs.js'
import { startProgress } from './progress.js'
import { contentRows, diagnosticRows } from './summary.js'
import { labelledLines } from './table.js'
import { count } from './units.js'

export function options(yargs: Argv) {
  return yargs
    .positional('input', {
      type: 'string',
      default: '-',
      coerce: showDash,
      describe: 'Trace to read; - is standard input; gzip is recognised',
    })
    .option('dialect', dialectOption)
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
    .example('$0 info trace.txt', 'what is in a trace, and what is odd about it')
    .example('$0 info trace.txt --json | jq .calls', 'the same for programs')
}

export async function run(args: Awaited<ReturnType<typeof options>['argv']>): Promise<number> {
  const inputs = openInputs([args.input], false)
  const progress = startProgress(inputs)
  try {
    const summary = await convert(inputs, [], {
      title: args.input,
      root: 'none',
      dialect: args.dialect,
    })
    progress.stop()
    process.stdout.write(args.json ? json(args.input, summary) : page(args.input, summary))
    return exitCodes.done
  } finally {
    progress.stop()
  }
}

function json(input: string, summary: TraceSummary): string {
  const { dialect, columns, clock, lines, cpus, tasks, calls, span, lostEvents } = summary
  const document = {
    input,
    dialect,
    columns,
    clock,
    lines,
    cpus,
    tasks,
    calls,
    span_ns: span,
    lost_events: lostEvents,
    diagnostics: summary.diagnostics,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function page(input: string, summary: TraceSummary): string {
  const { total, ...kinds } = summary.lines
  const present = Object.entries(kinds).filter(([, lines]) => lines > 0)
  const tasks = summary.tasks.map(({ pid, comm }) => `${comm}-${pid}`)
  return labelledLines(
    [
      ['input', input === '-' ? 'standard input' : input],
      ['dialect', summary.dialect],
      ['columns', summary.columns.join(', ')],
      ['clock', summary.clock],
      ['lines', `${count(total)}: ${present.map(([kind, n]) => `${count(n)} ${kind}`).join(', ')}`],
      ['cpus', summary.cpus.join(', ') || 'not named'],
      ['tasks', tasks.join(', ') || 'not named'],
      ...contentRows(summary),
      ['lost', `${count(summary.lostEvents)} events`],
      ...diagnosticRows(summary.diagnostics),
    ],
    process.stdout.columns,
  )
}
