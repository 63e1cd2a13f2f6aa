import type { Distribution } from './distribution.js'

/**
 * The Mann-Whitney test: the probability that two sets of durations differ at least this much by
 * chance. It works on buckets, corrects for ties, and uses the normal approximation. It asks which
 * of two calls is longer and not by how much, so single outliers do not matter; to catch those, put
 * a bound on a percentile.
 */
export interface RankTest {
  /** 0 to 1; never small if there are few calls. */
  readonly probability: number
  /** The share of pairs in which the call of the second set is longer; ties count half. */
  readonly longer: number
}

/** Whether sets of these sizes are too small to differ by more than chance, whatever is in them. */
export function areTooFew(n: number, m: number): boolean {
  if (n * m === 0) return true
  // All of one set are longer than all of the other, and no two are equal.
  const deviation = Math.sqrt((n * m * (n + m + 1)) / 12)
  return bothTails(Math.max((n * m) / 2 - 0.5, 0) / deviation) > FALSE_SHARE
}

/** Undefined if one of the sets is empty. */
export function rankTest(first: Distribution, second: Distribution): RankTest | undefined {
  const [n, m] = [first.count, second.count]
  if (n === 0 || m === 0) return undefined
  const counts = bucketPairs(first, second)
  let below = 0
  let wins = 0
  let ties = 0
  for (const [own, other] of counts) {
    wins += other * (below + own / 2)
    below += own
    const tied = own + other
    ties += tied ** 3 - tied
  }
  const all = n + m
  const variance = ((n * m) / 12) * (all + 1 - ties / Math.max(all * (all - 1), 1))
  const distance = Math.max(Math.abs(wins - (n * m) / 2) - 0.5, 0)
  const probability = variance > 0 ? bothTails(distance / Math.sqrt(variance)) : 1
  return { probability, longer: wins / (n * m) }
}

/**
 * The largest probability that is significant if one in a hundred significant results may be wrong
 * (Benjamini and Hochberg), or -1 if none is. A fixed bound will not do: among a thousand functions
 * ten are below 0.01 by chance.
 */
export function significanceBound(probabilities: readonly number[]): number {
  const sorted = probabilities.toSorted((a, b) => a - b)
  const bound = sorted.findLast(
    (probability, index) => probability <= ((index + 1) / sorted.length) * FALSE_SHARE,
  )
  return bound ?? -1
}

const FALSE_SHARE = 0.01

/** The counts of both sets in each bucket, in ascending order. */
function bucketPairs(first: Distribution, second: Distribution): [number, number][] {
  const pairs = new Map<number, [number, number]>()
  for (const { from, count } of first.buckets()) pairs.set(from, [count, 0])
  for (const { from, count } of second.buckets())
    pairs.set(from, [pairs.get(from)?.[0] ?? 0, count])
  return [...pairs].sort(([a], [b]) => a - b).map(([, pair]) => pair)
}

/** The two-sided tail of the normal distribution (Abramowitz and Stegun 7.1.26). */
function bothTails(deviations: number): number {
  const x = deviations / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.min(series * Math.exp(-x * x), 1)
}
