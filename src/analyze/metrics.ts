import type { Nanos } from '../timeline/sink.js'
import type { CallRow } from './call-row.js'
import type { Estimate } from './distribution.js'

/** A number of a row. */
export interface Metric {
  readonly name: string
  /** A number of calls, or nanoseconds. */
  readonly unit: 'calls' | 'ns'
  readonly summary: string
  /** Undefined if the row has no such number: without a measured call there is no average. */
  of(row: CallRow): number | undefined
  /** Between which numbers the exact one lies, where `of` is an estimate. */
  estimate?(row: CallRow): Estimate | undefined
}

export const metrics = [
  {
    name: 'calls',
    unit: 'calls',
    summary: 'calls whose duration is printed',
    of: ({ durations }) => durations.count,
  },
  {
    name: 'incomplete',
    unit: 'calls',
    summary: 'calls whose exit is not in the trace',
    of: ({ incomplete }) => incomplete,
  },
  {
    name: 'duration',
    unit: 'ns',
    summary: 'plain sum of the durations',
    of: ({ durations }) => durations.sum,
  },
  {
    name: 'total',
    unit: 'ns',
    summary:
      'time in these calls, each moment once; a call without an exit adds what is seen in it',
    of: ({ total }) => total,
  },
  {
    name: 'self',
    unit: 'ns',
    summary: 'time in these calls outside of their callees',
    of: ({ self }) => self,
  },
  {
    name: 'min',
    unit: 'ns',
    summary: 'shortest duration',
    of: measured(({ durations }) => durations.min),
  },
  {
    name: 'max',
    unit: 'ns',
    summary: 'longest duration',
    of: measured(({ durations }) => durations.max),
  },
  {
    name: 'avg',
    unit: 'ns',
    summary: 'average duration',
    of: measured(({ durations }) => durations.mean),
  },
  { ...percentile('50'), summary: 'median duration' },
  percentile('90'),
  percentile('99'),
  {
    name: 'stddev',
    unit: 'ns',
    summary: 'standard deviation of the durations',
    of: measured(({ durations }) => durations.deviation),
  },
  {
    name: 'errors',
    unit: 'calls',
    summary: 'calls that returned an errno, of those whose return value is in the trace',
    of: ({ returns, errors }) => (returns > 0 ? errors : undefined),
  },
] as const satisfies readonly Metric[]

export type MetricName = (typeof metrics)[number]['name']

/** Finds a metric by name. `p` with any percentage is one, such as `p99.9`. */
export function metricNamed(name: string): Metric | undefined {
  const [, percent] = /^p(\d\d?(?:\.\d+)?|100)$/.exec(name) ?? []
  return metrics.find(metric => metric.name === name) ?? (percent ? percentile(percent) : undefined)
}

/**
 * A row's number, and the bounds of the exact one if it is an estimate; empty if there is none. An
 * order holds for the exact number if it holds for all of these, and may hold if it does for any.
 */
export function possibleValues({ of, estimate }: Metric, row: CallRow): number[] {
  const estimated = estimate?.(row)
  if (estimated) return [estimated.value, estimated.least, estimated.most]
  const value = of(row)
  return value === undefined ? [] : [value]
}

/** The list of names for error messages. */
export const metricNames = `${metrics.map(({ name }) => name).join(', ')}, or p with any percentage such as p99.9`

function percentile(percent: string) {
  const share = Number(percent) / 100
  const estimate = ({ durations }: CallRow) =>
    durations.count > 0 ? durations.quantile(share) : undefined
  return {
    name: `p${percent}`,
    unit: 'ns',
    summary: `${percent} % of the calls take no longer; of more than 4096 calls, within 1 %`,
    of: (row: CallRow) => estimate(row)?.value,
    estimate,
  } as const
}

function measured(of: (row: CallRow) => Nanos): Metric['of'] {
  return row => (row.durations.count > 0 ? of(row) : undefined)
}
