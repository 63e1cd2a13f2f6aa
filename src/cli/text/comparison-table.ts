import { type Comparison, changeOf } from '../../analyze/comparison.js'
import { type Metric, type MetricName, metricNamed } from '../../analyze/metrics.js'
import { functionName } from '../../timeline/names.js'
import { changeText, shareText } from './change.js'
import type { Style } from './style.js'
import { type Column, fittedTable, type TableSpace } from './table.js'
import { count, counted, timeText } from './units.js'

/** The functions of two traces side by side. */
export function comparisonTable(
  rows: readonly Comparison[],
  ns: boolean,
  space: TableSpace,
): string {
  return fittedTable(columnsOf(ns), rows, space)
}

/** `5 functions: 1 new, 1 gone, 3 noise (no more than chance explains)`. */
export function verdictsText(all: readonly Comparison[]): string {
  const parts = (Object.keys(verdictStyles) as Comparison['verdict'][]).flatMap(verdict => {
    const number = all.filter(each => each.verdict === verdict).length
    return number > 0 ? [`${count(number)} ${verdict}${notes[verdict] ?? ''}`] : []
  })
  return `${counted(all.length, 'function')}: ${parts.join(', ')}`
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
  'too few calls': 'dim',
  noise: 'dim',
} as const satisfies Record<Comparison['verdict'], Style>

const notes: Partial<Record<Comparison['verdict'], string>> = {
  'too few calls': ' (to tell a difference from chance)',
  noise: ' (no more than chance explains)',
}

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
