import { expect, test } from 'vitest'
import { base64 } from '../../src/base/base64.js'

function encoded(bytes: Uint8Array): string {
  const text = new Uint8Array(2 * bytes.length + 4).fill(0x21)
  return Buffer.from(text.subarray(0, base64(bytes, text))).toString()
}

test('as Node has it, at every length', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 97) >> 2)
  for (let length = 0; length < 100; length++) {
    const some = bytes.subarray(length, 2 * length)
    expect(encoded(some)).toBe(Buffer.from(some).toString('base64'))
  }
  expect(encoded(bytes)).toBe(Buffer.from(bytes).toString('base64'))
})
