import { describe, expect, test } from 'vitest'
import { functionGraph, type MergedCalls, mergedCalls } from '../../src/analyze/merged-calls.js'
import { tee } from '../../src/timeline/sinks/index.js'
import { StackWeights } from '../../src/timeline/stacks/index.js'
import { tellRandom } from './random-timeline.js'
import { namedCaller, type RecordedCall, RecordedCalls } from './recorded-calls.js'

const seeds = Array.from({ length: 30 }, (_, seed) => seed)

describe('the same as added up call by call', () => {
  test.each(seeds)('the whole tree of random timeline %d', seed => {
    const { weights, recorded } = told(seed)
    const paths = new Sums()
    for (const call of measured(recorded)) {
      const path = pathOf(call)
      path.forEach((_, depth) => {
        const isOwn = depth === path.length - 1
        paths.add(path.slice(0, depth + 1), isOwn ? 1 : 0, selfOf(call), isOwn ? selfOf(call) : 0)
      })
    }
    expect(figures(mergedCalls(weights))).toEqual(paths.sorted())
  })

  test.each(seeds)('callers and callees of one function in random timeline %d', seed => {
    const { weights, recorded } = told(seed)
    const [callers, callees] = [new Sums(), new Sums()]
    for (const call of measured(recorded)) {
      const path = pathOf(call)
      const middle = path.indexOf(2)
      if (middle < 0) continue
      const isMiddle = middle === path.length - 1
      path.slice(middle).forEach((_, depth) => {
        const isOwn = middle + depth === path.length - 1
        const below = path.slice(middle, middle + depth + 1)
        callees.add(below, isOwn ? 1 : 0, selfOf(call), isOwn ? selfOf(call) : 0)
      })
      path.slice(0, middle + 1).forEach((_, depth) => {
        const up = path.slice(middle - depth, middle + 1).reverse()
        const self = isMiddle && depth === 0 ? selfOf(call) : 0
        callers.add(up, isMiddle ? 1 : 0, selfOf(call), self)
      })
    }
    const graph = functionGraph(weights, func => func === 2)
    expect(figures(graph ? [graph.callees] : [])).toEqual(callees.sorted())
    expect(figures(graph ? [graph.callers] : [])).toEqual(callers.sorted())
  })
})

test('the highest totals come first', () => {
  const check = (siblings: readonly MergedCalls[]) => {
    const totals = siblings.map(({ total }) => total)
    expect(totals).toEqual(totals.toSorted((a, b) => b - a))
    for (const { next } of siblings) check(next)
  }
  check(mergedCalls(told(11).weights))
})

test('a function that is not called has no graph', () => {
  expect(functionGraph(told(1).weights, () => false)).toBeUndefined()
})

function told(seed: number): { weights: StackWeights; recorded: RecordedCalls } {
  const weights = new StackWeights({ byTrack: false, byCpu: false })
  const recorded = new RecordedCalls()
  tellRandom(tee([weights, recorded]), seed, 10 * (seed + 1))
  return { weights, recorded }
}

function measured({ named }: RecordedCalls): RecordedCall[] {
  return named.filter(({ duration }) => duration >= 0)
}

function selfOf({ duration, inside }: RecordedCall): number {
  return Math.max(duration - inside, 0)
}

/** From the outermost caller to the call itself. */
function pathOf(call: RecordedCall): number[] {
  const caller = namedCaller(call)
  return [...(caller ? pathOf(caller) : []), call.func]
}

type Figures = [path: string, calls: number, total: number, self: number]

class Sums {
  readonly #byPath = new Map<string, Figures>()

  add(path: readonly number[], calls: number, total: number, self: number): void {
    const key = path.join(';')
    const [, c = 0, t = 0, s = 0] = this.#byPath.get(key) ?? []
    this.#byPath.set(key, [key, c + calls, t + total, s + self])
  }

  sorted(): Figures[] {
    return [...this.#byPath.values()].sort(byPath)
  }
}

function figures(siblings: readonly MergedCalls[], above = ''): Figures[] {
  const all = siblings.flatMap(({ func, calls, total, self, next }): Figures[] => {
    const path = above === '' ? `${func}` : `${above};${func}`
    return [[path, calls, total, self], ...figures(next, path)]
  })
  return all.sort(byPath)
}

function byPath([a]: Figures, [b]: Figures): number {
  return a < b ? -1 : a > b ? 1 : 0
}
