import type { CallRow } from '../../analyze/call-row.js'
import type { Bucket } from '../../analyze/distribution.js'
import { binsOf } from '../../analyze/histogram.js'
import { metricNamed } from '../../analyze/metrics.js'
import { shown } from './shown.js'
import { type Column, fittedTable, type TableSpace } from './table.js'
import { count, counted, percentText, timeText } from './units.js'

/** A head with the figures of a row, and a bar for each bin. */
export function histogramText(title: string, row: CallRow, ns: boolean, space: TableSpace): string {
  const { width, paint } = space
  const { durations, incomplete } = row
  const time = (nanos: number) => timeText(nanos, ns).trim()
  const more = incomplete > 0 ? `, and ${count(incomplete)} without an exit` : ''
  const head = `${paint('bold', shown(title))}: ${counted(durations.count, 'call')}${more}\n`
  if (durations.count === 0) return head
  const figures = figureNames.map(name => `${name} ${time(metricNamed(name)?.of(row) as number)}`)
  const most = Math.max(...binsOf(durations).map(bin => bin.count))
  const longest = width ? Math.min(Math.max(width - BESIDE_BARS, 10), 60) : 40
  const bins = binsOf(durations, MOST_EMPTY)
  const columns: Column<Bucket>[] = [
    { head: 'FROM', align: 'right', rank: 0, text: bin => timeText(bin.from, ns) },
    { head: 'TO', align: 'right', rank: 1, text: bin => timeText(bin.to, ns) },
    { head: 'CALLS', align: 'right', rank: 0, text: bin => count(bin.count) },
    { head: '%', align: 'right', rank: 2, text: bin => percentText(bin.count / durations.count) },
    {
      head: '',
      align: 'left',
      rank: 0,
      text: bin => bar(bin.count / most, longest),
      style: () => 'cyan',
    },
  ]
  const table = fittedTable(columns, bins, space)
  return `${head}${figureLines(figures, width)}${table}`
}

const figureNames = ['min', 'p50', 'p90', 'p99', 'p99.9', 'max', 'avg', 'stddev'] as const
/** More empty bins than this become one line. */
const MOST_EMPTY = 3
/** Columns of a terminal that the rest of the table needs. */
const BESIDE_BARS = 42

/** A bar in eighths of a character. Any share above 0 is visible. */
function bar(share: number, longest: number): string {
  const eighths = Math.max(Math.round(share * longest * 8), share > 0 ? 1 : 0)
  const part = eighths % 8 === 0 ? '' : String.fromCharCode(0x2590 - (eighths % 8))
  return '█'.repeat(Math.floor(eighths / 8)) + part
}

function figureLines(figures: readonly string[], width: number | undefined): string {
  const lines = ['']
  for (const figure of figures) {
    const line = lines.at(-1) as string
    if (line === '') lines[lines.length - 1] = figure
    else if (width && line.length + 2 + figure.length > width) lines.push(figure)
    else lines[lines.length - 1] = `${line}  ${figure}`
  }
  return lines.map(line => `${line}\n`).join('')
}
