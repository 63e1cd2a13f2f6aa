import { describe, expect, test } from 'vitest'
import { ink, type Shade, shadeOf, shades } from '../../src/emit/browser/palette.js'
import { bothTexts, shareText, timeText } from '../../src/emit/browser/units.js'
import { openFlamegraph } from '../../src/emit/flamegraph/flamegraph.js'
import { Recording } from '../../src/timeline/logs/index.js'
import { functionName } from '../../src/timeline/names.js'
import type { TimelineSink } from '../../src/timeline/sink.js'
import type { StackWeights } from '../../src/timeline/stacks/index.js'
import { capture, captures } from '../captures.js'
import { decodeFlamegraph } from '../decode/flamegraph.js'
import { defineFunctions, written } from './captures.js'
import { oddCalls } from './timelines.js'

const PIXELS = 1200 - 2 * 12

describe('flamegraph', () => {
  test('frames, callees by name', () => {
    const frames = decodeFlamegraph(written(openFlamegraph, oddCalls))
    expect(
      frames.map(({ name, depth, at, total, self, calls }) => [
        name,
        depth,
        at,
        total,
        self,
        calls,
      ]),
    ).toEqual([
      ['all', 0, 0, 937, 0, 6],
      ['ext4_read [ext4]', 1, 0, 35, 0, 1],
      ['irq_enter_rcu', 2, 0, 25, 25, 1],
      ['vfs_read', 2, 25, 10, 10, 1],
      ['irq_enter_rcu', 1, 35, 2, 2, 1],
      ['vfs_read', 1, 37, 900, 800, 1],
      ['odd"na,me', 2, 37, 100, 100, 1],
    ])
  })

  test('tasks below their stacks', () => {
    const recording = new Recording()
    oddCalls(recording)
    const blocks: Uint8Array[] = []
    const options = { title: 'trace', root: 'pid' } as const
    const sink = openFlamegraph(block => blocks.push(block), options)
    recording.replay(sink)
    sink.finish({ ...FACTS })
    const frames = decodeFlamegraph(Buffer.concat(blocks))
    const tasks = frames.filter(({ depth }) => depth === 1)
    expect(tasks.map(({ name, total, calls }) => [name, total, calls])).toEqual([
      ['my, "app-100', 900, 2],
      ['swapper/1', 37, 4],
    ])
  })

  test('names are text', () => {
    const svg = written(openFlamegraph, sink => {
      sink.defineFunction(1, { name: '</script><b>&"\u0001]]>', module: '' })
      oneCall(sink, 1000)
    }).toString()
    expect(svg).toContain(
      '<title>&lt;/script&gt;&lt;b&gt;&amp;&quot;\ufffd]]&gt;\n1.000 µs (1,000 ns)',
    )
  })

  test('nothing from elsewhere', () => {
    const svg = written(openFlamegraph, oddCalls).toString()
    const places = new Set(svg.match(/https?:[^"'\s]*/g))
    expect(places).toEqual(new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xhtml']))
    expect(svg).not.toMatch(/\b(href|src|@import|url\()/)
    expect(svg.match(/]]>/g)?.length).toBe(1)
  })

  test('a trace without measured calls is a picture of that', () => {
    const svg = written(openFlamegraph, () => {}).toString()
    expect(svg).toContain('0 ns in 0 calls of 0 functions')
    expect(decodeFlamegraph(Buffer.from(svg)).map(({ name }) => name)).toEqual(['all'])
  })

  test('a stack of 20,000 calls', () => {
    const svg = written(openFlamegraph, sink => {
      defineFunctions(sink, 'recursive')
      sink.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined })
      for (let i = 0; i < 20000; i++) sink.begin(0, 1, i)
      for (let i = 20000; i > 0; i--) sink.end(0, 1, 40000 - i, 40000 - 2 * i + 1)
    })
    // The tops of the stack are too narrow.
    expect(decodeFlamegraph(svg).at(-1)?.depth).toBe(19998)
  })
})

describe('colours', () => {
  test('of the kernel, modules and interrupts', () => {
    const families = ['vfs_read', 'handle_softirqs', '_raw_spin_lock_irqsave'].map(name =>
      hue(shades[shadeOf({ name, module: '' })]?.light),
    )
    expect(
      families.map(angle => (angle > 340 || angle < 15 ? 'red' : angle < 60 ? 'orange' : '')),
    ).toEqual(['orange', 'red', 'orange'])
    const module = hue(shades[shadeOf({ name: 'ext4_read', module: 'ext4' })]?.light)
    expect(module).toBeGreaterThan(140)
  })

  test.each<[keyof Shade, number]>([
    ['light', 7],
    ['dark', 4.5],
  ])('can be read, %s', (theme, least) => {
    const contrasts = shades.map(shade => contrast(shade[theme], ink[theme]))
    expect(Math.min(...contrasts)).toBeGreaterThan(least)
  })
})

test('numbers', () => {
  expect([0, 999, 1000, 78524, 1234567, 98765432101].map(timeText)).toEqual([
    '0 ns',
    '999 ns',
    '1.000 µs',
    '78.524 µs',
    '1.235 ms',
    '98.765 s',
  ])
  expect(bothTexts(1234567)).toBe('1.235 ms (1,234,567 ns)')
  expect(timeText(1234567890123456)).toBe('1,234,567.890 s')
  expect([shareText(1, 3), shareText(1, 1000), shareText(0, 0)]).toEqual([
    '33.3 %',
    '0.10 %',
    '0.00 %',
  ])
})

describe.each(captures)('%s', path => {
  test('frames as the stacks say', async () => {
    const { outputs, weights } = await capture(path)
    const frames = decodeFlamegraph(outputs.flamegraph)
    const byName = (a: string, b: string) => (a < b ? -1 : Number(a > b))
    const found = frames
      .slice(1)
      .map(({ name, depth, total, self, calls }) => `${depth} ${name} ${total} ${self} ${calls}`)
    expect(found.sort(byName)).toEqual(wideStacks(weights).sort(byName))
  })

  test('frames stand on their callers, side by side', async () => {
    const frames = decodeFlamegraph((await capture(path)).outputs.flamegraph)
    const stack: (typeof frames)[number][] = []
    for (const frame of frames) {
      const around = stack[frame.depth - 1]
      if (around) {
        expect(frame.at).toBeGreaterThanOrEqual(around.at)
        expect(frame.at + frame.total).toBeLessThanOrEqual(around.at + around.total)
        expect(frame.y).toBe(around.y - 18)
      }
      const before = stack[frame.depth]
      if (before) expect(frame.at).toBeGreaterThanOrEqual(before.at + before.total)
      stack[frame.depth] = frame
    }
  })
})

const FACTS = {
  dialect: '',
  columns: [],
  clock: 'timestamps',
  origin: '',
  span: 0,
  lostEvents: 0,
} as const

function oneCall(sink: TimelineSink, duration: number): void {
  sink.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined })
  sink.begin(0, 1, 0)
  sink.end(0, 1, duration, duration)
}

