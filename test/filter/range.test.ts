import { describe, expect, test } from 'vitest'
import { boundsOf, timeRange } from '../../src/filter/time-range.js'
import { TraceFilters } from '../../src/filter/trace-filters.js'
import { TraceReader } from '../../src/ingest/trace-reader.js'
import { checked } from '../../src/timeline/checked.js'
import type { TimelineSink } from '../../src/timeline/sink.js'
import { UNMEASURED } from '../../src/timeline/sink.js'
import { TimelineDump } from '../dump-timeline.js'
import { readCapture } from '../read-trace.js'
import { type Call, callsIn, type Forest, ForestKeeper, mapped } from './forest.js'

describe('what is written', () => {
  test.each([
    ['1.5ms~2ms', '', 1_500_000, 2_000_000],
    ['~2ms', '', 0, 2_000_000],
    ['1us~', '', 1000, Number.POSITIVE_INFINITY],
    ['100.5~100.75', '100.250000', 250_000_000, 500_000_000],
    ['100.5 ~ 3s', '100.000000', 500_000_000, 3_000_000_000],
    ['1784989512.123456789~', '1784989512.000000', 123_456_789, Number.POSITIVE_INFINITY],
    ['0~1us', '', 0, 1000],
    ['99~101', '100.000000', -1_000_000_000, 1_000_000_000],
  ])('%s', (text, origin, from, to) => {
    expect(boundsOf(timeRange(text), origin)).toEqual({ from, to })
  })

  test.each(['', '~', '5ms', '1ms~2ms~3ms', 'a~b', '1.1234567890~'])('%j is refused', text => {
    expect(() => timeRange(text)).toThrow(/is not a range of time; write 1.5ms~2ms/)
  })
})

describe.each([
  '6.12-full-proc-abstime-tail',
  '6.12-opt-default',
  '6.12-pipe-lost-proc-abstime',
  '7.2-opt-proc-abstime',
  '5.10-arm64-full-tail-overrun',
])('%s', name => {
  const whole = read(name, new TraceFilters())
  const end = Math.max(...[...whole.values()].flat().map(call => call.end))

  test.each([
    [0.25, 0.5],
    [0.4, 0.41],
    [0, 0.1],
    [0.9, 2],
  ])('from %d to %d of its time', (first, last) => {
    const [from, to] = [Math.round(end * first), Math.round(end * last)]
    const filters = new TraceFilters({ range: timeRange(`${from}ns~${to}ns`) })
    const kept = read(name, filters)
    const expected = mapped(whole, (call, callees) => clipped(call, callees, from, to))
    expect(shapes(kept)).toEqual(shapes(expected))
    mapped(kept, call => {
      expect(call.begin).toBeGreaterThanOrEqual(from)
      // Behind a begin without a name what follows stands apart.
      expect(call.end).toBeLessThanOrEqual(to + 50)
      return []
    })
    expect(filters.left).toBe(callsIn(kept))
  })
})

test('events and sections are cut like calls, the rest falls away', () => {
  const text = `# tracer: function_graph
#
#     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS
#      |          |     |    |           |   |                     |   |   |   |
  100.000000 |   0)    bash-170    |               |  read() {
  100.000001 |   0)    bash-170    |               |  /* tracing_mark_write: B|170|work */
  100.000002 |   0)    bash-170    |               |  /* early */
  100.000010 |   0)    bash-170    |   1.000 us    |    lock();
  100.000012 |   0)    bash-170    |               |  /* late */
  100.000020 |   0)    bash-170    |               |  /* tracing_mark_write: E */
  100.000021 |   0)    bash-170    | + 21.000 us   |  }
`
  const lines = (range: string) => {
    const dump = new TimelineDump()
    read(text, new TraceFilters({ range: timeRange(range) }), dump)
    return dump.lines.filter(line => !line.includes(' on cpu ')).sort()
  }
  expect(lines('5us~11us')).toEqual(
    [
      'bash-170 5000 read {',
      'bash-170 10000 lock {',
      'bash-170 11000 } lock 1000',
      'bash-170 11000 } read incomplete',
      'bash-170 11000 ]',
      'bash-170 5000 [work',
    ]
      .map(line => (/[[\]]/.test(line) ? line.replace('170 ', '170 markers ') : line))
      .sort(),
  )
  expect(lines('~3us').filter(line => line.includes('*'))).toEqual(['bash-170 2000 * early'])
})

function read(source: string, { through }: TraceFilters, sink?: TimelineSink): Forest {
  const keeper = new ForestKeeper()
  const reader = new TraceReader(checked(sink ?? keeper), { through })
  const isText = source.includes('\n')
  reader.push(
    isText ? new TextEncoder().encode(source) : readCapture(`test/corpus/${source}.txt.gz`),
  )
  reader.endInput()
  reader.finish()
  return keeper.forest
}

function clipped(call: Call, callees: readonly Call[], from: number, to: number): readonly Call[] {
  const isBefore = call.begin < from
  if (call.begin >= to || (isBefore && call.end <= from)) return []
  const isCut = isBefore || call.end > to
  // Its name stands behind the range.
  if (!call.hasEntry && call.end > to) return callees
  return [{ ...call, callees, duration: isCut ? UNMEASURED : call.duration }]
}

type Shape = [name: string, duration: number, hasEntry: boolean, callees: Shape[]]

/** Without positions. */
function shapes(forest: Forest): [track: string, calls: Shape[]][] {
  const shape = ({ name, duration, hasEntry, callees }: Call): Shape => [
    name,
    duration,
    hasEntry,
    callees.map(shape),
  ]
  return [...forest].map(([track, calls]) => [track, calls.map(shape)] as [string, Shape[]]).sort()
}
