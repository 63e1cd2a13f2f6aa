/** Lines against the plainest way to write them. */
import { expect, test } from 'vitest'
import { CallLines, type TimeUnit } from '../../src/emit/call-lines/call-lines.js'
import { type CallNotes, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { randomIntegers } from '../analyze/random-timeline.js'

/** Some of them are on several calls. */
const known = new Map<string, CallNotes>()
function noted(caller: string): CallNotes {
  const notes = known.get(caller) ?? { arguments: [], caller, returned: undefined }
  if (caller.length < 100) known.set(caller, notes)
  return notes
}

interface Call {
  readonly func: number
  readonly at: number
}

test.each<[TimeUnit, number, number, string, (at: number) => string]>([
  ['nanos', 0, 0, 'no', at => String(at)],
  ['micros', 0, 0, 'all', at => micros(0, at)],
  ['micros', 123_456_789, 17e11, 'no duration in', at => micros(17e8, at + 123_456_789)],
])('%s since %d ns and %d ms, %s arguments', (unit, nanos, millis, wanted, text) => {
  const hasArguments = wanted !== 'no'
  const hasDurations = wanted === 'all'
  const chunks: Uint8Array[] = []
  const lines = new CallLines(
    chunk => chunks.push(chunk),
    ({ caller }) => caller,
  )
  lines.setTimes(unit, nanos, millis)
  if (hasArguments) {
    lines.defineArguments({
      opening: ' {',
      noEntry: 'late,',
      incomplete: 'open,',
      durationKey: hasDurations ? 'took ' : '',
    })
  }
  const expected: string[] = []
  const random = randomIntegers(1)
  const open: Call[][] = []
  const functionCount = 3000
  // One of them is longer than any block.
  const name = (func: number) => (func === 7 ? 'long'.repeat(30_000) : `f${func}`)
  for (let func = 1; func < functionCount; func++) {
    lines.defineFunction(func, { begin: ` ${name(func)} B}`, end: ` ${name(func)} E}` })
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
      lines.defineTrack(track, { begin: `\nb${track} `, end: `\ne${track} ` })
    }
    const stack = open[track]
    // Deep enough for the memory to grow.
    if (stack.length === 0 || random(100) < (step < 30_000 ? 90 : 45)) {
      const func = random(3) === 0 ? UNNAMED : 1 + random(functionCount - 1)
      stack.push({ func, at })
      lines.begin(track, func, at)
      if (func !== UNNAMED) expected.push(`\nb${track} ${text(at)} ${name(func)} B}`)
      continue
    }
    const call = stack.pop() as Call
    const func = call.func === UNNAMED ? random(2) * (1 + random(functionCount - 1)) : call.func
    const extent = at - call.at
    const duration = random(4) === 0 ? UNMEASURED : Math.max(0, extent + random(2500) - 1250)
    const notes = random(8) === 0 ? 'note,'.repeat(1 + random(500)) : ''
    if (notes !== '' && hasArguments) lines.endWith(noted(notes), track, func, at, duration)
    else lines.end(track, func, at, duration)
    if (func === UNNAMED) continue
    if (call.func === UNNAMED) expected.push(`\nb${track} ${text(call.at)} ${name(func)} B}`)
    const told = [
      notes.slice(0, -1),
      call.func === UNNAMED ? 'late' : '',
      duration === UNMEASURED ? 'open' : '',
      hasDurations && duration !== UNMEASURED && Math.abs(extent - duration) > 1000
        ? `took ${duration}`
        : '',
    ].filter(argument => argument !== '')
    const rest = hasArguments && told.length > 0 ? ` {${told}}` : ''
    expected.push(`\ne${track} ${text(at)} ${name(func)} E${rest}}`)
    calls++
    if (duration === UNMEASURED) unmeasured++
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
