import { describe, expect, test } from 'vitest'
import type { MergedCalls } from '../../src/analyze/merged-calls.js'
import { SlowestCalls } from '../../src/analyze/slowest-calls.js'
import { tee } from '../../src/timeline/sinks/index.js'
import { tellRandom } from './random-timeline.js'
import { isRecursive, namedCaller, type RecordedCall, RecordedCalls } from './recorded-calls.js'

const seeds = Array.from({ length: 30 }, (_, seed) => seed)
const wanted: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['all calls', new Set(['a', 'b', 'c', 'd', 'e'])],
  ['one function', new Set(['c'])],
  ['two functions', new Set(['a', 'd'])],
]

describe.each(wanted)('the slowest of %s are those of a sorted list', (_, names) => {
  test.each(seeds)('random timeline %d', seed => {
    const most = 1 + (seed % 5)
    const calls = new SlowestCalls({ most, matches: ({ name }) => names.has(name) })
    const recorded = new RecordedCalls()
    tellRandom(tee([calls, recorded]), seed, 10 * (seed + 1))
    const matches = ({ func, duration }: RecordedCall) =>
      duration >= 0 && names.has(recorded.functions[func]?.name)
    const expected = recorded.named
      .filter(call => matches(call) && !isRecursive(call, matches))
      .sort((a, b) => b.duration - a.duration)
      .slice(0, most)
    expect(calls.slowest.map(({ duration }) => duration)).toEqual(
      expected.map(({ duration }) => duration),
    )
    for (const { duration, func, track, cpu, tree } of calls.slowest) {
      const call = expected.find(other => other.duration === duration && other.func === func)
      expect(call).toMatchObject({ track, cpu })
      expect(stacksOf(tree)).toEqual(plainStacks(recorded, call as RecordedCall))
    }
  })
})

/** Calls and self time by path; what was not measured is left out. */
function stacksOf({ func, calls, self, next }: MergedCalls, above = ''): Record<string, number[]> {
  const path = `${above};${func}`
  const below = next.map(callee => stacksOf(callee, path))
  return Object.assign(calls > 0 ? { [path]: [calls, self] } : {}, ...below)
}

function plainStacks({ named }: RecordedCalls, top: RecordedCall): Record<string, number[]> {
  const pathTo = (call: RecordedCall): string => {
    if (call === top) return `;${call.func}`
    const caller = namedCaller(call)
    return caller ? `${pathTo(caller)};${call.func}` : ''
  }
  const isWithin = (call: RecordedCall | undefined): boolean =>
    call !== undefined && (call === top || isWithin(call.caller))
  const stacks: Record<string, number[]> = {}
  for (const call of named) {
    if (call.duration < 0 || !isWithin(call)) continue
    const [calls = 0, self = 0] = stacks[pathTo(call)] ?? []
    stacks[pathTo(call)] = [calls + 1, self + Math.max(call.duration - call.inside, 0)]
  }
  return stacks
}
