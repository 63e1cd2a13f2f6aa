import { describe, expect, test } from 'vitest'
import { openFolded } from '../../src/emit/folded/folded.js'
import type { FoldedOptions } from '../../src/emit/folded/options.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { ignored, tee } from '../../src/timeline/sinks/index.js'
import { capture, captures } from '../captures.js'
import { sumOfFolded } from '../decode/folded.js'
import { defineFunctions, written } from './captures.js'

function folded(
  events: (sink: TimelineSink) => void,
  options: Partial<FoldedOptions> = {},
): string {
  const open: typeof openFolded = (out, all) => openFolded(out, { ...all, ...options })
  return written(open, events).toString()
}

/** Two tasks: a call in another twice, a module, a late name, a gap, a migration, an exit missing. */
function calls(sink: TimelineSink): void {
  defineFunctions(sink, 'vfs_read', 'ext4_read [ext4]', 'schedule')
  sink.defineTrack(0, { pid: 7, comm: 'my app;', cpu: undefined })
  sink.defineTrack(1, { pid: 8, comm: 'worker 1', cpu: undefined })
  sink.migrate(0, 0, 0)
  sink.begin(0, UNNAMED, 0)
  sink.begin(0, 2, 10)
  sink.end(0, 2, 30, 20)
  sink.migrate(1, 1, 40)
  sink.begin(1, 3, 40)
  sink.begin(0, 2, 40)
  sink.migrate(0, 1, 45)
  sink.end(0, 2, 50, 5)
  sink.end(0, 1, 100, 90)
  sink.begin(0, UNNAMED, 200)
  sink.begin(0, 3, 201)
  sink.end(0, 3, 203, 2)
  sink.end(0, UNNAMED, 204, UNMEASURED)
  sink.end(1, 3, 1040, UNMEASURED)
}

describe('stacks with weights', () => {
  test('self time', () => {
    expect(folded(calls)).toBe('schedule 2\nvfs_read 65\nvfs_read;ext4_read [ext4] 25\n')
  })

  test('calls', () => {
    expect(folded(calls, { weight: 'calls' })).toBe(
      'schedule 1\nvfs_read 1\nvfs_read;ext4_read [ext4] 2\n',
    )
  })

  test('of nothing are said to be none', () => {
    const warnings: string[] = []
    const warn = (message: string) => warnings.push(message)
    const unmeasured = (sink: TimelineSink) => {
      defineFunctions(sink, 'schedule')
      sink.defineTrack(0, { pid: 7, comm: '', cpu: undefined })
      sink.begin(0, 1, 0)
      sink.end(0, 1, 5, UNMEASURED)
    }
    expect(folded(unmeasured, { warn }) + folded(calls, { warn })).toContain('schedule 2')
    expect(warnings).toEqual([expect.stringContaining('the output is empty')])
  })

  test.each([
    ['comm', 'my_app:'],
    ['pid', 'my_app:-7'],
  ] as const)('below the %s', (root, label) => {
    expect(folded(calls, { root })).toContain(`${label};vfs_read 65\n`)
  })

  test('below the cpu where it ended', () => {
    expect(folded(calls, { root: 'cpu' })).toBe(`CPU_0;vfs_read;ext4_read [ext4] 20
CPU_1;schedule 2
CPU_1;vfs_read 65
CPU_1;vfs_read;ext4_read [ext4] 5
`)
  })

  test('annotated for palettes', () => {
    expect(folded(calls, { annotate: true })).toBe(
      'schedule_[k] 2\nvfs_read_[k] 65\nvfs_read_[k];ext4_read [ext4]_[k] 25\n',
    )
  })

  test.each([
    ['prefix', 'ext4:ext4_read'],
    ['none', 'ext4_read'],
  ] as const)('modules: %s', (modules, name) => {
    expect(folded(calls, { modules })).toBe(`schedule 2\nvfs_read 65\nvfs_read;${name} 25\n`)
    expect(folded(calls, { modules, annotate: true })).toContain(`vfs_read_[k];${name}_[k] 25\n`)
  })

  test('more in callees than in their caller counts once', () => {
    const events = (sink: TimelineSink) => {
      defineFunctions(sink, 'a', 'b')
      sink.defineTrack(0, { pid: 7, comm: 'x', cpu: undefined })
      sink.begin(0, 1, 0)
      sink.begin(0, 2, 0)
      sink.end(0, 2, 9, 12)
      sink.end(0, 1, 9, 9)
    }
    expect(folded(events)).toBe('a;b 12\n')
  })
})

