import { expect, test } from 'vitest'
import { base64 } from '../../src/base/base64.js'

test('as Node has it, at every length', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 97) >> 2)
  for (let length = 0; length < 100; length++) {
    const some = bytes.subarray(length, 2 * length)
    expect(Buffer.from(base64(some)).toString()).toBe(Buffer.from(some).toString('base64'))
  }
  expect(Buffer.from(base64(bytes)).toString()).toBe(Buffer.from(bytes).toString('base64'))
})
