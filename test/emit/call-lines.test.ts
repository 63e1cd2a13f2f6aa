/** Lines against the plainest way to write them. */
import { expect, test } from 'vitest'
import { CallLines, type TimeUnit } from '../../src/emit/call-lines/call-lines.js'
import { UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { randomIntegers } from '../analyze/random-timeline.js'

interface Call {
  readonly func: number
  readonly at: number
}

test.each<[TimeUnit, number, number, (at: number) => string]>([
  ['nanos', 0, 0, at => String(at)],
  ['micros', 0, 0, at => micros(0, at)],
  ['micros', 123_456_789, 17e11, at => micros(17e8, at + 123_456_789)],
])('%s since %d ns and %d ms', (unit, nanos, millis, text) => {
  const chunks: Uint8Array[] = []
  const lines = new CallLines(chunk => chunks.push(chunk))
  lines.setTimes(unit, nanos, millis)
  const expected: string[] = []
  const random = randomIntegers(1)
  const open: Call[][] = []
  const functionCount = 3000
  // One of them is longer than any block.
  const name = (func: number) => (func === 7 ? 'long'.repeat(30_000) : `f${func}`)
  for (let func = 1; func < functionCount; func++) {
    const [begin, end, mark] = ['B', 'E', 'M'].map(kind => ` ${name(func)} ${kind}\n`)
    lines.defineFunction(func, { begin, end, mark })
  }
  let at = 0
  let calls = 0
  let unmeasured = 0
  for (let step = 0; step < 60_000; step++) {
    // Mostly the same millisecond, sometimes one far away; and at first one with few digits.
    at += step < 100 ? random(40) : random(50) === 0 ? random(5e9) : random(2000)
    const track = step < 30_000 ? 0 : random(200)
    if (!open[track]) {
      open[track] = []
      const [begin, end, mark] = ['b', 'e', track % 2 === 0 ? 'm' : ''].map(
        kind => kind && `${kind}${track} `,
      )
      lines.defineTrack(track, { begin, end, mark })
    }
    const stack = open[track]
    // Deep enough for the memory to grow.
    if (stack.length === 0 || random(100) < (step < 30_000 ? 90 : 45)) {
      const func = random(3) === 0 ? UNNAMED : 1 + random(functionCount - 1)
      stack.push({ func, at })
      lines.begin(track, func, at)
      if (func !== UNNAMED) expected.push(`b${track} ${text(at)} ${name(func)} B\n`)
      continue
    }
    const call = stack.pop() as Call
    const func = call.func === UNNAMED ? random(2) * (1 + random(functionCount - 1)) : call.func
    const duration = random(4) === 0 ? UNMEASURED : 1
    const more = random(8) === 0 ? '+more' : ''
    if (more !== '') lines.endWith(more, track, func, at, duration)
    else lines.end(track, func, at, duration)
    if (func === UNNAMED) continue
    if (call.func === UNNAMED) expected.push(`b${track} ${text(call.at)} ${name(func)} B\n`)
    expected.push(`e${track} ${text(at)} ${name(func)} E${more}\n`)
    calls++
    if (duration !== UNMEASURED) continue
    unmeasured++
    if (track % 2 === 0) expected.push(`m${track} ${text(at)} ${name(func)} M\n`)
  }
  lines.text('the ')
  lines.time(at)
  lines.flush()
  expect(Buffer.concat(chunks).equals(Buffer.from(`${expected.join('')}the ${text(at)}`))).toBe(
    true,
  )
  expect(lines).toMatchObject({ calls, unmeasured })
})

function micros(seconds: number, nanos: number): string {
  const all = BigInt(seconds) * 1_000_000_000n + BigInt(nanos)
  const fraction = String(all % 1000n).padStart(3, '0')
  return fraction === '000' ? `${all / 1000n}` : `${all / 1000n}.${fraction}`
}
