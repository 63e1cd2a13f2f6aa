import { describe, expect, test } from 'vitest'
import { openDot } from '../../src/emit/dot.js'
import type { TimelineSink } from '../../src/timeline/sink.js'
import { capture, captures } from '../captures.js'
import { decodeDot } from '../decode/dot.js'
import { defineFunctions, written } from './captures.js'

describe('dot', () => {
  test('the whole file', () => {
    const file = written(openDot, sink => {
      defineFunctions(sink, 'foo.part.0', 'ext4_read [ext4]')
      sink.defineTrack(0, { pid: 1, comm: 'a', cpu: undefined })
      sink.begin(0, 1, 0)
      sink.begin(0, 2, 100)
      sink.end(0, 2, 400, 300)
      sink.end(0, 1, 12_000, 12_000)
    })
    expect(file.toString()).toBe(`digraph "trace.txt" {
graph [label="trace.txt\\n12.0 us in 2 calls of 2 functions", labelloc=t, fontname="sans-serif"]
node [shape=box, style=filled, fontname="monospace", fontsize=10]
edge [fontname="sans-serif", fontsize=9, color="#555555"]
n1 [label="foo.part.0\\n12.0 us (100.0 %)\\nself 11.7 us (97.5 %)\\n1 call", tooltip="12000 ns, self 11700 ns", fillcolor="0.000 0.700 1.000"]
n2 [label="ext4_read\\n[ext4]\\n300 ns (2.5 %)\\nself 300 ns (2.5 %)\\n1 call", tooltip="300 ns, self 300 ns", fillcolor="0.146 0.115 1.000"]
n1 -> n2 [label="1", tooltip="300 ns", penwidth=0.61, weight=3]
}
`)
  })

  test('an empty trace', () => {
    expect(decodeDot(written(openDot, () => {}))).toEqual({
      title: 'trace.txt\n0 ns in 0 calls of 0 functions',
      nodes: [],
      edges: [],
    })
  })

  test('calls that take no time are drawn too', () => {
    const file = written(openDot, sink => {
      defineFunctions(sink, 'a')
      sink.defineTrack(0, { pid: 1, comm: 'a', cpu: undefined })
      sink.begin(0, 1, 0)
      sink.end(0, 1, 0, 0)
    })
    expect(decodeDot(file).nodes).toEqual([{ name: 'a', inclusive: 0, self: 0, calls: 1 }])
  })

  test('a title is what it is', () => {
    const title = 'a "b" \\N &amp; <c>\nd'
    const blocks: Uint8Array[] = []
    const sink = openDot(block => blocks.push(block), { title })
    sink.finish({
      dialect: '',
      columns: [],
      clock: 'order',
      origin: '',
      span: 0,
      lostEvents: 0,
    })
    expect(decodeDot(Buffer.concat(blocks)).title).toContain(title)
  })

  test('what is small is not drawn, and the title says so', () => {
    const file = written(openDot, sink => {
      defineFunctions(sink, 'large', 'half percent', 'less', 'recursive')
      sink.defineTrack(0, { pid: 1, comm: 'a', cpu: undefined })
      sink.begin(0, 1, 0)
      let at = 1
      for (const [func, duration] of [
        [2, 5000],
        [3, 4999],
      ] as const) {
        sink.begin(0, func, at)
        at += duration
        sink.end(0, func, at, duration)
      }
      sink.begin(0, 4, at)
      sink.begin(0, 4, at)
      sink.end(0, 4, at + 5000, 5000)
      sink.end(0, 4, at + 6000, 6000)
      sink.end(0, 1, 1_000_000, 1_000_000)
    })
    expect(decodeDot(file)).toEqual({
      title: 'trace.txt\n1.00 ms in 5 calls of 3 of 4 functions',
      nodes: [
        { name: 'large', inclusive: 1_000_000, self: 984_001, calls: 1 },
        { name: 'recursive', inclusive: 6000, self: 6000, calls: 2 },
        { name: 'half percent', inclusive: 5000, self: 5000, calls: 1 },
      ],
      edges: [
        { caller: 'large', callee: 'half percent', calls: 1, inclusive: 5000 },
        { caller: 'large', callee: 'recursive', calls: 1, inclusive: 6000 },
        { caller: 'recursive', callee: 'recursive', calls: 1, inclusive: 0 },
      ],
    })
  })

  test('as much as is asked for, of functions, and of edges a fifth of that', () => {
    const draw = (minPercent: number) =>
      decodeDot(
        written(
          (out, options) => openDot(out, { ...options, minPercent }),
          sink => {
            defineFunctions(sink, 'large', 'tenth', 'callee')
            sink.defineTrack(0, { pid: 1, comm: 'a', cpu: undefined })
            sink.begin(0, 1, 0)
            sink.begin(0, 2, 0)
            sink.begin(0, 3, 0)
            sink.end(0, 3, 19, 19)
            sink.end(0, 2, 100, 100)
            sink.begin(0, 3, 100)
            sink.end(0, 3, 200, 100)
            sink.end(0, 1, 1000, 1000)
          },
        ),
      )
    const seen = ({ nodes, edges }: ReturnType<typeof decodeDot>) => [nodes.length, edges.length]
    expect([0, 10, 10.1].map(percent => seen(draw(percent)))).toEqual([
      [3, 3],
      [3, 2],
      [2, 1],
    ])
  })

  test('all of 100 functions, if that is asked for', () => {
    const file = written((out, options) => openDot(out, { ...options, minPercent: 0 }), hundred)
    expect(decodeDot(file).nodes).toHaveLength(100)
  })

  test('at most 80 functions otherwise', () => {
    const { nodes } = decodeDot(written(openDot, hundred))
    expect(nodes).toHaveLength(80)
    expect(nodes[0]?.name).toBe('f99')
    expect(nodes[79]?.name).toBe('f20')
  })
})

function hundred(sink: TimelineSink): void {
  defineFunctions(sink, ...Array.from({ length: 100 }, (_, index) => `f${index}`))
  sink.defineTrack(0, { pid: 1, comm: 'a', cpu: undefined })
  for (let func = 1; func <= 100; func++) {
    sink.begin(0, func, func * 1000)
    sink.end(0, func, func * 1000 + 100 + func, 100 + func)
  }
}

test.each(captures)('totals of what is drawn: %s', async path => {
  const { outputs, totals } = await capture(path)
  const { nodes } = decodeDot(outputs.dot)
  for (const { name, calls, self } of nodes) {
    expect({ name, calls, self }).toEqual({ name, ...(totals.get(name) ?? { calls: 0, self: 0 }) })
  }
  const all = [...totals.values()].reduce((sum, { self }) => sum + self, 0)
  for (const [name, { self }] of totals) {
    const isDrawn = nodes.some(node => node.name === name)
    if (self >= all * 0.005 && nodes.length < 80) expect(isDrawn, name).toBe(true)
  }
})
