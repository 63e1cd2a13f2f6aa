import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { outputOf, programPath } from './consumers.js'

const LIBRARY = '/usr/lib/chromium/libtest_trace_processor.so'
const CHANGED = `${LIBRARY} has another interface than trace-processor.cc expects`

/** The rows of each query, without the names of their columns. */
export type Ask = (path: string, ...queries: string[]) => readonly (readonly string[])[][]

/** Perfetto's own trace processor for the tests of a file. */
export function useTraceProcessor(): Ask {
  let folder: string
  const program = () => join(folder, 'trace-processor')
  const ask: Ask = (path, ...queries) => {
    const result = spawnSync(program(), [path, ...queries], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    })
    if (result.error) throw result.error
    if (result.signal) throw new Error(`${CHANGED}: it ended by ${result.signal}`)
    if (result.status !== 0) throw new Error(result.stderr)
    return parts(result.stdout, '\x1d').map(rows =>
      parts(rows, '\x1e')
        .slice(1)
        .map(row => parts(row, '\x1f')),
    )
  }
  beforeAll(() => {
    if (!existsSync(LIBRARY)) {
      throw new Error(`${LIBRARY} is missing; install it: apt-get install chromium-shell`)
    }
    folder = mkdtempSync(join(tmpdir(), 'fgraph-test-'))
    outputOf(programPath('g++'), [
      '-O1',
      '-std=c++17',
      'test/consumers/trace-processor.cc',
      '-o',
      program(),
      '-ldl',
    ])
    const trace = join(folder, 'trace.json')
    writeFileSync(
      trace,
      '{"traceEvents":[{"ph":"X","pid":1,"tid":1,"ts":2,"dur":3,"name":"read"}]}',
    )
    const long = 'x'.repeat(100)
    const answer = JSON.stringify(ask(trace, `select name, dur, '${long}' from slice`, 'select 1'))
    if (answer !== JSON.stringify([[['read', '3000', long]], [['1']]])) {
      throw new Error(`${CHANGED}: it answers ${answer}`)
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return ask
}

/** The texts that have an end mark behind them. */
function parts(text: string, end: string): string[] {
  return text.split(end).slice(0, -1)
}