describe('no name reads as anything else', () => {
  test.each([
    ['a;b', 'a:b'],
    ['a 1', 'a_1'],
    ['a 1.5', 'a_1.5'],
    ['a ', 'a_'],
    ['a\u00a07', 'a_7'],
    ['a\nb', 'a_b'],
    ['#a', '_a'],
    ['a [7]', 'a [7]'],
  ])('%j', (name, frame) => {
    const events = (sink: TimelineSink) => {
      sink.defineFunction(1, { name, module: '' })
      sink.defineTrack(0, { pid: 7, comm: 'worker 1', cpu: undefined })
      sink.begin(0, 1, 0)
      sink.end(0, 1, 5, 5)
    }
    expect(folded(events)).toBe(`${frame} 5\n`)
    expect(folded(events, { root: 'comm' })).toBe(`worker_1;${frame} 5\n`)
    expect(folded(events, { flamechart: true })).toBe(`${frame} 5\n`)
  })
})

describe('a flame chart', () => {
  test('is in the order of time, track by track', () => {
    expect(folded(calls, { flamechart: true, root: 'comm' })).toBe(`my_app:;vfs_read 10
my_app:;vfs_read;ext4_read [ext4] 20
my_app:;vfs_read 10
my_app:;vfs_read;ext4_read [ext4] 10
my_app:;vfs_read 50
my_app:;schedule 2
worker_1;schedule 1000
`)
  })

  test('follows a task from cpu to cpu', () => {
    const lines = folded(calls, { flamechart: true, root: 'cpu', annotate: true }).split('\n')
    expect(lines.slice(3, 5)).toEqual([
      'CPU_0;vfs_read_[k];ext4_read [ext4]_[k] 5',
      'CPU_1;vfs_read_[k];ext4_read [ext4]_[k] 5',
    ])
  })

  test.each(captures)('%s is as long as its outermost calls are', async path => {
    const blocks: Uint8Array[] = []
    const extents = new RootExtents()
    const options = { title: '', root: 'pid', flamechart: true } as const
    const chart = openFolded(block => blocks.push(block), options)
    const { replay } = await capture(path)
    replay(tee([chart, extents.sink]))
    const lines = Buffer.concat(blocks).toString().split('\n').slice(0, -1)
    const sum = lines.reduce((all, line) => all + Number(/ (\d+)$/.exec(line)?.[1]), 0)
    expect(sum).toBe(extents.nanos)
  })
})

test.each(captures)('%s weighs the same above every root', async path => {
  const outputs = (['none', 'comm', 'pid', 'cpu'] as const).map(root => {
    const blocks: Uint8Array[] = []
    return { blocks, sink: openFolded(block => blocks.push(block), { title: '', root }) }
  })
  const { replay } = await capture(path)
  replay(tee(outputs.map(({ sink }) => sink)))
  const sums = outputs.map(({ blocks }) => sumOfFolded(Buffer.concat(blocks)))
  expect(new Set(sums).size).toBe(1)
})

/** How long tracks are in calls, gaps left out. */
class RootExtents {
  nanos = 0
  readonly #open: { begin: number; inside: number }[][] = []
  readonly sink: TimelineSink = {
    ...ignored,
    begin: (track, _func, at) => {
      this.#open[track] ??= []
      this.#open[track].push({ begin: at, inside: 0 })
    },
    end: (track, func, at) => {
      const open = this.#open[track] ?? []
      const call = open.pop()
      if (!call) return
      const extent = func === UNNAMED ? call.inside : at - call.begin
      const caller = open.at(-1)
      if (caller) caller.inside += extent
      else this.nanos += extent
    },
  }
}
