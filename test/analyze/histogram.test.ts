import { describe, expect, test } from 'vitest'
import { BinnedDistribution, equalBins, roundBins } from '../../src/analyze/histogram.js'
import { randomIntegers } from './random-timeline.js'

const random = randomIntegers(5)
const values = [
  0,
  1,
  2,
  3,
  999,
  1000,
  1999,
  2000,
  ...Array.from({ length: 3000 }, () => random(10 ** random(10))),
]

test('round bins hold 1, 2 and 5 times powers of ten', () => {
  expect(Array.from({ length: 8 }, (_, bin) => roundBins.from(bin))).toEqual([
    0, 1, 2, 5, 10, 20, 50, 100,
  ])
  for (const value of [0, 0.5, 1, 4, 5, 9, 10, 999, 1000, 1e15 - 1, 1e15]) {
    const bin = roundBins.numberOf(value)
    expect(value).toBeGreaterThanOrEqual(roundBins.from(bin))
    expect(value).toBeLessThan(roundBins.from(bin + 1))
  }
})

test.each([
  ['round', roundBins],
  ['equal', equalBins(750)],
])('%s bins, of all and of two parts', (_, bins) => {
  const [first, second] = [new BinnedDistribution(bins), new BinnedDistribution(bins)]
  values.forEach((value, index) => {
    if (index % 2) first.add(value)
    else second.add(value)
  })
  first.merge(second)
  expect(first.bins()).toEqual(filled(new BinnedDistribution(bins)).bins())
  for (const { from, to, count } of first.bins()) {
    expect(count).toBe(values.filter(value => value >= from && value < to).length)
  }
  expect(first.bins().reduce((sum, { count }) => sum + count, 0)).toBe(values.length)
})

describe('empty bins between others', () => {
  const bounds = (of: BinnedDistribution, mostEmpty: number) =>
    of.bins(mostEmpty).map(({ from, to, count }) => [from, to, count])

  test('of one width', () => {
    const distribution = filled(new BinnedDistribution(equalBins(10)), [5, 35, 1000])
    expect(bounds(distribution, 3)).toEqual([
      [0, 10, 1],
      [10, 20, 0],
      [20, 30, 0],
      [30, 40, 1],
      [40, 1000, 0],
      [1000, 1010, 1],
    ])
    expect(bounds(distribution, 0).map(([from]) => from)).toEqual([0, 30, 1000])
  })

  test('of round ones', () => {
    expect(bounds(filled(new BinnedDistribution(roundBins), [0, 5, 1000]), 3)).toEqual([
      [0, 1, 1],
      [1, 2, 0],
      [2, 5, 0],
      [5, 10, 1],
      [10, 1000, 0],
      [1000, 2000, 1],
    ])
  })
})

function filled(
  distribution: BinnedDistribution,
  own: readonly number[] = values,
): BinnedDistribution {
  for (const value of own) distribution.add(value)
  return distribution
}
