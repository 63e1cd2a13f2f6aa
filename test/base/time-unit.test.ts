import { expect, test } from 'vitest'
import { timeUnit } from '../../src/base/time-unit.js'

test('a time has the largest unit in which it is 1 or more', () => {
  const times = [0, 1, 999, 1000, 999_999, 1e6, 999_999_999, 1e9, 1e12]
  const names = times.map(time => timeUnit(time)[0])
  expect(names).toEqual(['ns', 'ns', 'ns', 'µs', 'µs', 'ms', 'ms', 's', 's'])
})
