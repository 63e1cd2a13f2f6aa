import { expect, test } from 'vitest'
import { CallStatistics } from '../../src/analyze/call-statistics.js'
import { LiveStatistics } from '../../src/analyze/live-statistics.js'
import { subjectName } from '../../src/analyze/report.js'
import { forwarding, tee } from '../../src/timeline/sinks/index.js'
import { randomIntegers, tellRandom } from './random-timeline.js'

const groups = ['function', 'task', 'module'] as const

/** Calls, incomplete calls and self time, by subject. */
type Figures = Record<string, readonly number[]>

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'the parts of timeline %d add up to the whole',
  seed => {
    for (const by of groups) {
      const live = new LiveStatistics(by)
      const usual = new CallStatistics({ by })
      const random = randomIntegers(seed)
      const parts: CallStatistics[] = []
      const taking = forwarding(live)
      const sink = {
        ...taking,
        end(...event: Parameters<typeof taking.end>) {
          taking.end(...event)
          if (random(9) === 0) parts.push(live.takeRecent())
        },
      }
      tellRandom(tee([sink, usual]), seed, 300)
      parts.push(live.takeRecent())
      expect(parts.length).toBeGreaterThan(5)
      expect(figures([live.whole])).toEqual(figures([usual]))
      const [whole, sum] = [figures([usual]), figures(parts)]
      expect(Object.keys(sum).sort()).toEqual(Object.keys(whole).sort())
      for (const [name, [calls, incomplete]] of Object.entries(whole)) {
        expect(sum[name].slice(0, 2)).toEqual([calls, incomplete])
      }
      expect(live.takeRecent().rows()).toEqual([])
    }
  },
)

test('a call is of the part in which it ends, with all of its time but that of earlier callees', () => {
  const live = new LiveStatistics('function')
  live.defineTrack(0, { pid: 1, comm: '', cpu: undefined })
  live.defineFunction(1, { name: 'outer', module: '' })
  live.defineFunction(2, { name: 'inner', module: '' })
  live.begin(0, 1)
  live.begin(0, 2)
  live.end(0, 2, 30, 30)
  expect(figures([live.takeRecent()])).toEqual({ inner: [1, 0, 30] })
  live.begin(0, 2)
  live.end(0, 2, 70, 20)
  live.end(0, 1, 100, 100)
  expect(figures([live.takeRecent()])).toEqual({ inner: [1, 0, 20], outer: [1, 0, 80] })
  expect(figures([live.whole])).toEqual({ inner: [2, 0, 50], outer: [1, 0, 50] })
})

function figures(parts: readonly CallStatistics[]): Figures {
  const sums: Record<string, number[]> = {}
  for (const part of parts) {
    for (const { subject, row } of part.rows()) {
      const name = subjectName(subject)
      sums[name] ??= [0, 0, 0]
      const sum = sums[name]
      sum[0] += row.durations.count
      sum[1] += row.incomplete
      sum[2] += row.self
    }
  }
  return sums
}
