import { expect, test } from 'vitest'
import { HeatMap, startOfStep } from '../../src/analyze/heat-map.js'
import { checked } from '../../src/timeline/checked.js'
import { randomIntegers } from './random-timeline.js'

test('every call of the function is in the cell of its begin and its duration', () => {
  const random = randomIntegers(9)
  const map = new HeatMap(({ name }) => name === 'read')
  const sink = checked(map.sink())
  sink.start({ dialect: '', columns: [], clock: 'timestamps', origin: '' })
  sink.defineTrack(0, { pid: 1, comm: '', cpu: undefined })
  sink.defineFunction(1, { name: 'read', module: '' })
  sink.defineFunction(2, { name: 'write', module: '' })
  const calls: { begin: number; duration: number }[] = []
  let at = 0
  for (let call = 0; call < 3000; call++) {
    const func = 1 + random(2)
    const duration = random(8) === 0 ? -1 : random(10 ** random(8))
    at += random(100_000)
    sink.begin(0, func, at)
    if (func === 1 && duration >= 0) calls.push({ begin: at, duration })
    at += Math.max(duration, 0)
    sink.end(0, func, at, duration)
  }
  const cells = map.cells()
  expect(cells.reduce((sum, cell) => sum + cell.calls, 0)).toBe(calls.length)
  expect(new Set(cells.map(({ fromTime }) => fromTime)).size).toBeLessThanOrEqual(240)
  for (const cell of cells) {
    const [low, high] = [startOfStep(cell.step), startOfStep(cell.step + 1)]
    const inside = calls.filter(({ begin, duration }) => {
      const took = Math.max(duration, 1)
      return begin >= cell.fromTime && begin < cell.toTime && took >= low && took < high
    })
    expect(inside.length).toBe(cell.calls)
  }
})
