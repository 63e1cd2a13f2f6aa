import { describe, expect, test } from 'vitest'
import type { InterruptsShown } from '../../src/ingest/calls/interrupts.js'
import { TraceReader } from '../../src/ingest/trace-reader.js'
import { checked } from '../../src/timeline/checked.js'
import { StackWeights } from '../../src/timeline/stacks/index.js'
import { corpus } from '../captures.js'
import { TimelineDump } from '../dump-timeline.js'
import { readCapture } from '../read-trace.js'

function read(text: string | Uint8Array, interrupts: InterruptsShown) {
  const dump = new TimelineDump()
  const reader = new TraceReader(checked(dump), { interrupts })
  reader.push(typeof text === 'string' ? new TextEncoder().encode(text) : text)
  reader.endInput()
  return {
    summary: reader.finish(),
    events: dump.lines.filter(line => !/ on cpu -?\d+$/.test(line)),
  }
}

const HIT = [
  ' 0)               |  vfs_write() {',
  ' 0)               |    do_work() {',
  ' 0)               |      __sysvec_apic_timer_interrupt() {',
  ' 0)   2.000 us    |        tick();',
  ' 0)   3.000 us    |      }',
  ' 0)   1.000 us    |      irq_enter_rcu();',
  ' 0)   5.000 us    |      rest();',
  ' 0) + 20.000 us   |    }',
  ' 0) + 30.000 us   |  }',
  '',
].join('\n')

describe('the calls of an interrupt', () => {
  test('stand among those that it hits', () => {
    expect(read(HIT, 'inline').events.slice(2, 6)).toEqual([
      'CPU 0 0 __sysvec_apic_timer_interrupt {',
      'CPU 0 0 tick {',
      'CPU 0 2000 } tick 2000',
      'CPU 0 3000 } __sysvec_apic_timer_interrupt 3000',
    ])
  })

  test('apart, are no part of what they hit', () => {
    expect(read(HIT, 'apart').events).toEqual([
      'CPU 0 0 vfs_write {',
      'CPU 0 0 do_work {',
      'CPU 0 interrupts 0 __sysvec_apic_timer_interrupt {',
      'CPU 0 interrupts 0 tick {',
      'CPU 0 interrupts 2000 } tick 2000',
      'CPU 0 interrupts 3000 } __sysvec_apic_timer_interrupt 3000',
      'CPU 0 interrupts 3000 irq_enter_rcu {',
      'CPU 0 interrupts 4000 } irq_enter_rcu 1000',
      'CPU 0 4000 rest {',
      'CPU 0 9000 } rest 5000',
      'CPU 0 20000 } do_work 16000',
      'CPU 0 30000 } vfs_write 26000',
    ])
  })

  test('dropped, leave what they hit as if they had not been', () => {
    expect(read(HIT, 'drop').events).toEqual([
      'CPU 0 0 vfs_write {',
      'CPU 0 0 do_work {',
      'CPU 0 4000 rest {',
      'CPU 0 9000 } rest 5000',
      'CPU 0 20000 } do_work 16000',
      'CPU 0 30000 } vfs_write 26000',
    ])
  })

  test('are known by an arrow before them', () => {
    const text = HIT.replaceAll('__sysvec_apic_timer_interrupt', 'my_handler').replace(
      ' 0)               |      my',
      ' 0)   ==========> |\n 0)               |      my',
    )
    expect(read(text, 'apart').events).toContain('CPU 0 interrupts 0 my_handler {')
    expect(read(text, 'apart').events).toContain('CPU 0 30000 } vfs_write 26000')
  })

  test('are known by the flags of the latency format', () => {
    const flagged = HIT.replaceAll('__sysvec_apic_timer_interrupt', 'my_handler')
      .split('\n')
      .map((line, index) =>
        line.replace(/^ 0\) /, index >= 2 && index <= 4 ? ' 0)  d.h1. | ' : ' 0)  .... | '),
      )
      .join('\n')
    expect(read(flagged, 'apart').events).toContain('CPU 0 interrupts 0 my_handler {')
  })

  test('whose exit is missing are over where the task goes on', () => {
    const text = HIT.replace(' 0)   3.000 us    |      }\n', '')
    const { events, summary } = read(text, 'apart')
    expect(events).toContain('CPU 0 interrupts 2000 } __sysvec_apic_timer_interrupt incomplete')
    expect(summary.calls).toEqual({ complete: 5, incomplete: 1, orphan: 0 })
  })

  test.each(['ksoftir', 'ktimers', ' rcuc/0'])('are what %s is there for', comm => {
    const text = [
      ` 0)  ${comm}-16    |               |  handle_softirqs.isra.0() {`,
      ` 0)  ${comm}-16    |   1.000 us    |    net_rx_action();`,
      ` 0)  ${comm}-16    |   3.000 us    |  }`,
    ].join('\n')
    expect(read(text, 'apart').events).toEqual(read(text, 'inline').events)
  })
})

test.each(corpus(/^(?!.*tc-).*(?:full|whole|events|gic)/))(
  'weights of %s are the same in sum',
  path => {
    const text = readCapture(path)
    const [inline, apart, drop] = (['inline', 'apart', 'drop'] as const).map(interrupts => {
      const weights = new StackWeights({ byTrack: true, byCpu: false })
      const reader = new TraceReader(checked(weights), { interrupts })
      reader.push(text)
      reader.endInput()
      const { calls } = reader.finish()
      let sum = 0
      let ofInterrupts = 0
      for (const { root, track } of weights.groups) {
        weights.tree.walk(root, node => {
          sum += weights.tree.self(node)
          if (weights.tracks[track]?.isInterrupts) ofInterrupts += weights.tree.self(node)
        })
      }
      return { sum, ofInterrupts, calls: calls.complete + calls.orphan }
    }) as [Weighed, Weighed, Weighed]
    expect(apart.calls).toBe(inline.calls)
    // Excess time of callees is cut off at other places.
    expect(Math.abs(apart.sum - inline.sum)).toBeLessThanOrEqual(inline.sum / 100)
    expect(drop.sum).toBe(apart.sum - apart.ofInterrupts)
  },
)

interface Weighed {
  readonly sum: number
  readonly ofInterrupts: number
  readonly calls: number
}
