import { describe, expect, test } from 'vitest'
import type { SleepShown } from '../../src/ingest/calls/stacks.js'
import { TraceReader } from '../../src/ingest/trace-reader.js'
import { checked } from '../../src/timeline/checked.js'
import { StackWeights } from '../../src/timeline/stacks/index.js'
import { corpus } from '../captures.js'
import { TimelineDump } from '../dump-timeline.js'
import { readCapture } from '../read-trace.js'

function eventsOf(text: string, sleep: SleepShown): string[] {
  const dump = new TimelineDump()
  const reader = new TraceReader(checked(dump), { sleep })
  reader.push(new TextEncoder().encode(text))
  reader.endInput()
  reader.finish()
  return dump.lines.filter(line => line.startsWith('bash-1') && !/ on cpu -?\d+$/.test(line))
}

const line = (time: string, cpu: number, task: string, call: string) =>
  `    1.${time} |   ${cpu}) ${task.padEnd(14)} | ${call}\n`
const entry = (name: string) => `              |  ${name}() {`
const exit = (duration: string) => `! ${duration} us  |  }`

const SLEPT =
  line('000000', 0, '  bash-1', entry('read')) +
  line('000010', 0, '  bash-1', entry('  schedule')) +
  line('000100', 0, '  cat-2', '  1.000 us    |  f();') +
  line('000510', 0, '  bash-1', exit('500.000').replace('}', '  }')) +
  line('000600', 0, '  bash-1', exit('600.000'))

describe('time off the cpu', () => {
  test('is time of what has slept', () => {
    expect(eventsOf(SLEPT, 'inline')).toEqual([
      'bash-1 0 read {',
      'bash-1 10000 schedule {',
      'bash-1 510000 } schedule 500000',
      'bash-1 600000 } read 600000',
    ])
  })

  test('apart, is a call in it, no longer than it leaves', () => {
    expect(eventsOf(SLEPT, 'apart')).toEqual([
      'bash-1 0 read {',
      'bash-1 10000 schedule {',
      'bash-1 10000 [off-cpu] {',
      'bash-1 510000 } [off-cpu] 500000',
      'bash-1 510000 } schedule 500000',
      'bash-1 600000 } read 600000',
    ])
  })

  test('shows on the cpu that a task comes back on', () => {
    const text = SLEPT.replace('1.000510 |   0)', '1.000510 |   1)')
      .replace('1.000600 |   0)', '1.000600 |   1)')
      .replace(/.*cat-2.*\n/, '')
    expect(eventsOf(text, 'apart')).toContain('bash-1 510000 } [off-cpu] 500000')
  })

  test('is added where durations leave it out', () => {
    const text = SLEPT.replace('! 500.000 us  ', '  9.000 us    ').replace('600.000', '109.000')
    expect(eventsOf(text, 'apart')).toEqual([
      'bash-1 0 read {',
      'bash-1 10000 schedule {',
      'bash-1 10000 [off-cpu] {',
      'bash-1 510000 } [off-cpu] 500000',
      'bash-1 510000 } schedule 509000',
      'bash-1 600000 } read 609000',
    ])
  })

  test('without timestamps is all that the call in which it falls has of its own', () => {
    const block = (from: string, to: string) =>
      ` ------------------------------------------\n 0)  ${from}  =>  ${to}  \n ------------------------------------------\n\n`
    const text =
      ` 0)               |  read() {\n 0)               |    schedule() {\n${block('bash-1', 'cat-2')}` +
      ` 0)   1.000 us    |  f();\n${block('cat-2', 'bash-1')}` +
      ' 0)   2.000 us    |      finish();\n 0) ! 500.000 us  |    }\n 0) ! 600.000 us  |  }\n'
    expect(eventsOf(text, 'apart').slice(2)).toEqual([
      'bash-1 1000 finish {',
      'bash-1 3000 } finish 2000',
      'bash-1 3000 [off-cpu] {',
      'bash-1 500000 } [off-cpu] 498000',
      'bash-1 500000 } schedule 500000',
      'bash-1 600000 } read 600000',
    ])
  })
})

test.each(corpus(/^(?!.*tc-).*(?:full|whole|tasks|events|pipe|nosleep)/))(
  '%s keeps its sum, but for what calls without an exit have slept',
  path => {
    const text = readCapture(path)
    const [inline, apart] = (['inline', 'apart'] as const).map(sleep => weigh(text, sleep)) as [
      Weighed,
      Weighed,
    ]
    expect(inline.asleep).toBe(0)
    expect(apart.sum - inline.sum).toBeGreaterThanOrEqual(-1)
    expect(apart.sum - inline.sum).toBeLessThanOrEqual(apart.asleep)
  },
)

interface Weighed {
  readonly sum: number
  readonly asleep: number
}

function weigh(text: Uint8Array, sleep: SleepShown): Weighed {
  const weights = new StackWeights({ byTrack: false, byCpu: false })
  const reader = new TraceReader(checked(weights), { sleep })
  reader.push(text)
  reader.endInput()
  reader.finish()
  const { tree, groups, functions } = weights
  let sum = 0
  let asleep = 0
  for (const { root } of groups) {
    tree.walk(root, node => {
      sum += tree.self(node)
      if (functions[tree.functionOf(node)]?.name === '[off-cpu]') asleep += tree.self(node)
    })
  }
  return { sum, asleep }
}
