/** The table of `report`, `top` and the like. */
import type { CallRow, GroupedBy } from '../../analyze/call-row.js'
import type { SubjectRow } from '../../analyze/call-statistics.js'
import { type Metric, type MetricName, metricNamed } from '../../analyze/metrics.js'
import { subjectName } from '../../analyze/report.js'
import type { Nanos } from '../../timeline/sink.js'
import type { Column } from './table.js'
import { count, percentText, timeText } from './units.js'

/** What a table shows. */
export interface ReportView {
  readonly by: GroupedBy
  /** What its rows are sorted by; undefined for names. */
  readonly sort: Metric | undefined
  /** The columns; by default as many as fit, and the share of all time. */
  readonly chosen?: readonly Metric[] | undefined
  /** The time of the calls that are not inside another one. */
  readonly outermost: Nanos
  /** Times in plain nanoseconds. */
  readonly ns: boolean
  /** Whether calls returned errors: then there is a column for them. */
  readonly hasErrors: boolean
}

export function reportColumns(view: ReportView): Column<SubjectRow>[] {
  const { by, sort, chosen, outermost } = view
  const share = chosen ? [] : [shareColumn(sort, outermost)]
  return [...share, ...numberColumns(view), nameColumn(by)]
}

/** The columns in order, with their ranks: if there is no room, high ranks go first. */
const usualColumns = [
  ['total', 2],
  ['self', 3],
  ['calls', 1],
  ['errors', 3],
  ['avg', 4],
  ['min', 9],
  ['p50', 7],
  ['p90', 8],
  ['p99', 5],
  ['max', 6],
  ['stddev', 10],
  ['incomplete', 11],
] as const satisfies (readonly [MetricName, number])[]

/** How much of all time a row has: of its self time, if the table is sorted by that. */
function shareColumn(sort: Metric | undefined, whole: Nanos): Column<SubjectRow> {
  const timeOf = ({ self, total }: CallRow) => (sort?.name === 'self' ? self : total)
  const text = ({ row }: SubjectRow) => (whole > 0 ? percentText(timeOf(row) / whole) : '-')
  return { head: '%', align: 'right', rank: 2, text }
}

function numberColumns({ chosen, ns, hasErrors }: ReportView): Column<SubjectRow>[] {
  const usual = usualColumns.filter(([name]) => name !== 'errors' || hasErrors)
  const ranked = chosen
    ? chosen.map((metric, rank) => ({ metric, rank }))
    : usual.map(([name, rank]) => ({ metric: metricNamed(name) as Metric, rank }))
  return ranked.map(({ metric, rank }) => ({
    head: metric.name.toUpperCase(),
    align: 'right',
    rank,
    text: ({ row }) => numberText(metric, row, ns),
  }))
}

function nameColumn(by: GroupedBy): Column<SubjectRow> {
  return { head: heads[by], align: 'left', rank: 0, text: each => subjectName(each.subject) }
}

const heads = {
  function: 'FUNCTION',
  caller: 'FUNCTION < CALLER',
  module: 'MODULE',
  task: 'TASK',
  cpu: 'CPU',
  context: 'CONTEXT',
} as const satisfies Record<GroupedBy, string>

function numberText(metric: Metric, row: CallRow, ns: boolean): string {
  const value = metric.of(row)
  if (value === undefined) return '-'
  if (metric.unit === 'calls') return count(value)
  if (metric.name !== 'total' || row.incomplete === 0) return timeText(value, ns)
  return value > 0 ? `≥ ${timeText(value, ns)}` : '-'
}
