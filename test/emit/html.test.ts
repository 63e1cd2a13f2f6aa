import { beforeAll, describe, expect, test } from 'vitest'
import { awakeDurations } from '../../src/emit/browser/page/awake.js'
import { barAt, firstEndingAfter, visitBars } from '../../src/emit/browser/page/bars.js'
import {
  type Costs,
  callsOf,
  costsOf,
  edgesOf,
  type FunctionCost,
  functionCosts,
  rangeCosts,
} from '../../src/emit/browser/page/costs.js'
import { valueAt } from '../../src/emit/browser/page/counters.js'
import type { Trace } from '../../src/emit/browser/page/data.js'
import { flameTreeOf } from '../../src/emit/browser/page/flame-tree.js'
import { notesOf } from '../../src/emit/browser/page/notes.js'
import { replay } from '../../src/emit/browser/page/replay.js'
import { ticksOf } from '../../src/emit/browser/page/ruler.js'
import { find } from '../../src/emit/browser/page/search.js'
import { openFolded } from '../../src/emit/folded/folded.js'
import { openHtml } from '../../src/emit/html/html.js'
import { checked } from '../../src/timeline/checked.js'
import { functionName, trackName } from '../../src/timeline/names.js'
import type { KernelFunction, TimelineSink, Track } from '../../src/timeline/sink.js'
import { type FinishedCall, finishedCalls, withoutSleep } from '../../src/timeline/sinks/index.js'
import { callGraph } from '../../src/timeline/stacks/index.js'
import { type Capture, capture, captures } from '../captures.js'
import { decodeHtml, nameOf, notesLines, printHtml } from '../decode/html.js'
import { defineFunctions, written } from './captures.js'
import { oddCalls } from './timelines.js'

