import { describe, expect, test } from 'vitest'
import { timelineOf } from '../dump-timeline.js'
import { readTrace } from '../read-trace.js'

/** Exits of one task, each with its time in microseconds, depth, duration in microseconds and name. */
function trace(...exits: readonly [number, number, number, string][]): string {
  return exits
    .map(([time, depth, duration, name]) => {
      const value = duration.toFixed(3)
      return `    1.${String(time).padStart(6, '0')} |   0)    bash-1      | ! ${value} us${' '.repeat(8 - value.length)}|  ${'  '.repeat(depth)}} /* ${name} */\n`
    })
    .join('')
}

describe('a trace that has exits only', () => {
  test('is told from the callers down, from their begins on', () => {
    const text = trace(
      [1000, 0, 1, 'z'],
      [2000, 2, 200, 'c'],
      [2100, 1, 400, 'b'],
      [2110, 0, 900, 'a'],
    )
    expect(timelineOf(text)).toEqual([
      'bash-1 0 z {',
      'bash-1 0 } z 1000',
      'bash-1 210000 a {',
      'bash-1 700000 b {',
      'bash-1 800000 c {',
      'bash-1 1000000 } c 200000',
      'bash-1 1100000 } b 400000',
      'bash-1 1110000 } a 900000',
    ])
    expect(readTrace(text)).toMatchObject({
      calls: { complete: 0, incomplete: 0, orphan: 4 },
      diagnostics: [{ name: 'exits-only' }],
    })
  })

  test('has no caller for what ended before it began', () => {
    const text = trace([1000, 0, 1, 'z'], [2000, 1, 300, 'b'], [9000, 0, 900, 'a'])
    expect(timelineOf(text).slice(2)).toEqual([
      'bash-1 700000 b {',
      'bash-1 1000000 } b 300000',
      'bash-1 7100000 a {',
      'bash-1 8000000 } a 900000',
    ])
  })

  test('without timestamps has no caller for what is longer', () => {
    const text = [
      ' 0) ! 300.000 us  |      } /* c */',
      ' 0) ! 400.000 us  |    } /* b */',
      ' 0) ! 250.000 us  |  } /* a */',
      ' 0) ! 900.000 us  |  } /* d */',
    ].join('\n')
    expect(timelineOf(text)).toEqual([
      'CPU 0 0 b {',
      'CPU 0 0 c {',
      'CPU 0 300000 } c 300000',
      'CPU 0 400000 } b 400000',
      'CPU 0 400000 a {',
      'CPU 0 650000 } a 250000',
      'CPU 0 650000 d {',
      'CPU 0 1550000 } d 900000',
    ])
  })

  test('is over where an entry comes, a loss, or the end', () => {
    const exits = trace([1000, 0, 1, 'z'], [2000, 2, 200, 'c'])
    const told = ['bash-1 800000 c {', 'bash-1 1000000 } c 200000']
    expect(timelineOf(exits).slice(2)).toEqual(told)
    expect(timelineOf(`${exits}CPU:0 [LOST 3 EVENTS]\n`).slice(2, 4)).toEqual(told)
    const filler = trace([3000, 0, 1, 'y']).repeat(2000)
    const entry = '    1.004000 |   0)    bash-1      |               |  f() {\n'
    const exit = '    1.004900 |   0)    bash-1      | ! 900.000 us  |  }\n'
    expect(timelineOf(exits + filler + entry + exit).slice(-2)).toEqual([
      'bash-1 3000000 f {',
      'bash-1 3900000 } f 900000',
    ])
  })

  test('and no durations shows them where they end, and says so', () => {
    const text = [
      '    1.000100 |   0)    bash-1      |    } /* b */',
      '    1.000110 |   0)    bash-1      |  } /* a */',
      '',
    ].join('\n')
    expect(timelineOf(text)).toEqual([
      'bash-1 0 a {',
      'bash-1 0 b {',
      'bash-1 0 } b incomplete',
      'bash-1 10000 } a incomplete',
    ])
    const { time, diagnostics } = readTrace(text)
    expect({ time, names: diagnostics.map(({ name }) => name) }).toEqual({
      time: { roots: 0, withoutEntry: 0, withoutExit: 0 },
      names: ['unmeasured-exits'],
    })
  })
})
