import { functionName } from '../timeline/names.js'
import type { KernelFunction } from '../timeline/sink.js'
import { CallRow } from './call-row.js'
import type { SubjectRow } from './call-statistics.js'
import { Distribution } from './distribution.js'
import type { Metric } from './metrics.js'
import { areTooFew, rankTest, significanceBound } from './rank-test.js'
import { compareNames } from './report.js'

/** A function in two traces. */
export interface Comparison {
  readonly func: KernelFunction
  /** A row without calls if the trace does not call the function. */
  readonly before: CallRow
  readonly after: CallRow
  /** The probability that durations differ this much by chance. */
  readonly probability: number
  readonly verdict: Verdict
}

export type Verdict =
  /** Its calls take longer, or shorter, and not by chance. */
  | 'slower'
  | 'faster'
  /** Chance may explain the difference. */
  | 'noise'
  /** Chance may explain any difference of so few calls. */
  | 'too few calls'
  | 'new'
  | 'gone'

/** Pairs the functions of two traces by name. */
export function comparisons(
  before: readonly SubjectRow[],
  after: readonly SubjectRow[],
): Comparison[] {
  const tested = [...pairsOf(before, after)].map(pair => ({
    ...pair,
    test: rankTest(pair.before.durations, pair.after.durations),
  }))
  const probabilities = tested.flatMap(({ test }) => (test ? [test.probability] : []))
  const bound = significanceBound(probabilities)
  return tested.map(({ test, ...pair }) => {
    const probability = test?.probability ?? 1
    const changed = test && test.longer > 0.5 ? 'slower' : 'faster'
    const unchanged = isTooSmall(pair) ? 'too few calls' : 'noise'
    const verdict = presence(pair) ?? (probability <= bound ? changed : unchanged)
    return { ...pair, probability, verdict }
  })
}

/** How a metric has changed. Without calls, counts and sums are 0, other metrics are undefined. */
export function changeOf(metric: Metric, { before, after }: Comparison): Change {
  const [from, to] = [metric.of(before), metric.of(after)]
  const difference = from === undefined || to === undefined ? undefined : to - from
  const share =
    difference === undefined || from === undefined ? undefined : shareOf(difference, from)
  return { from, to, difference, share }
}

/** Sorts by the size of a metric's change, largest first and undefined ones last; or by name. */
export function sortedComparisons(
  all: readonly Comparison[],
  metric: Metric | undefined,
): Comparison[] {
  const keyed = all.map(each => ({
    each,
    name: functionName(each.func),
    size: metric ? sizeOf(changeOf(metric, each)) : 0,
  }))
  keyed.sort((a, b) => b.size - a.size || compareNames(a.name, b.name))
  return keyed.map(({ each }) => each)
}

export interface Change {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly difference: number | undefined
  /** The difference as a share of `from`: 0.1 is 10 % more. Infinity if `from` is 0. */
  readonly share: number | undefined
}

interface Pair {
  readonly func: KernelFunction
  readonly before: CallRow
  readonly after: CallRow
}

function pairsOf(before: readonly SubjectRow[], after: readonly SubjectRow[]): Iterable<Pair> {
  const pairs = new Map<string, Pair>()
  const add = (rows: readonly SubjectRow[], side: 'before' | 'after') => {
    for (const { subject, row } of rows) {
      if (subject.by !== 'function') continue
      const name = functionName(subject.func)
      const pair = pairs.get(name) ?? { func: subject.func, before: noCalls(), after: noCalls() }
      pairs.set(name, { ...pair, [side]: row })
    }
  }
  add(before, 'before')
  add(after, 'after')
  return pairs.values()
}

function sizeOf({ difference }: Change): number {
  return difference === undefined ? -1 : Math.abs(difference)
}

function shareOf(difference: number, from: number): number {
  return difference === 0 ? 0 : difference / from
}

function presence({ before, after }: Pair): Verdict | undefined {
  if (!isPresent(before)) return 'new'
  return isPresent(after) ? undefined : 'gone'
}

function isTooSmall({ before, after }: Pair): boolean {
  return areTooFew(before.durations.count, after.durations.count)
}

function isPresent({ durations, incomplete }: CallRow): boolean {
  return durations.count + incomplete > 0
}

function noCalls(): CallRow {
  return new CallRow(0, new Distribution())
}