describe('html', () => {
  test('what ran in a part of the time, and the longest calls of a function', () => {
    const page = written(openHtml, sink => {
      defineFunctions(sink, 'outer', 'inner')
      sink.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined })
      for (const at of [0, 1000]) {
        sink.begin(0, 1, at)
        sink.begin(0, 2, at + 100)
        sink.begin(0, 1, at + 200)
        sink.end(0, 1, at + 300, 100)
        sink.end(0, 2, at + 400, 300)
        sink.end(0, 1, at + 500 + at / 10, 500 + at / 10)
      }
    })
    const trace = decodeHtml(page)
    expect(rangeCosts(trace, costsOf(trace, trace.spans.durations), 250, 1150)).toEqual([
      { func: 1, calls: 3, self: 50 + 100 + 100, total: 250 + 150 },
      { func: 2, calls: 2, self: 100 + 50, total: 150 + 50 },
    ])
    expect(rangeCosts(trace, costsOf(trace, trace.spans.durations), 500, 1000)).toEqual([])
    const durations = (func: number, by: 'length' | 'time') =>
      [...callsOf(trace, func, by)].map(call => trace.spans.durations[call])
    expect(durations(1, 'length')).toEqual([600, 500, 100, 100])
    expect(durations(1, 'time')).toEqual([500, 100, 600, 100])
    expect(durations(2, 'length')).toEqual([300, 300])
  })

  test('rows of cpus are in the order of their numbers', () => {
    const page = written(openHtml, sink => {
      for (const [lane, cpu] of [10, 2, 0].entries()) {
        sink.defineLane(lane, { kind: 'tasks', name: `CPU ${cpu} tasks`, owner: { cpu } })
        sink.beginSection(lane, 1, 'sh-1')
        sink.endSection(lane, 2)
      }
    })
    expect(printHtml(page).match(/^tasks .*/gm)).toEqual([
      'tasks CPU 0 tasks',
      'tasks CPU 2 tasks',
      'tasks CPU 10 tasks',
    ])
  })

  test('all that a timeline has', () => {
    const page = written(openHtml, sink => {
      oddCalls(sink)
      sink.defineLane(0, { kind: 'interrupts', name: 'CPU 3 interrupts', owner: { cpu: 3 } })
      sink.defineLane(1, { kind: 'markers', name: 'markers', owner: { track: 0 } })
      sink.beginSection(0, 3, 'irq 1')
      sink.beginSection(0, 4, 'softirq')
      sink.endSection(0, 5)
      sink.endSection(0, 9)
      sink.beginSection(1, 7, 'load')
      sink.endSection(1, 7)
      sink.instant(0, 1001, 'sched_waking', 'comm=sh', ['a', 'b'])
      sink.instant(0, 1005, 'mark', '')
      sink.count(0, 1002, 'pages', 1.5)
      sink.count(0, 1004, 'pages', -3)
      sink.lost(1, 600, 12)
    })
    const [, data] = printHtml(page).split('</html>\n')
    expect(
      data,
    ).toBe(`{"title":"trace.txt","facts":{"dialect":"tracefs","columns":["CPU","DURATION",\
"FUNCTION CALLS"],"clock":"timestamps","origin":"1000.000000","span":5008,"lostEvents":0},\
"losses":[{"cpu":1,"at":600,"events":12}]}
interrupts CPU 3 interrupts
  irq 1 3..9 6
    softirq 4..5 1
markers markers
  load 7..7 0
calls my, "app-100
  0 moves to cpu 3
  5 moves to cpu 0
  1001 "sched_waking" "comm=sh" "a\\nb"
  1005 "mark"
  vfs_read 0..1000 900 began before
    odd"na,me 2..102 100 "fd\\t3\\nhow\\t2 [O_RDWR]\\nargument 3\\t\\"x\\"\\ncalled from\\tdo_sys+0x1d/0x40 [ext4]\\nreturn\\t-22\\nreturned error\\tEINVAL"
counter pages
  1002 1.5
  1004 -3
calls swapper/1 cpu 1
  irq_enter_rcu 10..12 2
  ext4_read [ext4] 20..41 21 "called from\\ta+0x1/0x2"
    irq_enter_rcu 30..40 25
  ext4_read [ext4] 50..70 incomplete
    vfs_read 51..61 10
`)
  })

  test('nothing from elsewhere, and nothing of the trace as markup', () => {
    const page = written(openHtml, sink => {
      defineFunctions(sink, '</script><script>alert(1)</script>')
      sink.defineTrack(0, { pid: 1, comm: '</script>', cpu: undefined })
      sink.begin(0, 1, 0)
      sink.end(0, 1, 5, 5)
    }).toString()
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; worker-src blob:">`,
    )
    // Only where a trace can be handed over to.
    const sites = ['https://ui.perfetto.dev', 'https://profiler.firefox.com']
    expect(page.match(/https?:\/\/[^"'\s]*/g)).toEqual(sites)
    expect(page).not.toMatch(/<link|<img|@import|url\(/)
    expect(page.match(/<script/g)?.length).toBe(3)
    expect(page.match(/<\/script/g)?.length).toBe(3)
    expect(page).not.toContain('alert')
  })

  test('the title is text', () => {
    const blocks: Uint8Array[] = []
    const sink = openHtml(block => blocks.push(block), { title: '</title>&"' })
    sink.finish({ dialect: '', columns: [], clock: 'order', origin: '', span: 0, lostEvents: 0 })
    const page = Buffer.concat(blocks)
    expect(page.toString()).toContain('<title>&lt;/title&gt;&amp;&quot;</title>')
    expect(decodeHtml(page)).toMatchObject({ title: '</title>&"', groups: [] })
  })

  test('the same trace is the same page', () => {
    expect(written(openHtml, oddCalls).equals(written(openHtml, oddCalls))).toBe(true)
  })

  test('positions of a trace of a hundred days', () => {
    const late = 100 * 86400e9
    const { spans } = decodeHtml(
      written(openHtml, sink => {
        defineFunctions(sink, 'one')
        sink.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined })
        sink.begin(0, 1, 1)
        sink.end(0, 1, late, late + 7)
        sink.begin(0, 1, late + 3)
        sink.end(0, 1, late + 4, 0)
      }),
    )
    expect([...spans.begins]).toEqual([1, late + 3])
    expect([...spans.ends]).toEqual([late, late + 4])
    expect([...spans.durations]).toEqual([late + 7, 0])
  })
})

