import { describe, expect, test } from 'vitest'
import { compare, parseCondition } from '../../src/analyze/condition.js'
import { parseDuration } from '../../src/timeline/duration-text.js'
import { functionPattern, similarNames } from '../../src/timeline/function-pattern.js'

describe('durations as people write them', () => {
  test.each([
    ['0', 0],
    ['250', undefined],
    ['20us', 20_000],
    ['20 us', 20_000],
    ['1.5ms', 1_500_000],
    ['2s', 2e9],
    ['10µs', 10_000],
    ['1m', undefined],
    ['1min', 60e9],
    ['0.5ns', 1],
    ['', undefined],
    ['us', undefined],
    ['5 parsecs', undefined],
    ['-5us', undefined],
    ['1e3us', undefined],
  ])('%s', (text, nanos) => {
    expect(parseDuration(text)).toBe(nanos)
  })
})

describe('conditions', () => {
  test.each([
    ['p99(tcp_sendmsg) < 20us', 'p99', 'tcp_sendmsg', '<', { kind: 'value', value: 20_000 }],
    ['calls(fsync)==0', 'calls', 'fsync', '==', { kind: 'value', value: 0 }],
    ['calls( a ) >= 1,000', 'calls', 'a', '>=', { kind: 'value', value: 1000 }],
    ['p99.9(a [b]) != 1s', 'p99.9', 'a [b]', '!=', { kind: 'value', value: 1e9 }],
    ['avg(tcp_*) > +10%', 'avg', 'tcp_*', '>', { kind: 'share', value: 0.1 }],
    ['avg(a) < -5 %', 'avg', 'a', '<', { kind: 'share', value: -0.05 }],
    ['max(a) > +5us', 'max', 'a', '>', { kind: 'change', value: 5000 }],
    ['calls(a) <= -3', 'calls', 'a', '<=', { kind: 'change', value: -3 }],
    ['self(/^(a|b)$/) < 1us', 'self', '/^(a|b)$/', '<', { kind: 'value', value: 1000 }],
  ])('%s', (text, metric, functions, operator, bound) => {
    const condition = parseCondition(text, ['value', 'share', 'change'])
    expect(condition).toMatchObject({ text, functions, operator, bound })
    expect(condition.metric.name).toBe(metric)
  })

  test.each([
    ['p99 < 20us', /not a condition; the form is 'p99/],
    ['p99(a) < ', /not a condition/],
    ['p99(a) = 5us', /not a condition/],
    ['size(a) < 5us', /size is not one of calls/],
    ['p101(a) < 5us', /p101 is not one of/],
    ['p99(a) < fast', /p99 cannot be compared with fast/],
    ['calls(a) < 5us', /calls cannot be compared with 5us/],
    ['p99(a) < 10%', /p99 cannot be compared with 10%/],
    ['p99(a) < 20', /'20' has no unit; write 20us, or ns, ms or s/],
    ['p99(a) < 5m', /'5m' may mean two things; write 5ms or 5min/],
    ['p99(/(/) < 1us', /not a valid regular expression/],
  ])('%s is refused', (text, message) => {
    expect(() => parseCondition(text, ['value'])).toThrow(message)
  })

  test('operators', () => {
    expect([compare(1, '<', 2), compare(2, '<', 2), compare(2, '<=', 2)]).toEqual([
      true,
      false,
      true,
    ])
    expect([compare(2, '>', 1), compare(2, '>=', 3), compare(2, '==', 2)]).toEqual([
      true,
      false,
      true,
    ])
    expect(compare(2, '!=', 2)).toBe(false)
  })
})

describe('functions', () => {
  const names = ['tcp_sendmsg', 'tcp_recvmsg', 'tcp_sendmsg_locked', 'ext4_read']
  const meant = (pattern: string) =>
    names.filter(name =>
      functionPattern(pattern)({ name, module: name === 'ext4_read' ? 'ext4' : '' }),
    )

  test.each([
    ['tcp_sendmsg', ['tcp_sendmsg']],
    ['tcp_*msg', ['tcp_sendmsg', 'tcp_recvmsg']],
    ['tcp_????msg', ['tcp_sendmsg', 'tcp_recvmsg']],
    ['/locked$/', ['tcp_sendmsg_locked']],
    ['ext4_read', ['ext4_read']],
    ['ext4_read [ext4]', ['ext4_read']],
    ['*[ext4]', ['ext4_read']],
    ['ext4_read [xfs]', []],
    ['tcp.sendmsg', []],
  ])('%s', (pattern, expected) => {
    expect(meant(pattern)).toEqual(expected)
  })

  test('that may have been meant', () => {
    expect(similarNames('tcp_sendmgs', names)[0]).toBe('tcp_sendmsg')
    expect(similarNames('zzz', names)).toEqual([])
  })
})
