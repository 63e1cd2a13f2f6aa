import { describe, expect, test } from 'vitest'
import { judged } from '../../src/analyze/budgets.js'
import { CallStatistics } from '../../src/analyze/call-statistics.js'
import { changeOf, comparisons, sortedComparisons } from '../../src/analyze/comparison.js'
import { parseCondition } from '../../src/analyze/condition.js'
import { differentialFolded, differentialStacks } from '../../src/analyze/differential-stacks.js'
import { type Metric, metricNamed } from '../../src/analyze/metrics.js'
import { regressions } from '../../src/analyze/regressions.js'
import type { TimelineSink } from '../../src/timeline/sink.js'
import { StackWeights } from '../../src/timeline/stacks/index.js'
import { readTrace } from '../read-trace.js'
import { randomIntegers } from './random-timeline.js'

/** Calls by name, with their durations. */
type Calls = Readonly<Record<string, readonly number[]>>

const random = randomIntegers(1)
const around = (middle: number) => Array.from({ length: 100 }, () => middle + random(middle))

const before: Calls = {
  same: around(500),
  worse: around(1000),
  better: around(3000),
  few: [1, 2],
  old: [9],
}
const after: Calls = {
  same: around(500),
  worse: around(1500),
  better: around(900),
  few: [3, 4],
  fresh: [7],
}

describe('two traces', () => {
  const all = comparisons(rowsOf(before), rowsOf(after))
  const of = (name: string) => all.find(({ func }) => func.name === name) as (typeof all)[number]

  test('verdicts', () => {
    expect(Object.fromEntries(all.map(({ func, verdict }) => [func.name, verdict]))).toEqual({
      same: 'noise',
      worse: 'slower',
      better: 'faster',
      few: 'too few calls',
      old: 'gone',
      fresh: 'new',
    })
  })

  test('changes', () => {
    expect(changeOf(metric('total'), of('few'))).toEqual({
      from: 3,
      to: 7,
      difference: 4,
      share: 4 / 3,
    })
    expect(changeOf(metric('calls'), of('fresh'))).toEqual({
      from: 0,
      to: 1,
      difference: 1,
      share: Number.POSITIVE_INFINITY,
    })
    expect(changeOf(metric('p99'), of('fresh'))).toMatchObject({
      from: undefined,
      share: undefined,
    })
  })

  test('the largest change comes first', () => {
    const names = (name: string | undefined) =>
      sortedComparisons(all, name === undefined ? undefined : metric(name)).map(
        ({ func }) => func.name,
      )
    expect(names('calls').slice(0, 2)).toEqual(['fresh', 'old'])
    expect(names('total').slice(0, 2).sort()).toEqual(['better', 'worse'])
    expect(names('avg').slice(-2)).toEqual(['fresh', 'old'])
    expect(names(undefined)).toEqual(['better', 'few', 'fresh', 'old', 'same', 'worse'])
  })

  test.each([
    ['avg(worse) > +10%', ['worse']],
    ['avg(worse) > +200%', []],
    ['avg(*) > +10%', ['worse', 'few']],
    ['avg(better) < -10%', ['better']],
    ['max(few) >= +2ns', ['few']],
    ['p99(fresh) > +10%', []],
    ['calls(fresh) > +10%', ['fresh']],
    ['calls(old) < +0', ['old']],
  ])('%s', (text, names) => {
    const found = regressions(parseCondition(text, ['share', 'change']), all)
    expect(found?.map(({ comparison }) => comparison.func.name)).toEqual(names)
  })

  test('a function that neither has', () => {
    expect(regressions(parseCondition('p99(none) > +1%', ['share']), all)).toBeUndefined()
  })
})

describe('budgets', () => {
  const usual = { hasCalls: true, allowMissing: false }
  const rows = rowsOf({ read: [100, 200], write: [5000], 'exit!': [] })

  test.each([
    ['max(read) < 1us', true],
    ['max(read) < 150ns', false],
    ['max(*) < 1us', false],
    ['calls(none) == 0', true],
    ['calls(none) < 1', true],
    ['calls(none) < 5', false],
    ['total(none) < 1ns', false],
    ['calls(none) > 0', false],
    ['p99(none) < 1s', false],
    ['incomplete(exit!) == 1', true],
    ['p99(exit!) < 1s', false],
    ['calls(exit!) == 0', true],
  ])('%s', (text, isMet) => {
    expect(judged([parseCondition(text, ['value'])], rows, usual)[0]?.isMet).toBe(isMet)
  })

  test.each(['calls(none) == 0', 'p99(none) < 1s'])('%s, in a trace without calls', text => {
    const conditions = [parseCondition(text, ['value'])]
    expect(judged(conditions, [], { ...usual, hasCalls: false })[0]?.isMet).toBe(false)
    const allowed = { hasCalls: false, allowMissing: true }
    expect(judged(conditions, [], allowed)[0]?.isMet).toBe(true)
  })

  test('an estimate fails nobody', () => {
    const many = rowsOf({ read: Array.from({ length: 5000 }, (_, call) => 100_000 + call) })
    const isMet = (text: string) => judged([parseCondition(text, ['value'])], many, usual)[0]?.isMet
    // The middle one is 102,499; its bucket goes from 102,400 to 103,423.
    expect(isMet('p50(read) < 102.401us')).toBe(true)
    expect(isMet('p50(read) < 102.400us')).toBe(false)
    expect(isMet('p50(read) > 103us')).toBe(true)
    expect(isMet('p50(read) > 103.423us')).toBe(false)
  })

  test('those that fail come first', () => {
    const [judgement] = judged([parseCondition('max(/read|write/) < 1us', ['value'])], rows, usual)
    expect(judgement?.findings).toEqual([
      { name: 'write', value: 5000, isMet: false },
      { name: 'read', value: 200, isMet: true },
    ])
  })
})

test('differential folded stacks', () => {
  const weights = (text: string) => {
    const sink = new StackWeights({ byTrack: false, byCpu: false })
    readTrace(text, sink)
    return sink
  }
  const one = weights(` 0)               |  read() {
 0)   1.000 us    |    lock();
 0)   3.000 us    |  }
`)
  const two = weights(` 0)               |  read() {
 0)   1.500 us    |    lock();
 0)   0.500 us    |    new [mod]();
 0)   3.000 us    |  }
`)
  expect(
    differentialFolded(differentialStacks(one, two, 1))
      .split('\n')
      .sort(),
  ).toEqual(['', 'read 2000 1000', 'read;lock 1000 1500', 'read;new [mod] 0 500'])
})

function metric(name: string): Metric {
  return metricNamed(name) as Metric
}

/** A function without a duration has one call without an exit. */
function rowsOf(calls: Calls) {
  const statistics = new CallStatistics({ by: 'function' })
  tell(statistics, calls)
  return statistics.rows()
}

function tell(sink: TimelineSink, calls: Calls): void {
  sink.defineTrack(0, { pid: 1, comm: 'task', cpu: undefined })
  Object.entries(calls).forEach(([name, durations], index) => {
    const func = index + 1
    sink.defineFunction(func, { name, module: '' })
    for (const duration of durations.length > 0 ? durations : [-1]) {
      sink.begin(0, func, 0)
      sink.end(0, func, 0, duration)
    }
  })
}
