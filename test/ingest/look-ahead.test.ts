import { describe, expect, test } from 'vitest'
import { TimelineDump, timelineOf } from '../dump-timeline.js'
import { readTrace } from '../read-trace.js'

/** Lines of cpus without timestamps: `0 |  f() {`. */
function plain(...lines: string[]): string {
  return lines
    .map(line => {
      const [, cpu, rest] = /^(\d+) (.*)$/.exec(line) ?? []
      return cpu === undefined ? line : ` ${cpu}) ${rest}`
    })
    .join('\n')
}

const entry = (text: string) => `              |  ${text}`
const callsOf = (text: string) => readTrace(text).calls
/** Stacks as they end, the outermost call first, of one track. */
const stacksOf = (text: string) => {
  const open: string[] = []
  return timelineOf(text).flatMap(event => {
    const [, name] = /(\S+) \{$/.exec(event) ?? []
    if (name) open.push(name)
    if (!/ \} /.test(event)) return []
    const stack = open.join(';')
    open.pop()
    return [stack]
  })
}

describe('an interrupt at the depth of the call that it hit', () => {
  const hit = (...lines: string[]) =>
    plain(
      `0 ${entry('top() {')}`,
      `0 ${entry('  page() {')}`,
      ...lines.map(line => `0 ${line}`),
      '0   0.022 us    |    next();',
      '0 + 30.000 us   |  }',
    )

  test('is inside of it, if the exit of that comes later', () => {
    const text = hit(
      '  ==========> |',
      entry('  timer() {'),
      '  0.500 us    |      enter();',
      '+ 20.700 us   |    }',
      '  <========== |',
      '  0.097 us    |    } /* page */',
    )
    expect(callsOf(text)).toEqual({ complete: 5, incomplete: 0, orphan: 0 })
    expect(stacksOf(text)).toEqual([
      'top;page;timer;enter',
      'top;page;timer',
      'top;page',
      'top;next',
      'top',
    ])
  })

  test('may have several calls at that depth, leaves among them', () => {
    const text = hit(
      '  0.500 us    |    irq_enter();',
      entry('  timer() {'),
      '  1.000 us    |    }',
      '  0.500 us    |    irq_exit();',
      '  9.000 us    |    } /* page */',
    )
    expect(callsOf(text)).toEqual({ complete: 6, incomplete: 0, orphan: 0 })
    expect(stacksOf(text)).toContain('top;page;irq_exit')
  })

  test('may come when the call has called others, before its exit is recorded', () => {
    const text = hit(
      '  1.000 us    |      inner();',
      entry('  timer() {'),
      '  1.000 us    |    }',
      '  9.000 us    |    } /* page */',
    )
    expect(callsOf(text)).toEqual({ complete: 5, incomplete: 0, orphan: 0 })
  })

  test('may hit the same function, and be hit itself', () => {
    const text = hit(
      entry('  page() {'),
      entry('  timer() {'),
      '  1.000 us    |    }',
      '  2.000 us    |    } /* page */',
      '  9.000 us    |    } /* page */',
    )
    expect(stacksOf(text)).toEqual([
      'top;page;page;timer',
      'top;page;page',
      'top;page',
      'top;next',
      'top',
    ])
  })

  test('counts its time once, though the duration of the call leaves it out', () => {
    const text = hit(
      entry('  timer() {'),
      '+ 20.700 us   |    }',
      '  0.097 us    |    } /* page */',
    )
    expect(readTrace(text).time.roots).toBe(30_000)
  })

  test('is none if the caller goes on: then the exit is missing', () => {
    const text = hit(entry('  other() {'), '  1.000 us    |    }')
    expect(callsOf(text)).toEqual({ complete: 3, incomplete: 1, orphan: 0 })
    expect(stacksOf(text)).toContain('top;other')
  })

  test('is none if events are lost before the exit', () => {
    const text = hit(
      entry('  other() {'),
      '  1.000 us    |    }',
      '  1.000 us    |    } /* page */',
    ).replace(' 0)   1.000 us    |    }\n', '$&CPU:0 [LOST 5 EVENTS]\n')
    expect(callsOf(text)).toMatchObject({ incomplete: 2, orphan: 2 })
  })

  test('is told from lines of other cpus and tasks', () => {
    const text = plain(
      `0 ${entry('top() {')}`,
      `0 ${entry('  page() {')}`,
      `0 ${entry('  timer() {')}`,
      `1 ${entry('other() {')}`,
      '1   3.000 us    |  }',
      ' ------------------------------------------',
      ' 0)   bash-1       =>    cat-2',
      ' ------------------------------------------',
      '0   1.000 us    |  read();',
      ' ------------------------------------------',
      ' 0)   cat-2        =>    bash-1',
      ' ------------------------------------------',
      '0   1.000 us    |    }',
      '0   9.000 us    |    } /* page */',
      '0 + 30.000 us   |  }',
    )
    expect(callsOf(text)).toEqual({ complete: 5, incomplete: 0, orphan: 0 })
  })

  test('does not depend on how the text is cut', () => {
    const text = hit(
      entry('  timer() {'),
      '+ 20.700 us   |    }',
      '  0.097 us    |    } /* page */',
    )
    const cut = (size: number) => {
      const dump = new TimelineDump()
      readTrace(text, dump, size)
      return dump.lines
    }
    for (let size = 1; size < 40; size++) expect(cut(size)).toEqual(cut(text.length))
  })
})

describe('a task that has moved to another cpu, in a trace that names no tasks', () => {
  const moved = (...lines: string[]) =>
    plain(
      `2 ${entry('umount() {')}`,
      `2 ${entry('  lookup() {')}`,
      `2 ${entry('    schedule() {')}`,
      '2   0.500 us    |        pick();',
      ...lines,
    )
  const exits = [
    '0   5108908 us  |      } /* schedule */',
    '0   5116971 us  |    } /* lookup */',
    '0   5121320 us  |  } /* umount */',
  ]

  test('is known by the exits, which name what it has open', () => {
    const text = moved('0   1.000 us    |        finish();', ...exits)
    expect(callsOf(text)).toEqual({ complete: 5, incomplete: 0, orphan: 0 })
    expect(stacksOf(text)).toContain('umount;lookup;schedule;finish')
    expect(readTrace(text).tracks).toBe(1)
  })

  test('is known by an exit that comes first', () => {
    expect(callsOf(moved(...exits))).toEqual({ complete: 4, incomplete: 0, orphan: 0 })
  })

  test('has not moved if its cpu goes on with it, or if the exits name something else', () => {
    const goesOn = moved(
      '0   1.000 us    |        finish();',
      '2   1.000 us    |        more();',
      ...exits,
    )
    expect(callsOf(goesOn)).toMatchObject({ incomplete: 3, orphan: 3 })
    const others = exits.map(line => line.replace('lookup', 'other'))
    expect(callsOf(moved(...others))).toMatchObject({ incomplete: 3, orphan: 3 })
  })

  test('leaves its cpu to another', () => {
    const text = moved(
      '0   1.000 us    |        finish();',
      ...exits,
      '2   1.000 us    |  after();',
    )
    expect(callsOf(text)).toEqual({ complete: 6, incomplete: 0, orphan: 0 })
    expect(readTrace(text).tracks).toBe(2)
  })
})
