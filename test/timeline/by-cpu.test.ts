import { describe, expect, test } from 'vitest'
import { TraceReader } from '../../src/ingest/trace-reader.js'
import { checked } from '../../src/timeline/checked.js'
import { type TimelineSink, type TraceFacts, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { byCpu } from '../../src/timeline/sinks/index.js'
import { StackWeights } from '../../src/timeline/stacks/index.js'
import { corpus } from '../captures.js'
import { TimelineDump } from '../dump-timeline.js'
import { readCapture } from '../read-trace.js'

const [F, G] = [1, 2]
const FACTS: TraceFacts = {
  dialect: '',
  columns: [],
  clock: 'timestamps',
  origin: '',
  span: 0,
  lostEvents: 0,
}

function told(tell: (sink: TimelineSink) => void): string[] {
  const dump = new TimelineDump()
  const sink = checked(byCpu(checked(dump)))
  sink.start(FACTS)
  sink.defineFunction(F, { name: 'f', module: '' })
  sink.defineFunction(G, { name: 'g', module: '' })
  sink.defineTrack(0, { pid: 1, comm: 'bash', cpu: undefined })
  sink.defineTrack(1, { pid: 2, comm: 'cat', cpu: undefined })
  sink.migrate(0, 0, 0)
  sink.migrate(1, 0, 0)
  tell(sink)
  sink.finish(FACTS)
  return dump.lines
}

describe('a cpu shows', () => {
  test('the task below its calls, which are cut where another task takes over', () => {
    const events = told(sink => {
      sink.begin(0, F, 10)
      sink.begin(1, G, 20)
      sink.end(1, G, 25, 4)
      sink.end(0, F, 40, 12)
    })
    expect(events).toEqual([
      'CPU 0 10 bash-1 {',
      'CPU 0 10 f {',
      'CPU 0 20 } f 10',
      'CPU 0 20 } bash-1 10',
      'CPU 0 20 cat-2 {',
      'CPU 0 20 g {',
      'CPU 0 25 } g 4',
      'CPU 0 40 } cat-2 4',
      'CPU 0 40 bash-1 {',
      'CPU 0 40 f {',
      'CPU 0 40 } f 0',
      'CPU 0 40 } bash-1 0',
    ])
  })

  test('calls that go on where their task has gone', () => {
    const events = told(sink => {
      sink.begin(0, F, 10)
      sink.migrate(0, 1, 30)
      sink.end(0, F, 40, 12)
    })
    expect(events.filter(event => event.includes(' f'))).toEqual([
      'CPU 0 10 f {',
      'CPU 0 30 } f 20',
      'CPU 1 40 f {',
      'CPU 1 40 } f 0',
    ])
  })

  test('a task by the name that it gets late', () => {
    const dump = new TimelineDump()
    const sink = checked(byCpu(checked(dump)))
    sink.start(FACTS)
    sink.defineFunction(F, { name: 'f', module: '' })
    sink.defineTrack(0, { pid: undefined, comm: '', cpu: 0 })
    sink.begin(0, F, 10)
    sink.defineTrack(0, { pid: 1, comm: 'bash', cpu: undefined })
    sink.end(0, F, 40, 30)
    sink.finish(FACTS)
    expect(dump.lines).toEqual([
      'CPU 0 10 ? {',
      'CPU 0 11 f {',
      'CPU 0 40 } f 30',
      'CPU 0 40 } bash-1 30',
    ])
  })

  test('calls without a name, which only the last piece gets', () => {
    const events = told(sink => {
      sink.begin(0, UNNAMED, 10)
      sink.begin(1, G, 20)
      sink.end(1, G, 25, 5)
      sink.instant(0, 30, 'marker', '')
      sink.end(0, F, 40, UNMEASURED)
    })
    expect(events.filter(event => /\?|f|marker/.test(event))).toEqual([
      'CPU 0 10 ? {',
      'CPU 0 20 } ? incomplete',
      'CPU 0 30 ? {',
      'CPU 0 31 * marker',
      'CPU 0 40 } f incomplete',
    ])
  })
})

test.each(corpus(/^(?!.*tc-).*(?:tasks|full|events|names|pipe)/))(
  '%s by cpus has the same calls on each cpu at a time',
  path => {
    const text = readCapture(path)
    const weights = new StackWeights({ byTrack: true, byCpu: false })
    const reader = new TraceReader(checked(weights), { tracks: 'cpu', interrupts: 'apart' })
    reader.push(text)
    reader.endInput()
    const { calls, cpus } = reader.finish()
    let ends = 0
    for (const { root } of weights.groups) {
      weights.tree.walk(root, node => {
        ends += weights.tree.calls(node)
      })
    }
    expect(ends).toBeGreaterThanOrEqual(calls.complete + calls.orphan)
    expect(
      weights.tracks
        .filter(track => !track.isInterrupts)
        .map(({ cpu }) => cpu)
        .sort(),
    ).toEqual(cpus)
  },
)
