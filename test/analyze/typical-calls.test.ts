import { expect, test } from 'vitest'
import type { MergedCalls } from '../../src/analyze/merged-calls.js'
import { compared, TypicalCalls } from '../../src/analyze/typical-calls.js'
import { randomIntegers } from './random-timeline.js'

test('the mean of the middle fifth, part by part', () => {
  const typical = new TypicalCalls()
  // Of ten calls those with 50 and 60: one calls function 2, the other one function 3.
  for (const total of [10, 90, 20, 60, 30, 50, 40, 70, 80, 100]) {
    const func = total === 50 ? 2 : 3
    typical.offer(1, () => call(1, total, [call(func, 20)]))
  }
  expect(typical.of(1)).toEqual({
    calls: 10,
    tree: { ...call(1, 55), self: 35, next: [call(2, 10), call(3, 10)] },
  })
  expect(typical.of(2)).toBeUndefined()
})

test('of few calls nothing is typical', () => {
  const typical = new TypicalCalls()
  typical.offer(1, () => call(1, 10))
  typical.offer(1, () => call(1, 10))
  expect(typical.of(1)).toBeUndefined()
  typical.offer(1, () => call(1, 10))
  expect(typical.of(1)).toMatchObject({ calls: 3, tree: { total: 10 } })
})

test('a sample of many calls has their median, whatever their order', () => {
  const orders: ((index: number) => number)[] = [
    index => index,
    index => 20_000 - index,
    index => (index * 7919) % 20_000,
  ]
  for (const order of orders) {
    const typical = new TypicalCalls()
    let trees = 0
    for (let index = 0; index < 20_000; index++) {
      typical.offer(1, () => {
        trees++
        return call(1, order(index))
      })
    }
    const { tree } = typical.of(1) as { tree: MergedCalls }
    expect(Math.abs(tree.total - 10_000)).toBeLessThan(2000)
    // Few trees are made in vain: 255 × (1 + ln(20000 / 255)).
    expect(trees).toBeLessThan(1700)
  }
})

test('what a call takes more is the sum of what its parts do', () => {
  const random = randomIntegers(7)
  const tree = (depth: number): MergedCalls => {
    const next =
      depth === 0 ? [] : [2, 3, 4].slice(random(3)).map(func => ({ ...tree(depth - 1), func }))
    const self = random(1000)
    return {
      func: 1,
      calls: 1,
      self,
      next,
      total: next.reduce((sum, { total }) => sum + total, self),
    }
  }
  const check = (node: ReturnType<typeof compared>) => {
    const more = node.next.reduce((sum, each) => sum + each.total - each.typical.total, 0)
    expect(node.self - node.typical.self + more).toBe(node.total - node.typical.total)
    const differences = node.next.map(({ total, typical }) => total - typical.total)
    expect(differences).toEqual(differences.toSorted((a, b) => b - a))
    node.next.forEach(check)
  }
  for (let round = 0; round < 20; round++) check(compared(tree(3), tree(3)))
})

function call(func: number, total: number, next: MergedCalls[] = []): MergedCalls {
  const inside = next.reduce((sum, callee) => sum + callee.total, 0)
  return { func, calls: 1, total, self: total - inside, next }
}
