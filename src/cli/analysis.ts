import { type Metric, metricNamed, metricNames } from '../analyze/metrics.js'
import { UserError } from '../base/user-error.js'
import { read } from '../convert.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import { openInput } from '../node/input.js'
import { openOutputs } from '../node/output.js'
import type { TimelineSink } from '../timeline/sink.js'
import type { Io, TextOutput } from './io.js'
import type { Reading } from './options/filter-options.js'
import { openInputs } from './options/inputs.js'
import { lastValue } from './options/last-value.js'
import { restoreDashes } from './options/single-dash.js'
import { filterWarnings } from './text/filter-summary.js'
import { startProgress } from './text/progress.js'
import { diagnosticRows } from './text/summary.js'
import { labelledLines } from './text/table.js'

/** Of every command that answers from traces. */
export const inputOption = {
  type: 'string',
  array: true,
  default: [] as string[],
  defaultDescription: '-',
  coerce: restoreDashes,
  describe: 'Traces to read as one; - is standard input; gzip, zstd and xz are recognised',
} as const

export const limitOption = {
  type: 'number',
  requiresArg: true,
  coerce: lastValue<number>,
  describe: 'How many rows, 0 for all (default: what fits a terminal, otherwise all)',
} as const

/** Lines of a terminal that are not for rows: the head, what is told below, the next prompt. */
const AROUND = 4

/** How many rows to show; 0 for all. */
export function limitOf(
  limit: number | undefined,
  isTable: boolean,
  { isTTY, rows }: TextOutput,
): number {
  if (limit === undefined) {
    const isOnScreen = isTable && isTTY
    return isOnScreen ? Math.max((rows || 24) - AROUND, 10) : 0
  }
  if (Number.isInteger(limit) && limit >= 0) return limit
  throw new UserError('--limit: is no number of rows; give 10, or 0 for all')
}

/**
 * Reads traces as one into a sink, for a command that answers when they are at their end. Tells on
 * stderr where filters leave nothing, or fit nothing.
 */
export async function readTraces(
  paths: readonly string[],
  sink: TimelineSink,
  { options, filters }: Reading,
  io: Io,
): Promise<TraceSummary> {
  const inputs = openInputs(paths, false, io)
  const progress = startProgress(inputs, io.stderr)
  try {
    const summary = await read(inputs, sink, { ...options, notes: false })
    progress.stop()
    for (const warning of filterWarnings(filters, summary)) {
      io.stderr.write(`fgraph: ${warning}\n`)
    }
    return summary
  } finally {
    progress.stop()
  }
}

/** The metric that an option names; `others` are words that it takes beside them. */
export function metricOf(option: string, name: string, others = ''): Metric {
  const metric = metricNamed(name)
  if (metric) return metric
  throw new UserError(`${option}: unknown column '${name}'; choose of ${others}${metricNames}`)
}

/** A file, and the text that is to be in it. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** Writes files that are a text, beside traces that have been read. */
export async function writeTexts(
  files: readonly TextFile[],
  inputs: readonly string[],
  { stdin, stdout }: Io,
): Promise<void> {
  const targets = files.map(({ path }) => ({ path, binary: false, gzip: /\.gz$/i.test(path) }))
  const opened = inputs.map(path => openInput(path, stdin))
  const outputs = openOutputs(targets, opened, stdout)
  const encoder = new TextEncoder()
  for (const [index, { text }] of files.entries()) {
    outputs.list[index]?.write(encoder.encode(text))
  }
  await outputs.commit()
}

/** Tells on stderr what a reader of the answer has to know about the trace. */
export function tellOddities({ diagnostics }: TraceSummary, stderr: TextOutput): void {
  const odd = diagnosticRows(diagnostics.filter(({ severity }) => severity !== 'info'))
  if (odd.length > 0) stderr.write(labelledLines(odd, stderr.columns))
}
