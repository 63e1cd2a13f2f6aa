import { describe, expect, test } from 'vitest'
import { Distribution } from '../../src/analyze/distribution.js'
import { randomIntegers } from './random-timeline.js'

const random = randomIntegers(7)
const samples: Record<string, number[]> = {
  'one value': [78_524],
  'zero among them': [0, 0, 1],
  'every small value': Array.from({ length: 300 }, (_, value) => value),
  'powers of two and their neighbours': Array.from({ length: 50 }, (_, power) => [
    2 ** power - 1,
    2 ** power,
    2 ** power + 1,
  ]).flat(),
  'nanoseconds to minutes': Array.from({ length: 5000 }, () => random(10 ** (1 + random(11)))),
  'close together and long': Array.from({ length: 1000 }, () => 5e9 + random(1000)),
}

describe.each(Object.entries(samples))('%s', (_, values) => {
  const sorted = values.toSorted((a, b) => a - b)
  const all = distributionOf(values)
  const half = values.length >> 1
  const joined = distributionOf(values.slice(0, half))
  joined.merge(distributionOf(values.slice(half)))

  test.each([
    ['of all', all],
    ['of two parts', joined],
  ])('exact figures %s', (_, { count, sum, min, max, mean, deviation }) => {
    const exactMean = values.reduce((total, value) => total + value, 0) / values.length
    const squares = values.reduce((total, value) => total + (value - exactMean) ** 2, 0)
    expect(count).toBe(values.length)
    expect(sum).toBe(values.reduce((total, value) => total + value, 0))
    expect(min).toBe(sorted[0])
    expect(max).toBe(sorted.at(-1))
    expect(mean).toBe(exactMean)
    const exact = Math.sqrt(squares / values.length)
    expect(Math.abs(deviation - exact)).toBeLessThanOrEqual(1e-6 * exact)
  })

  test.each([0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1])('quantile %d', share => {
    const exact = sorted[Math.max(Math.ceil(share * sorted.length), 1) - 1]
    for (const distribution of [all, joined]) {
      const { value, least, most } = distribution.quantile(share)
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(values.length > 4096 ? exact / 100 : 0)
      expect(exact).toBeGreaterThanOrEqual(least)
      expect(exact).toBeLessThanOrEqual(most)
    }
  })

  test('buckets hold what lies between their bounds', () => {
    const buckets = [...all.buckets()]
    for (const { from, to, count } of buckets) {
      expect(values.filter(value => value >= from && value < to).length).toBe(count)
      expect(from.toString(2).length).toBe((to - 1).toString(2).length)
    }
    expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(values.length)
  })
})

test('merging nothing, and into nothing', () => {
  const empty = new Distribution()
  empty.merge(new Distribution())
  expect(empty.count).toBe(0)
  empty.merge(distributionOf([5, 7]))
  empty.merge(new Distribution())
  expect([empty.count, empty.min, empty.max, empty.deviation]).toEqual([2, 5, 7, 1])
})

function distributionOf(values: readonly number[]): Distribution {
  const distribution = new Distribution()
  for (const value of values) distribution.add(value)
  return distribution
}
