import { expect, test } from 'vitest'
import type { MergedCalls } from '../../src/analyze/merged-calls.js'
import { compared, moreOf, TypicalCalls } from '../../src/analyze/typical-calls.js'

/** A call of function 1 that calls function 2, which takes `inner` of `total`. */
function tree(total: number, inner: number): MergedCalls {
  const callee = { func: 2, calls: 1, total: inner, self: inner, next: [] }
  return { func: 1, calls: 1, total, self: total - inner, next: [callee] }
}

test('is the middle of all calls, whatever the others are', () => {
  const typical = new TypicalCalls()
  for (const total of [100, 1, 102, 98, 90_000]) typical.offer(1, () => tree(total, total / 2))
  expect(typical.of(1)).toEqual({ calls: 5, tree: tree(100, 50) })
})

test('of many calls, a sample tells it as exactly as it must', () => {
  const typical = new TypicalCalls()
  for (let i = 0; i < 10_000; i++) typical.offer(1, () => tree(1000 + ((i * 7919) % 1000), 0))
  expect(typical.of(1)?.calls).toBe(10_000)
  expect(Math.abs((typical.of(1)?.tree.total ?? 0) - 1500)).toBeLessThan(100)
})

test('nothing is typical of two calls', () => {
  const typical = new TypicalCalls()
  for (const total of [1, 2]) typical.offer(1, () => tree(total, 0))
  expect(typical.of(1)).toBeUndefined()
  expect(typical.of(2)).toBeUndefined()
})

test('what takes more than typically stands first', () => {
  const extra = { func: 3, calls: 1, total: 500, self: 500, next: [] }
  const slow = { ...tree(700, 60), next: [...tree(700, 60).next, extra] }
  const { next, typical } = compared(slow, tree(100, 50))
  expect(typical).toEqual({ total: 100, self: 50 })
  expect(next.map(call => [call.func, moreOf(call)])).toEqual([
    [3, 500],
    [2, 10],
  ])
})
