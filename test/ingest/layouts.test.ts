import { describe, expect, test } from 'vitest'
import { columnNames, type Layout, layouts } from '../../src/ingest/lines/layouts.js'
import { timelineOf } from '../dump-timeline.js'
import { readTrace } from '../read-trace.js'

interface Cells {
  readonly micros: number
  readonly cpu: number
  readonly task: string
  /** Of 14 bytes, mark and unit included; blank where the line has no duration. */
  readonly duration: string
}

/** Puts a line together as print_graph_prologue of the kernel does. */
function printed(layout: Layout, cells: Cells, call: string): string {
  const { micros, cpu, task, duration } = cells
  const time = `${String(Math.floor(micros / 1e6)).padStart(5)}.${String(micros % 1e6).padStart(6, '0')}`
  return [
    layout.time === 'absolute' ? `${time} |  ` : '',
    layout.time === 'relative' ? `${String(micros).padStart(9)} us |  ` : '',
    layout.cpu ? ` ${String(cpu).padStart(2)}) ` : '',
    layout.task ? `${task} | ` : '',
    layout.flags === 'cell' ? ' d.h1. | ' : layout.flags === 'glued' ? ' d.h1' : '',
    layout.duration ? `${duration}|  ` : '',
    call,
  ].join('')
}

function titleOf(layout: Layout): string {
  const title = columnNames(layout).join(' ') || 'none'
  return layout.flags === 'glued' ? title.replace('FLAGS', 'old FLAGS') : title
}

const BLANK = ' '.repeat(14)

function session(layout: Layout): string {
  const task = '   bash-1234   '
  const at = (micros: number, duration: string, call: string) =>
    printed(layout, { micros, cpu: 3, task, duration }, call)
  return [
    at(7_000_100, BLANK, 'vfs_write() {'),
    at(7_000_101, '  1.234 us    ', '  rw_verify_area();'),
    at(7_000_104, BLANK, '  nf_hook [nf_conntrack]() {'),
    at(7_000_106, BLANK, '    /* softirq_raise: vec=1 */'),
    at(7_000_107, '+ 12.345 us   ', '    skb_copy();'),
    at(7_000_121, '! 170.5 us    ', '  }'),
    at(7_000_299, '# 1234567 us  ', '} /* vfs_write */'),
    '',
  ].join('\n')
}

/** A duration of more than 8 digits pushes its bar on; a long pid does so with its cell. */
function wideSession(layout: Layout): string {
  const cells = { micros: 123_456_789_012, cpu: 1023, task: 'kworker-1234567 ' }
  return [
    printed(layout, { ...cells, duration: '$ 123456789 us ' }, 'do_idle();'),
    printed(layout, { ...cells, duration: '$ 123456789 us ' }, 'do_idle();'),
    '',
  ].join('\n')
}

describe.each(layouts.map(layout => [titleOf(layout), layout] as const))(
  'columns %s',
  (_, layout) => {
    test('are recognized without a header, and every line read', () => {
      const { columns, lines, calls } = readTrace(session(layout))
      expect(columns).toEqual(columnNames(layout))
      expect(lines).toMatchObject({ entry: 2, leaf: 2, exit: 2, comment: 1, unrecognized: 0 })
      expect(calls).toEqual({ complete: 4, incomplete: 0, orphan: 0 })
    })

    test('give the same calls in the same order', () => {
      const calls = timelineOf(session(layout)).flatMap(
        line => line.match(/\S+( \[\S+\])? \{/)?.[0] ?? [],
      )
      expect(calls).toEqual([
        'vfs_write {',
        'rw_verify_area {',
        'nf_hook [nf_conntrack] {',
        'skb_copy {',
      ])
    })

    test('may be wider than usual', () => {
      const { columns, lines } = readTrace(wideSession(layout))
      expect(columns).toEqual(columnNames(layout))
      expect(lines).toMatchObject({ leaf: 2, unrecognized: 0 })
    })
  },
)

describe('the header', () => {
  const line = ' 1)   0.500 us    |  foo();\n'

  test('may be missing its columns', () => {
    const { lines, columns } = readTrace(`# tracer: function_graph\n#\n${line}`)
    expect(columns).toEqual(['CPU', 'DURATION'])
    expect(lines).toMatchObject({ header: 2, leaf: 1, unrecognized: 0 })
  })

  test('may promise columns that are not there', () => {
    const header = '# tracer: function_graph\n#     TIME        CPU  DURATION     FUNCTION CALLS\n'
    expect(readTrace(header + line).columns).toEqual(['CPU', 'DURATION'])
  })

  test('without calls gives an empty timeline', () => {
    const { columns, lines, diagnostics } = readTrace(
      '# tracer: function_graph\n#\n# CPU  DURATION                  FUNCTION CALLS\n',
    )
    expect(columns).toEqual(['CPU', 'DURATION'])
    expect(lines.total).toBe(3)
    expect(diagnostics.map(({ name }) => name)).toEqual(['no-calls'])
  })

  test('in mid-file starts another capture, in its own layout', () => {
    const timed = '    2.000001 |   0)   0.500 us    |  bar();\n'
    const again = '# tracer: function_graph\n#\n#     TIME        CPU  DURATION    FUNCTION CALLS\n'
    expect(timelineOf(` 1)               |  foo() {\n${line}${again}${timed}`)).toEqual([
      'CPU 1 0 foo {',
      'CPU 1 0 } foo incomplete',
      'CPU 1 0 foo {',
      'CPU 1 500 } foo 500',
      'CPU 0 500 bar {',
      'CPU 0 1000 } bar 500',
    ])
  })
})

test('# starts a data line where the mark is the first column', () => {
  const text = '# 1234.567 us |  foo();\n  0.100 us    |  bar();\n'
  const { columns, lines } = readTrace(text)
  expect(columns).toEqual(['DURATION'])
  expect(lines).toMatchObject({ leaf: 2, header: 0, unrecognized: 0 })
})

test('the layout is looked at anew where it changes without a header', () => {
  const plain = ' 1)   0.500 us    |  foo();\n'.repeat(3000)
  const timed = '    2.000001 |   0)   0.500 us    |  bar();\n'.repeat(100)
  expect(readTrace(plain + timed).lines).toMatchObject({ leaf: 3100, unrecognized: 0 })
  const bare = 'bar();\n'.repeat(100)
  expect(readTrace(plain + bare).lines).toMatchObject({ leaf: 3080, other: 20 })
})