describe('from the page', () => {
  test.each(captures)('%s: the timeline comes back, call by call', async path => {
    const known = await capture(path)
    const trace = decodeHtml(known.outputs.html)
    const back = { ...known, replay: (sink: TimelineSink) => replay(trace, checked(sink)) }
    expect(callLines(back).sort()).toEqual(callLines(known).sort())
  })

  test.each(captures)('%s: folded stacks are the same', async path => {
    const known = await capture(path)
    const trace = decodeHtml(known.outputs.html)
    const blocks: Uint8Array[] = []
    const folded = openFolded(block => blocks.push(block.slice()), { title: '' })
    replay(trace, folded)
    const sorted = (bytes: Uint8Array) => Buffer.from(bytes).toString().split('\n').sort()
    expect(sorted(Buffer.concat(blocks))).toEqual(sorted(known.outputs.folded))
  })

  test.each(captures)(
    '%s: the flame graph without sleep is what folded without sleep says',
    async path => {
      const known = await capture(path)
      const trace = decodeHtml(known.outputs.html)
      const blocks: Uint8Array[] = []
      const folded = openFolded(block => blocks.push(block.slice()), { title: '' })
      known.replay(withoutSleep(folded))
      const tree = flameTreeOf(trace, costsOf(trace, awakeDurations(trace).durations), () => true)
      const lines: string[] = []
      const paths: string[] = ['']
      for (let box = 1; box < tree.length; box++) {
        const above = paths[tree.parents[box] as number]
        const name = functionName(trace.functions[tree.functions[box] as number] as KernelFunction)
        paths[box] = above === '' ? name : `${above};${name}`
        if ((tree.self[box] as number) > 0) lines.push(`${paths[box]} ${tree.self[box]}`)
      }
      const wanted = Buffer.concat(blocks).toString().trim().split('\n').filter(Boolean)
      expect(lines.sort()).toEqual(wanted.sort())
    },
  )
})

describe.each(captures)('%s', path => {
  let known: Capture
  let trace: Trace
  let costs: Costs
  let byFunction: FunctionCost[]

  beforeAll(async () => {
    known = await capture(path)
    trace = decodeHtml(known.outputs.html)
    costs = costsOf(trace, trace.spans.durations)
    byFunction = functionCosts(trace, costs)
  })

  test('the calls', () => {
    expect(shownCalls(trace).sort()).toEqual(callLines(known).sort())
  })

  test('calls nest', () => {
    const { begins, ends, depths, parents, length } = trace.spans
    const misplaced = Array.from({ length }, (_, span) => span).filter(span => {
      const parent = parents[span]
      if (parent < 0) return depths[span] !== 0
      const isInside = at(begins, parent) <= at(begins, span) && at(ends, parent) >= at(ends, span)
      return !isInside || depths[parent] !== at(depths, span) - 1
    })
    expect(misplaced).toEqual([])
  })

  test('rows have their spans in order, each once', () => {
    const { begins, ends } = trace.spans
    const all = trace.groups.flatMap(({ rows }) => rows.flatMap(row => [...row]))
    expect(all.sort((a, b) => a - b)).toEqual(Array.from(trace.spans.begins.keys()))
    for (const row of trace.groups.flatMap(({ rows }) => rows)) {
      const isOrdered = row.every(
        (span, i) => i === 0 || at(ends, at(row, i - 1)) <= at(begins, span),
      )
      expect(isOrdered).toBe(true)
    }
  })

  test('calls and self time of each function', () => {
    const measured = byFunction.filter(({ calls }) => calls > 0)
    const found = measured.map(
      ({ func, calls, self }) => [name(trace, func), { calls, self }] as const,
    )
    expect(new Map(found)).toEqual(known.totals)
  })

  test('inclusive time of each function, and who calls it', () => {
    const graph = callGraph(known.weights)
    for (const [id, { inclusive }] of graph.functions) {
      expect(byFunction[id]?.total).toBe(inclusive.nanos)
    }
    expect(costs.total).toBe(graph.total.nanos)
    const [heaviest] = [...byFunction].sort((a, b) => b.total - a.total)
    if (!heaviest?.total) return
    const { callees } = edgesOf(trace, costs, heaviest.func)
    const expected = [...(graph.functions.get(heaviest.func)?.callees.values() ?? [])]
    expect(
      callees
        .filter(({ calls, total }) => calls + total > 0)
        .map(({ func, total }) => `${func} ${total}`)
        .sort(),
    ).toEqual(expected.map(({ callee, inclusive }) => `${callee} ${inclusive.nanos}`).sort())
  })

  test('the flame graph', () => {
    const tree = flameTreeOf(trace, costs, () => true)
    expect(tree.totals[0]).toBe(costs.total)
    expect(tree.calls.reduce((sum, calls) => sum + calls, 0)).toBe(costs.calls)
    for (let node = 1; node < tree.length; node++) {
      if (tree.totals[node] === 0) continue
      const parent = tree.parents[node]
      expect(at(tree.begins, node)).toBeGreaterThanOrEqual(at(tree.begins, parent))
      expect(at(tree.ends, node)).toBeLessThanOrEqual(at(tree.ends, parent))
    }
  })
})

