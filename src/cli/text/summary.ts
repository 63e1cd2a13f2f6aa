import type { Diagnostic } from '../../base/diagnostics.js'
import type { CallCounts, TraceSummary } from '../../ingest/trace-summary.js'
import type { TextOutput } from '../io.js'
import { labelledLines } from './table.js'
import { count, duration } from './units.js'

export type Row = readonly [label: string, text: string]

/** The summary that `convert` prints on stderr: calls, filters, diagnostics. */
export function summaryText(
  summary: TraceSummary,
  filters: string | undefined,
  width: number | undefined,
): string {
  const rows = [
    ...contentRows(summary),
    ...filterRows(filters),
    ...diagnosticRows(summary.diagnostics),
  ]
  return labelledLines(rows, width)
}

/** Prints losses and warnings, which a reader of the answer has to know. */
export function printWarnings({ diagnostics }: TraceSummary, stderr: TextOutput): void {
  const rows = diagnosticRows(diagnostics.filter(({ severity }) => severity !== 'info'))
  if (rows.length > 0) stderr.write(labelledLines(rows, stderr.columns))
}

/** Says what time was left out, and how to see it. */
export function printLeftOut({ leftOut }: TraceSummary, stderr: TextOutput): void {
  const { asleep = 0, idle = 0 } = leftOut ?? {}
  const parts = [asleep > 0 && `${duration(asleep)} asleep`, idle > 0 && `${duration(idle)} idle`]
  const text = parts.filter(Boolean).join(' and ')
  if (text !== '') stderr.write(`left out: ${text}; --sleep inline shows it\n`)
}

/** The row about filters, if there are any. */
export function filterRows(filters: string | undefined): Row[] {
  return filters === undefined ? [] : [['filters', filters]]
}

/** The rows about calls that `convert` and `info` share. */
export function contentRows({ calls, tracks, span, clock }: TraceSummary): Row[] {
  return [
    ['calls', callsText(calls)],
    ['tracks', count(tracks)],
    ['span', spanText({ span, clock })],
  ]
}

/** `86 complete, 11 incomplete` */
export function callsText(calls: CallCounts): string {
  const unclosed = (['incomplete', 'orphan'] as const).filter(kind => calls[kind] > 0)
  return ['complete' as const, ...unclosed].map(kind => `${count(calls[kind])} ${kind}`).join(', ')
}

/** `78.524 us, rebuilt from durations` */
export function spanText({ span, clock }: Pick<TraceSummary, 'span' | 'clock'>): string {
  return `${duration(span)}${clocks[clock]}`
}

/** A row for each diagnostic: what happened, how often, on which lines, and advice. Worst first. */
export function diagnosticRows(diagnostics: readonly Diagnostic[]): Row[] {
  return severities.flatMap(severity =>
    diagnostics
      .filter(diagnostic => diagnostic.severity === severity)
      .flatMap(diagnostic => [
        [severity, `${diagnosticText(diagnostic)}: ${diagnostic.advice}`] as const,
      ]),
  )
}

/** `unrecognized-lines (7, lines 3, 17, ...)`. */
function diagnosticText({ name, count: times, lines }: Diagnostic): string {
  if (!lines) return `${name} (${count(times)})`
  const more = times > lines.length ? ', ...' : ''
  return `${name} (${count(times)}, line${times > 1 ? 's' : ''} ${lines.join(', ')}${more})`
}

/** One line about losses; undefined if there are none. */
export function lossText({ diagnostics }: TraceSummary): string | undefined {
  const losses = diagnostics.filter(({ severity }) => severity === 'loss')
  return losses.length === 0 ? undefined : losses.map(diagnosticText).join(', ')
}

const severities = ['loss', 'warning', 'info'] as const

const clocks = {
  timestamps: '',
  rebuilt: ', rebuilt from durations',
  order: ', of order only',
} as const
