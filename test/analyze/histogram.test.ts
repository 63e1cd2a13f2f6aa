import { describe, expect, test } from 'vitest'
import { Distribution } from '../../src/analyze/distribution.js'
import { binsOf, LinearDistribution, withGaps } from '../../src/analyze/histogram.js'
import { randomIntegers } from './random-timeline.js'

const random = randomIntegers(5)
const values = [
  0,
  1,
  2,
  3,
  2047,
  2048,
  ...Array.from({ length: 3000 }, () => random(10 ** random(10))),
]

test('doublings', () => {
  for (const { from, to, count } of binsOf(filled(new Distribution()))) {
    expect(to).toBe(from === 0 ? 1 : from * 2)
    expect(count).toBe(values.filter(value => value >= from && value < to).length)
  }
})

test('bins of one width, of all and of two parts', () => {
  const [first, second] = [new LinearDistribution(750), new LinearDistribution(750)]
  values.forEach((value, index) => {
    if (index % 2) first.add(value)
    else second.add(value)
  })
  first.merge(second)
  expect(binsOf(first)).toEqual(binsOf(filled(new LinearDistribution(750))))
  for (const { from, to, count } of binsOf(first)) {
    expect([from % 750, to - from]).toEqual([0, 750])
    expect(count).toBe(values.filter(value => value >= from && value < to).length)
  }
  expect(binsOf(first).reduce((sum, { count }) => sum + count, 0)).toBe(values.length)
})

describe('what is empty between bins', () => {
  const bounds = (of: Distribution) => withGaps(binsOf(of), 3).map(({ from, to }) => [from, to])

  test('of one width', () => {
    expect(bounds(filled(new LinearDistribution(10), [5, 35, 1000]))).toEqual([
      [0, 10],
      [10, 20],
      [20, 30],
      [30, 40],
      [40, 1000],
      [1000, 1010],
    ])
  })

  test('of doublings', () => {
    expect(bounds(filled(new Distribution(), [0, 5, 1000]))).toEqual([
      [0, 1],
      [1, 2],
      [2, 4],
      [4, 8],
      [8, 512],
      [512, 1024],
    ])
  })
})

function filled(distribution: Distribution, own: readonly number[] = values): Distribution {
  for (const value of own) distribution.add(value)
  return distribution
}
