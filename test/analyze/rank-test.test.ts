import { describe, expect, test } from 'vitest'
import { Distribution } from '../../src/analyze/distribution.js'
import { rankTest, significanceBound } from '../../src/analyze/rank-test.js'
import { randomIntegers } from './random-timeline.js'

// Probabilities as scipy.stats.mannwhitneyu(a, b, method='asymptotic', use_continuity=True) has them.
describe('probability and direction', () => {
  test.each([
    ['all shorter', [1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0.012186, 1],
    ['all longer', [6, 7, 8, 9, 10], [1, 2, 3, 4, 5], 0.012186, 0],
    ['with ties', [1, 2, 2, 3, 3, 3], [2, 3, 3, 4, 4, 5], 0.078403, 29 / 36],
    ['the same', [5, 5, 5], [5, 5, 5], 1, 0.5],
    ['one each', [1], [100], 1, 1],
    ['three each', [1, 2, 3], [4, 5, 6], 0.080856, 1],
  ])('%s', (_, first, second, probability, longer) => {
    const result = rankTest(distributionOf(first), distributionOf(second))
    expect(result?.probability).toBeCloseTo(probability, 3)
    expect(result?.longer).toBe(longer)
  })
})

test('there is no test of nothing', () => {
  expect(rankTest(new Distribution(), distributionOf([1]))).toBeUndefined()
})

test('of equal distributions few seem to differ, of others most', () => {
  const random = randomIntegers(3)
  const sample = (factor: number) =>
    distributionOf(Array.from({ length: 200 }, () => (1000 + random(5000)) * factor))
  const count = (factor: number) =>
    Array.from({ length: 200 }, () => rankTest(sample(1), sample(factor))).filter(
      result => (result?.probability as number) < 0.05,
    ).length
  expect(count(1)).toBeLessThan(22)
  expect(count(1.3)).toBeGreaterThan(190)
})

test('the bound goes down with the number of tests', () => {
  expect(significanceBound([0.009])).toBe(0.009)
  expect(significanceBound([0.009, ...new Array(99).fill(0.5)])).toBe(-1)
  expect(significanceBound([0.00009, 0.0001, ...new Array(98).fill(0.5)])).toBe(0.0001)
  expect(significanceBound([])).toBe(-1)
})

function distributionOf(values: readonly number[]): Distribution {
  const distribution = new Distribution()
  for (const value of values) distribution.add(value)
  return distribution
}