/** Of each stack that has a tenth of a pixel: depth, function, total, self, calls. */
function wideStacks({ tree, groups, functions }: StackWeights): string[] {
  const totals = new Map<number, number>()
  for (let node = tree.length - 1; node >= 0; node--) {
    const total = (totals.get(node) ?? 0) + tree.self(node)
    totals.set(node, total)
    totals.set(tree.parent(node), (totals.get(tree.parent(node)) ?? 0) + total)
  }
  const all = totals.get(-1) ?? 0
  const stacks: string[] = []
  for (const { root } of groups) {
    tree.walk(root, (node, depth) => {
      const total = totals.get(node) as number
      if (total === 0 || total < all * (0.1 / PIXELS)) return
      const name = functionName(functions[tree.functionOf(node)])
      stacks.push(`${depth + 1} ${name} ${total} ${tree.self(node)} ${tree.calls(node)}`)
    })
  }
  return stacks
}

function channels(color: string): number[] {
  return [1, 3, 5].map(at => Number.parseInt(color.slice(at, at + 2), 16) / 255)
}

/** As WCAG has it. */
function contrast(a: string, b: string): number {
  const luminance = (color: string) => {
    const linear = channels(color).map(c =>
      c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
    )
    const [red = 0, green = 0, blue = 0] = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

function hue(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color)
  const angle = Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue)
  return ((angle * 180) / Math.PI + 360) % 360
}
