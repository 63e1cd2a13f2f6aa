import type { Distribution } from './distribution.js'

/**
 * How likely it is that two sets of durations differ as much as these do if in truth nothing
 * changed: the Mann-Whitney test, on buckets, with the correction for ties and by the normal
 * distribution. It asks which of two calls is longer, not by how much, so single outliers do not
 * matter; a bound on a percentile is what looks at them.
 */
export interface RankTest {
  /** 0 to 1; of few calls it is never small. */
  readonly probability: number
  /** How often a call of the second is longer than one of the first, equal ones counting half. */
  readonly longer: number
}

/** Undefined where one of them is empty. */
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
 * Up to which probability tests tell of a difference, when of those that do a hundredth may be wrong
 * (Benjamini and Hochberg): among a thousand functions ten are below 0.01 by chance. -1 if none do.
 */
export function significanceBound(probabilities: readonly number[]): number {
  const sorted = probabilities.toSorted((a, b) => a - b)
  const bound = sorted.findLast(
    (probability, index) => probability <= ((index + 1) / sorted.length) * FALSE_SHARE,
  )
  return bound ?? -1
}

const FALSE_SHARE = 0.01

/** How many of each are in the same bucket, from the shortest to the longest. */
function bucketPairs(first: Distribution, second: Distribution): [number, number][] {
  const pairs = new Map<number, [number, number]>()
  for (const { from, count } of first.buckets()) pairs.set(from, [count, 0])
  for (const { from, count } of second.buckets())
    pairs.set(from, [pairs.get(from)?.[0] ?? 0, count])
  return [...pairs].sort(([a], [b]) => a - b).map(([, pair]) => pair)
}

/** Of the normal distribution, what is further from its middle (Abramowitz and Stegun 7.1.26). */
function bothTails(deviations: number): number {
  const x = deviations / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.min(series * Math.exp(-x * x), 1)
}