describe('bars', () => {
  /** A thousand bars of 1 to 5 ns, with gaps of 0 to 3 ns. */
  const lengths = Array.from({ length: 1000 }, (_, i) => ((i * 7) % 5) + 1)
  const begins = new Float64Array(1000)
  const ends = new Float64Array(1000)
  for (let i = 0, position = 0; i < 1000; i++) {
    begins[i] = position + ((i * 3) % 4)
    ends[i] = at(begins, i) + lengths[i]
    position = at(ends, i)
  }
  const bars = { begins, ends }
  const row = Int32Array.from(begins.keys())

  test('the first one that ends later', () => {
    for (let position = -3; position < at(ends, 999) + 3; position += 0.5) {
      const expected = ends.findIndex(end => end > position)
      const found = firstEndingAfter(bars, row, position)
      expect(found).toBe(expected < 0 ? 1000 : expected)
      expect(firstEndingAfter(bars, row, position, Math.min(found, 5))).toBe(found)
    }
  })

  test('the one at a position', () => {
    for (const bar of [0, 1, 500, 999]) {
      expect(barAt(bars, row, at(begins, bar), 0)).toBe(bar)
      expect(barAt(bars, row, (at(begins, bar) + at(ends, bar)) / 2, 1)).toBe(bar)
    }
    expect(barAt(bars, row, at(ends, 999) + 2, 1)).toBe(-1)
    expect(barAt(bars, row, at(ends, 999) + 0.5, 1)).toBe(999)
  })

  test.each([3000, 900, 100, 7])(
    'every pixel in a bar is drawn, none twice, at %i pixels',
    width => {
      const range = { from: 0, to: at(ends, 999), width }
      const scale = width / range.to
      const drawn: [number, number][] = []
      const draw = (_: number, left: number, right: number) => drawn.push([left, right])
      visitBars(bars, row, range, draw, draw, () => true)
      expect(drawn.every(([left], i) => i === 0 || left >= (drawn[i - 1]?.[1] ?? 0) - 1)).toBe(true)
      const missing = [...row].filter(bar => {
        const middle = ((at(begins, bar) + at(ends, bar)) / 2) * scale
        return !drawn.some(([left, right]) => left <= middle + 1e-9 && right >= middle - 1e-9)
      })
      expect(missing).toEqual([])
      expect(drawn.length).toBeLessThanOrEqual(Math.max(2 * width, 10))
    },
  )
})

test('what a counter says at a position', () => {
  const steps = { positions: [5, 5, 9], values: [1, 2, 3], least: 0, most: 3 }
  expect([4, 5, 8.5, 9, 100].map(position => valueAt(steps, position))).toEqual([
    undefined,
    2,
    2,
    3,
    3,
  ])
})

