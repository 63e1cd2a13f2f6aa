import { type Comparison, changeOf, type Verdict } from '../../analyze/comparison.js'
import { type Metric, type MetricName, metricNamed } from '../../analyze/metrics.js'
import { functionName } from '../../timeline/names.js'
import { changeText, shareText } from './change.js'
import type { Style } from './style.js'
import type { Column } from './table.js'
import { count, counted, timeText } from './units.js'

/** The functions of two traces side by side: the change of a call before that of all calls. */
export function comparisonColumns(ns: boolean): Column<Comparison>[] {
  const style = ({ verdict }: Comparison) => verdictStyles[verdict]
  return [
    share('avg', 1),
    fromTo('avg', 2, ns),
    share('p50', 4),
    share('p99', 5),
    fromTo('calls', 3, ns),
    difference('total', 6, ns),
    { head: 'VERDICT', align: 'left', rank: 1, text: ({ verdict }) => verdict, style },
    { head: 'FUNCTION', align: 'left', rank: 0, text: ({ func }) => functionName(func) },
  ]
}

/** The difference between two traces in one sentence. `all` is sorted by certainty. */
export function conclusionText(all: readonly Comparison[]): string {
  if (all.every(isSame))
    return 'The traces are the same: every function has the same calls and times.'
  const of = (verdict: Verdict) => all.filter(each => each.verdict === verdict)
  const changed = (['slower', 'faster'] as const).flatMap(verdict => {
    const [first, ...others] = of(verdict)
    if (!first) return []
    const { share = 0 } = changeOf(metricNamed('avg') as Metric, first)
    const name = `${functionName(first.func)} (${shareText(share)} per call)`
    return [
      others.length === 0
        ? `${name} is ${verdict}`
        : `${counted(others.length + 1, 'function')} are ${verdict}, most of all ${name}`,
    ]
  })
  const main =
    changed.length > 0 ? changed : ['No function is slower or faster by more than chance explains']
  const rest = (['new', 'gone'] as const).flatMap(verdict => {
    const { length } = of(verdict)
    return length > 0 ? [`${count(length)} ${verdict}`] : []
  })
  const few = of('too few calls').length
  const doubt = few > 0 ? [`${count(few)} called too rarely to tell`] : []
  return `${[...main, ...rest, ...doubt].join('; ')}.`
}

function isSame({ before, after }: Comparison): boolean {
  const figures = ({ durations, incomplete, total, self }: Comparison['before']) =>
    [durations.count, durations.sum, durations.min, durations.max, incomplete, total, self].join()
  return figures(before) === figures(after)
}

const verdictStyles = {
  slower: 'red',
  faster: 'green',
  new: 'cyan',
  gone: 'cyan',
  'too few calls': 'dim',
  noise: 'dim',
} as const satisfies Record<Verdict, Style>

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
