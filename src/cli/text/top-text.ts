/** What `top` shows each second. */
import type { CallRow, GroupedBy } from '../../analyze/call-row.js'
import type { CallStatistics } from '../../analyze/call-statistics.js'
import type { Metric } from '../../analyze/metrics.js'
import { sortedRows } from '../../analyze/report.js'
import { reportColumns } from './report-table.js'
import { fittedTable, type TableSpace } from './table.js'
import { count, counted } from './units.js'

/** What has come in a second, and since the start. */
export interface Moment {
  readonly seconds: number
  readonly recent: CallStatistics
  readonly whole: CallStatistics
  /** Events that were lost. */
  readonly lost: { readonly recent: number; readonly whole: number }
}

/** How it is shown. */
export interface TopView {
  readonly by: GroupedBy
  readonly sort: Metric
  readonly ns: boolean
  readonly isPaused: boolean
}

/** `   3 s  48,211 calls in the last second, 120 events lost (4,000 since the start)` */
export function topStatus({ seconds, recent, lost }: Moment): string {
  const calls = sumOf(recent, ({ durations, incomplete }) => durations.count + incomplete)
  const losses =
    lost.whole > 0
      ? `, ${counted(lost.recent, 'event')} lost (${count(lost.whole)} since the start)`
      : ''
  return `${String(seconds).padStart(4)} s  ${counted(calls, 'call')} in the last second${losses}`
}

/** A table of statistics with so many rows at most. */
export function topTable(
  statistics: CallStatistics,
  view: TopView,
  limit: number,
  space: TableSpace,
): string {
  const { by, sort, ns } = view
  const all = statistics.rows()
  const rows = sortedRows(all, sort).slice(0, limit)
  const hasErrors = all.some(({ row }) => row.errors > 0)
  // Calls that are open have no durations yet, so that nothing is outermost: these are the times of all that ended.
  const outermost = sumOf(statistics, row => row.self)
  return fittedTable(reportColumns({ by, sort, outermost, ns, hasErrors }), rows, space)
}

/** Lines that are for no rows: the status, two titles, two heads, two blank lines, the keys. */
const OTHER_LINES = 8

/** A page of a terminal: both tables, with what the keys do. */
export function topPage(moment: Moment, view: TopView, rows: number, space: TableSpace): string {
  const { paint } = space
  const limit = Math.max(Math.floor((rows - OTHER_LINES) / 2), 1)
  const table = (statistics: CallStatistics) => {
    const lines = topTable(statistics, view, limit, space).trimEnd().split('\n')
    return [...lines, ...Array(limit + 1 - lines.length).fill('')]
  }
  return [
    topStatus(moment),
    paint('dim', 'last second'),
    ...table(moment.recent),
    '',
    paint('dim', 'since the start'),
    ...table(moment.whole),
    '',
    keysText(view),
  ].join('\n')
}

function keysText({ sort, isPaused }: TopView): string {
  const pause = isPaused ? 'space goes on' : 'space pauses'
  return `q quits  ${pause}  f functions  t tasks  m modules  s sorted by ${sort.name}`
}

function sumOf(statistics: CallStatistics, number: (row: CallRow) => number): number {
  return statistics.rows().reduce((sum, { row }) => sum + number(row), 0)
}