describe('ruler', () => {
  test.each([
    [{ from: 0, to: 78524, width: 1200 }, 0, '0 µs', '10 µs'],
    [{ from: 0, to: 2.5e9, width: 1200 }, 0, '0.0 s', '0.2 s'],
    [{ from: 5e9, to: 5e9 + 200, width: 1200 }, 5e9, '+0 ns', '+20 ns'],
    [{ from: 17.97e9, to: 18.13e9, width: 1200 }, 0, '17.98 s', '18.00 s'],
  ])('%j', (range, base, first, second) => {
    const ticks = ticksOf(range)
    expect([ticks.base, ...ticks.labels.slice(0, 2)]).toEqual([base, first, second])
  })
})

describe('search', () => {
  const trace = decodeHtml(written(openHtml, oddCalls))
  const names = trace.functions.map(functionName)
  const found = (query: string) => find(trace, names, query).count

  test('by regular expression', () => expect(found('^vfs|rcu$')).toBe(2))
  test('capitals mean capitals', () => expect([found('VFS'), found('vfs')]).toEqual([0, 1]))
  test('what is no regular expression is text', () => expect(found('[ext4')).toBe(1))
  test('spans in order', () => {
    expect([...find(trace, names, 'vfs_read').spans]).toEqual([0, 6])
  })
})

function at(values: Float64Array | Int32Array, index: number): number {
  return values[index]
}

function name(trace: Trace, func: number): string {
  return functionName(trace.functions[func])
}

/** All facts about each call, as the page has them. */
function shownCalls(trace: Trace): string[] {
  const { begins, ends, durations, parents } = trace.spans
  const { self } = costsOf(trace, trace.spans.durations)
  return trace.groups.flatMap(group => {
    if (group.kind !== 'calls') return []
    return Array.from({ length: group.last - group.first }, (_, i) => {
      const span = group.first + i
      const parent = at(parents, span)
      const duration = at(durations, span)
      return JSON.stringify([
        group.name,
        nameOf(trace, group, span),
        at(begins, span),
        at(ends, span),
        duration,
        duration < 0 ? -1 : at(self, span),
        !trace.lates.has(span),
        notesLines(notesOf(trace, span)),
        parent < 0 ? '' : `${nameOf(trace, group, parent)} ${at(begins, parent)}`,
      ])
    })
  })
}

/** The same from the timeline. */
function callLines({ replay }: Capture): string[] {
  const functions: KernelFunction[] = []
  const tracks: Track[] = []
  const calls = new Map<number, FinishedCall>()
  const parents = new Map<number, number>()
  replay(
    finishedCalls({
      start: () => {},
      defineFunction: (id, definition) => {
        functions[id] = definition
      },
      defineTrack: (id, track) => {
        tracks[id] = track
      },
      take: call => {
        calls.set(call.id, { ...call })
        parents.set(call.id, call.parent)
      },
      finish: () => {},
    }),
  )
  const shown = (call: FinishedCall) => functionName(functions[call.func])
  const gaps = gapParents(calls)
  return [...calls.values()].map(call => {
    let parent = call.parent
    while (parent !== 0 && !calls.has(parent)) parent = gaps.get(parent) ?? 0
    const caller = calls.get(parent)
    return JSON.stringify([
      trackName(tracks[call.track]),
      shown(call),
      call.begin,
      call.end,
      call.duration,
      call.self,
      call.hasEntry,
      notesLines(call.notes),
      caller ? `${shown(caller)} ${caller.begin}` : '',
    ])
  })
}

/** Whatever is around a gap: the innermost call of its track, begun before, that ends after. */
function gapParents(calls: ReadonlyMap<number, FinishedCall>): Map<number, number> {
  const inGaps = [...calls.values()].filter(({ parent }) => parent !== 0 && !calls.has(parent))
  return new Map(
    inGaps.map(inner => {
      const around = [...calls.values()].filter(
        ({ id, track, depth, end }) =>
          track === inner.track && id < inner.id && depth < inner.depth && end >= inner.end,
      )
      return [inner.parent, around.sort((a, b) => b.depth - a.depth || b.id - a.id)[0]?.id ?? 0]
    }),
  )
}
