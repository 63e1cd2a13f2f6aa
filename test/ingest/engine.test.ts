/** The engine's memory grows while lines are followed: nothing is lost when arrays move. */
import { expect, test } from 'vitest'
import { type FinishedCall, finishedCalls, ignored } from '../../src/timeline/sinks/index.js'
import { readTrace } from '../read-trace.js'

const TASKS = 30_000
const DEPTH = 300

test('more tasks than there is room for at first', () => {
  const lines = Array.from(
    { length: TASKS },
    (_, task) => ` ${task + 1}.000000 |   1)  task-${10_000 + task}   |   1.000 us    |  f();\n`,
  )
  const again = lines.map(line => line.replace('f()', 'g()'))
  const text = `${HEADER}${lines.concat(again).join('')}`
  const summary = readTrace(text)
  expect(summary.lines.unrecognized).toBe(0)
  expect(summary.tasks).toHaveLength(TASKS)
  expect(summary.calls).toEqual({ complete: 2 * TASKS, incomplete: 0, orphan: 0 })
})

test('calls deeper than a stack has room for at first', () => {
  const names = Array.from({ length: DEPTH }, (_, depth) => depth)
  const entries = names.map(
    depth => `   0)               |  ${' '.repeat(2 * depth)}f${depth}() {\n`,
  )
  const exits = names
    .toReversed()
    .map(depth => `   0)   ${(DEPTH - depth).toFixed(3)} us   |  ${' '.repeat(2 * depth)}}\n`)
  const calls: [number, number][] = []
  const take = (call: FinishedCall) => void calls.push([call.depth, call.duration])
  const sink = finishedCalls({ ...ignored, take })
  const { calls: counts } = readTrace(entries.concat(exits).join(''), sink)
  expect(counts).toEqual({ complete: DEPTH, incomplete: 0, orphan: 0 })
  expect(calls).toEqual(names.map(level => [DEPTH - 1 - level, (level + 1) * 1000]))
})

test('cpus beyond those that most machines have', () => {
  const cpus = [0, 1023, 1024, 5000, 99_999]
  const lines = cpus.map(cpu => ` ${cpu})   1.000 us    |  f();\n`)
  const { cpus: seen, calls } = readTrace(lines.concat(lines).join(''))
  expect(seen).toEqual(cpus)
  expect(calls.complete).toBe(2 * cpus.length)
})

const HEADER = `# tracer: function_graph
#
#     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS
#      |          |     |    |           |   |                     |   |   |   |
`
