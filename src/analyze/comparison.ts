import { functionName } from '../timeline/names.js'
import type { KernelFunction } from '../timeline/sink.js'
import { CallRow } from './call-row.js'
import type { SubjectRow } from './call-statistics.js'
import { Distribution } from './distribution.js'
import { type Metric, possibleValues } from './metrics.js'
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
  if (from === undefined || to === undefined) return { from, to, ...unknownChange }
  return { from, to, ...between(from, to) }
}

/** How a metric may have changed, where it is estimated; none if it is missing in a trace. */
export function possibleChanges(metric: Metric, { before, after }: Comparison): Difference[] {
  const later = possibleValues(metric, after)
  return possibleValues(metric, before).flatMap(from => later.map(to => between(from, to)))
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

/**
 * What is certain first: slower and faster ones, then new and gone ones, then what chance may explain. In
 * each of these, the most time first, as if calls were as many before as after.
 */
export function byCertainty(all: readonly Comparison[]): Comparison[] {
  const keyed = all.map(each => ({
    each,
    rank: certainty.indexOf(each.verdict),
    time: timeOf(each),
    name: functionName(each.func),
  }))
  keyed.sort((a, b) => a.rank - b.rank || b.time - a.time || compareNames(a.name, b.name))
  return keyed.map(({ each }) => each)
}

const certainty: readonly Verdict[] = ['slower', 'faster', 'new', 'gone', 'noise', 'too few calls']

/** How much time the change of a call makes in all; the time of a function that is new or gone. */
function timeOf({ before, after, verdict }: Comparison): number {
  if (verdict === 'new') return after.total
  if (verdict === 'gone') return before.total
  const calls = Math.max(before.durations.count, after.durations.count)
  return calls === 0 ? 0 : Math.abs(after.durations.mean - before.durations.mean) * calls || 0
}

export interface Change {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly difference: number | undefined
  /** The difference as a share of `from`: 0.1 is 10 % more. Infinity if `from` is 0. */
  readonly share: number | undefined
}

/** The `difference` and `share` of a change, both of which are known. */
export interface Difference {
  readonly difference: number
  readonly share: number
}

const unknownChange = { difference: undefined, share: undefined }

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

function between(from: number, to: number): Difference {
  const difference = to - from
  return { difference, share: difference === 0 ? 0 : difference / from }
}

function presence({ before, after }: Pair): Verdict | undefined {
  if (!isPresent(before)) return 'new'
  return isPresent(after) ? undefined : 'gone'
}

function isTooSmall({ before, after }: Pair): boolean {
  return areTooFew(before.durations.count, after.durations.count)
}

/** Whether a trace calls the function. */
export function isPresent({ durations, incomplete }: CallRow): boolean {
  return durations.count + incomplete > 0
}

/** The row of a function that a trace does not call. */
export function noCalls(): CallRow {
  return new CallRow(0, new Distribution())
}
