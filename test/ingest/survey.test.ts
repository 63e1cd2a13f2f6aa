import { describe, expect, test } from 'vitest'
import type { TraceStart } from '../../src/timeline/sink.js'
import { ignored } from '../../src/timeline/sinks/index.js'
import { capture, captures } from '../captures.js'
import { timelineOf } from '../dump-timeline.js'
import { readCapture, readTrace } from '../read-trace.js'

/** Calls of 100 us and a pause of as much, told by a clock of so many ticks a nanosecond. */
function trace(ticks: number, asleep = (_index: number) => 0): string {
  let now = 5_000_000_000
  const stamp = () => {
    const time = Math.floor((now * ticks) / 1000)
    return `${Math.floor(time / 1e6)}.${String(time % 1e6).padStart(6, '0')}`.padStart(12)
  }
  return Array.from({ length: 8 }, (_, index) => {
    const entry = `${stamp()} |   0)    bash-1      |               |  f() {\n`
    now += 100_000 + asleep(index)
    const exit = `${stamp()} |   0)    bash-1      | ! 100.000 us  |  }\n`
    now += 100_000
    return entry + exit
  }).join('')
}

describe('a clock', () => {
  test('of nanoseconds is taken as it is', () => {
    expect(timelineOf(trace(1)).slice(0, 3)).toEqual([
      'bash-1 0 f {',
      'bash-1 100000 } f 100000',
      'bash-1 200000 f {',
    ])
    expect(readTrace(trace(1)).diagnostics).toEqual([])
  })

  test('of cycles is scaled to the durations', () => {
    const { clock, diagnostics } = readTrace(trace(2.5))
    expect({ clock, names: diagnostics.map(({ name }) => name) }).toEqual({
      clock: 'timestamps',
      names: ['clock-of-cycles'],
    })
    expect(timelineOf(trace(2.5)).slice(0, 3)).toEqual([
      'bash-1 0 f {',
      'bash-1 100000 } f 100000',
      'bash-1 200000 f {',
    ])
  })

  test('of 4096 ticks to the microsecond since 1900 is scaled, its origin too', () => {
    const since1900 = (seconds: number) => `1597440${seconds}.000`
    const text = [
      `${since1900(1000)}000 |   0)    bash-1      |               |  f() {`,
      `${since1900(1000)}409 |   0)    bash-1      | ! 100.000 us  |  }`,
      '',
    ].join('\n')
    const { clock, origin, span, diagnostics } = readTrace(text)
    expect({ clock, origin, span, names: diagnostics.map(({ name }) => name) }).toEqual({
      clock: 'timestamps',
      origin: '3900000244.140625',
      span: 100_000,
      names: ['clock-of-tod'],
    })
  })

  test('that counts events or jiffies gives the order alone', () => {
    const { clock, diagnostics } = readTrace(trace(0.00001))
    expect({ clock, names: diagnostics.map(({ name }) => name) }).toEqual({
      clock: 'rebuilt',
      names: ['clock-of-order'],
    })
    expect(timelineOf(trace(0.00001)).slice(0, 3)).toEqual([
      'bash-1 0 f {',
      'bash-1 100000 } f 100000',
      'bash-1 100000 f {',
    ])
  })

  test('is not mistaken where durations leave sleep out', () => {
    const { clock, diagnostics } = readTrace(trace(1, index => 50_000 * index))
    expect({ clock, diagnostics }).toEqual({ clock: 'timestamps', diagnostics: [] })
  })

  test.each([
    ['counter', 'rebuilt'],
    ['uptime', 'rebuilt'],
    ['mono', 'timestamps'],
    ['tai', 'timestamps'],
    ['x86-tsc', 'timestamps'],
  ])('%s of a kernel gives %s', (name, clock) => {
    for (const version of ['6.12', '7.2']) {
      const summary = readTrace(readCapture(`test/corpus/${version}-clock-${name}.txt.gz`))
      expect(summary.clock).toBe(clock)
      // Recorded for some milliseconds, whatever the clock says.
      expect(summary.span).toBeGreaterThan(1e6)
      expect(summary.span).toBeLessThan(1e8)
    }
  })
})

test.each(captures)('what is known at the start holds at the end: %s', async path => {
  const { replay, summary } = await capture(path)
  const starts: TraceStart[] = []
  replay({ ...ignored, start: facts => starts.push(facts) })
  const { dialect, columns, clock, origin } = summary
  expect(starts).toEqual([{ dialect, columns, clock, origin }])
})
