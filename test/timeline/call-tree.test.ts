import { describe, expect, test } from 'vitest'
import { checked } from '../../src/timeline/checked.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { CallTree, type Grouping, StackWeights } from '../../src/timeline/stacks/index.js'

const ALL: Grouping = { byTrack: false, byCpu: false }

describe('a tree', () => {
  test('has one node for a function below a node', () => {
    const tree = new CallTree()
    const root = tree.addRoot()
    const foo = tree.child(root, 1, -1)
    const bar = tree.child(root, 2, foo)
    expect(tree.child(root, 1, bar)).toBe(foo)
    expect(tree.child(root, 2, foo)).toBe(bar)
    expect(tree.child(foo, 1, -1)).not.toBe(foo)
    expect(tree.child(tree.addRoot(), 1, -1)).not.toBe(foo)
    expect(tree.parent(bar)).toBe(root)
    expect(tree.functionOf(bar)).toBe(2)
  })

  test('is walked in the order in which callees were first seen', () => {
    const tree = new CallTree()
    const root = tree.addRoot()
    const first = tree.child(root, 7, -1)
    const second = tree.child(root, 3, first)
    const inner = tree.child(second, 9, -1)
    tree.child(root, 5, second)
    tree.child(first, 4, -1)
    tree.child(second, 8, inner)
    tree.child(root, 3, -1)
    expect(walked(tree, root)).toEqual(['7', ' 4', '3', ' 9', ' 8', '5'])
    expect(walked(tree, second)).toEqual(['9', '8'])
    expect(walked(tree, inner)).toEqual([])
  })

  test('keeps its stacks when it grows', () => {
    const tree = new CallTree()
    const root = tree.addRoot()
    const nodes: number[] = []
    for (let i = 0; i < 100; i++) {
      const caller = tree.child(root, i + 1, -1)
      for (let k = 0; k < 100; k++) nodes.push(tree.child(caller, k + 1, -1))
    }
    expect(new Set(nodes).size).toBe(10_000)
    expect(tree.length).toBe(10_101)
    nodes.forEach((node, index) => {
      const caller = tree.child(root, Math.floor(index / 100) + 1, -1)
      expect(tree.child(caller, (index % 100) + 1, -1)).toBe(node)
    })
  })

  test('moves the weights of a node and what is below it, once', () => {
    const tree = new CallTree()
    const [from, into] = [tree.addRoot(), tree.addRoot()]
    tree.addCall(tree.child(tree.child(from, 1, -1), 2, -1), 10)
    tree.addCall(tree.child(tree.child(into, 1, -1), 2, -1), 5)
    tree.move(from, into)
    tree.move(from, into)
    const inner = tree.child(tree.child(into, 1, -1), 2, -1)
    expect([tree.calls(inner), tree.self(inner)]).toEqual([2, 15])
    const left = tree.child(tree.child(from, 1, -1), 2, -1)
    expect([tree.calls(left), tree.self(left)]).toEqual([0, 0])
    tree.addCall(left, 1)
    tree.move(from, into)
    expect([tree.calls(inner), tree.self(inner)]).toEqual([3, 16])
  })
})

describe('weights', () => {
  test('are durations less those of callees, never below zero', () => {
    const weights = told(ALL, sink => {
      sink.begin(0, 1, 0)
      sink.begin(0, 2, 0)
      sink.end(0, 2, 5, 5)
      sink.begin(0, 2, 5)
      sink.end(0, 2, 7, 2)
      sink.end(0, 1, 10, 10)
      sink.begin(0, 3, 10)
      sink.begin(0, 2, 10)
      sink.end(0, 2, 15, 5)
      sink.end(0, 3, 15, 4)
    })
    expect(stacks(weights)).toEqual({ '1': '1 x 3', '1;2': '2 x 7', '3': '1 x 0', '3;2': '1 x 5' })
  })

  test('of an incomplete call are those of its callees, below it', () => {
    const weights = told(ALL, sink => {
      sink.begin(0, 1, 0)
      sink.begin(0, 2, 0)
      sink.begin(0, 3, 0)
      sink.end(0, 3, 4, 4)
      sink.end(0, 2, 5, UNMEASURED)
      sink.end(0, 1, 10, 10)
    })
    expect(stacks(weights)).toEqual({ '1': '1 x 6', '1;2;3': '1 x 4' })
  })

  test('tell recursion apart by depth', () => {
    const weights = told(ALL, sink => {
      for (let i = 0; i < 2; i++) {
        sink.begin(0, 1, 0)
        sink.begin(0, 1, 0)
        sink.begin(0, 1, 0)
        sink.end(0, 1, 0, 1)
        sink.end(0, 1, 0, 3)
        sink.end(0, 1, 0, 6)
      }
    })
    expect(stacks(weights)).toEqual({ '1': '2 x 6', '1;1': '2 x 4', '1;1;1': '2 x 2' })
  })

  test('of recursion without names go to the names', () => {
    const weights = told(ALL, sink => {
      for (const at of [0, 10]) {
        sink.begin(0, UNNAMED, at)
        sink.begin(0, UNNAMED, at + 1)
        sink.begin(0, 1, at + 2)
        sink.end(0, 1, at + 3, 1)
        sink.end(0, 1, at + 4, 3)
        sink.end(0, 1, at + 5, 6)
      }
    })
    expect(stacks(weights)).toEqual({ '1': '2 x 6', '1;1': '2 x 4', '1;1;1': '2 x 2' })
  })
})

describe('a call without a name', () => {
  test('gives what it called to the names that the ends bring, inner ones first', () => {
    const weights = told(ALL, sink => {
      for (const at of [0, 10]) {
        sink.begin(0, UNNAMED, at)
        sink.begin(0, UNNAMED, at + 1)
        sink.begin(0, 3, at + 2)
        sink.end(0, 3, at + 3, 1)
        sink.end(0, 2, at + 4, 3)
        sink.end(0, 1, at + 5, 5)
      }
    })
    expect(stacks(weights)).toEqual({ '1': '2 x 4', '1;2': '2 x 4', '1;2;3': '2 x 2' })
  })

  test('gives it to another name the next time', () => {
    const weights = told(ALL, sink => {
      for (const [start, outer, inner] of [
        [0, 1, 2],
        [10, 1, 4],
        [20, 4, 2],
        [30, 1, 2],
      ] as const) {
        sink.begin(0, UNNAMED, start)
        sink.begin(0, UNNAMED, start + 1)
        sink.begin(0, 3, start + 2)
        sink.end(0, 3, start + 3, 1)
        sink.end(0, inner, start + 4, 3)
        sink.end(0, outer, start + 5, 5)
      }
    })
    expect(stacks(weights)).toEqual({
      '1': '3 x 6',
      '1;2': '2 x 4',
      '1;2;3': '2 x 2',
      '1;4': '1 x 2',
      '1;4;3': '1 x 1',
      '4': '1 x 2',
      '4;2': '1 x 2',
      '4;2;3': '1 x 1',
    })
  })

  test('and its siblings, all below another one, keep their own', () => {
    const weights = told(ALL, sink => {
      sink.begin(0, UNNAMED, 0)
      for (const [at, name] of [
        [1, 2],
        [3, 3],
        [5, UNNAMED],
        [7, 2],
      ] as const) {
        sink.begin(0, UNNAMED, at)
        sink.begin(0, 4, at + 1)
        sink.end(0, 4, at + 2, 1)
        sink.end(0, name, at + 2, name === UNNAMED ? UNMEASURED : 2)
      }
      sink.end(0, 1, 10, 10)
    })
    expect(stacks(weights)).toEqual({
      '1': '1 x 3',
      '1;2': '2 x 2',
      '1;2;4': '2 x 2',
      '1;3': '1 x 1',
      '1;3;4': '1 x 1',
      '1;4': '1 x 1',
    })
  })

  test('does not share what it called with one of another track', () => {
    const weights = told(ALL, sink => {
      sink.begin(0, UNNAMED, 0)
      sink.begin(1, UNNAMED, 0)
      sink.begin(0, UNNAMED, 1)
      sink.begin(1, UNNAMED, 1)
      sink.begin(0, 5, 2)
      sink.begin(1, 5, 2)
      sink.end(0, 5, 3, 1)
      sink.end(1, 5, 3, 10)
      sink.end(0, 1, 4, 2)
      sink.end(1, 2, 4, 20)
      sink.end(1, 4, 5, 30)
      sink.end(0, 3, 5, 3)
    })
    expect(stacks(weights)).toEqual({
      '3': '1 x 1',
      '3;1': '1 x 1',
      '3;1;5': '1 x 1',
      '4': '1 x 10',
      '4;2': '1 x 10',
      '4;2;5': '1 x 10',
    })
  })

  test('does not share it below the same open function either', () => {
    const weights = told(ALL, sink => {
      for (const id of [0, 1]) {
        sink.begin(id, 1, 0)
        sink.begin(id, UNNAMED, 0)
        sink.begin(id, 5, 1)
        sink.end(id, 5, 2, 1)
      }
      sink.end(1, 3, 3, 2)
      sink.end(1, 1, 3, 3)
      sink.end(0, 2, 3, 2)
      sink.end(0, 1, 3, 3)
    })
    expect(stacks(weights)).toEqual({
      '1': '2 x 2',
      '1;2': '1 x 1',
      '1;2;5': '1 x 1',
      '1;3': '1 x 1',
      '1;3;5': '1 x 1',
    })
  })

  test('leaves on the cpu that it left what it called there', () => {
    const weights = told({ byTrack: true, byCpu: true }, sink => {
      sink.migrate(0, 0, 0)
      sink.begin(0, UNNAMED, 0)
      sink.begin(0, UNNAMED, 1)
      sink.begin(0, 3, 2)
      sink.end(0, 3, 3, 1)
      sink.migrate(0, 1, 3)
      sink.begin(0, 4, 3)
      sink.end(0, 4, 13, 10)
      sink.end(0, 2, 14, 20)
      sink.end(0, 1, 15, 30)
    })
    expect(stacks(weights)).toEqual({
      'cpu 0: 1;2;3': '1 x 1',
      'cpu 1: 1': '1 x 10',
      'cpu 1: 1;2': '1 x 9',
      'cpu 1: 1;2;4': '1 x 10',
    })
  })

  test('does so on each of three cpus, and leaves nothing to calls that come later', () => {
    const weights = told({ byTrack: false, byCpu: true }, sink => {
      for (const [start, outer, inner] of [
        [0, 1, 2],
        [10, 4, 5],
      ] as const) {
        sink.migrate(0, 0, start)
        sink.begin(0, UNNAMED, start)
        sink.begin(0, UNNAMED, start + 1)
        for (const cpu of [0, 1, 2]) {
          sink.migrate(0, cpu, start + 2)
          sink.begin(0, 3, start + 2)
          sink.end(0, 3, start + 2, 1)
        }
        sink.end(0, inner, start + 3, 3)
        sink.end(0, outer, start + 4, 3)
      }
    })
    expect(stacks(weights)).toEqual({
      'cpu 0: 1;2;3': '1 x 1',
      'cpu 0: 4;5;3': '1 x 1',
      'cpu 1: 1;2;3': '1 x 1',
      'cpu 1: 4;5;3': '1 x 1',
      'cpu 2: 1': '1 x 0',
      'cpu 2: 1;2': '1 x 0',
      'cpu 2: 1;2;3': '1 x 1',
      'cpu 2: 4': '1 x 0',
      'cpu 2: 4;5': '1 x 0',
      'cpu 2: 4;5;3': '1 x 1',
    })
  })

  test('does so on every cpu that it comes by, once or again', () => {
    const weights = told({ byTrack: true, byCpu: true }, sink => {
      sink.migrate(0, 0, 0)
      sink.begin(0, UNNAMED, 0)
      sink.begin(0, UNNAMED, 1)
      sink.begin(0, 3, 2)
      sink.end(0, 3, 3, 1)
      sink.migrate(0, 1, 3)
      sink.begin(0, 3, 3)
      sink.end(0, 3, 13, 10)
      sink.migrate(0, 0, 13)
      sink.begin(0, 4, 13)
      sink.end(0, 4, 113, 100)
      sink.migrate(0, 2, 113)
      sink.end(0, 2, 114, 200)
      sink.end(0, 1, 115, 300)
    })
    expect(stacks(weights)).toEqual({
      'cpu 0: 1;2;3': '1 x 1',
      'cpu 0: 1;2;4': '1 x 100',
      'cpu 1: 1;2;3': '1 x 10',
      'cpu 2: 1': '1 x 100',
      'cpu 2: 1;2': '1 x 89',
    })
  })

  test('that is never named gives what it called to its caller', () => {
    const weights = told(ALL, sink => {
      sink.begin(0, 1, 0)
      sink.begin(0, UNNAMED, 0)
      sink.begin(0, 2, 1)
      sink.end(0, 2, 3, 2)
      sink.begin(0, UNNAMED, 3)
      sink.begin(0, 3, 4)
      sink.end(0, 3, 5, 1)
      sink.end(0, UNNAMED, 5, UNMEASURED)
      sink.end(0, UNNAMED, 5, UNMEASURED)
      sink.end(0, 1, 10, 10)
    })
    expect(stacks(weights)).toEqual({ '1': '1 x 7', '1;2': '1 x 2', '1;3': '1 x 1' })
  })

  test('that is never named, with no caller, gives it to the root', () => {
    const weights = told(ALL, sink => {
      sink.begin(0, UNNAMED, 0)
      sink.begin(0, UNNAMED, 1)
      sink.begin(0, 2, 2)
      sink.end(0, 2, 3, 2)
      sink.end(0, UNNAMED, 3, UNMEASURED)
      sink.end(0, UNNAMED, 3, UNMEASURED)
    })
    expect(stacks(weights)).toEqual({ '2': '1 x 2' })
  })

  test('is moved whole, thirty levels deep', () => {
    const depth = 30
    const weights = told(
      ALL,
      sink => {
        for (const at of [0, 100]) {
          for (let level = 0; level < depth; level++) sink.begin(0, UNNAMED, at + level)
          for (let level = depth; level > 0; level--) sink.end(0, level, at + 30, depth - level + 1)
        }
      },
      depth,
    )
    const names = Array.from({ length: depth }, (_, level) => level + 1)
    expect(stacks(weights)).toEqual(
      Object.fromEntries(names.map(level => [names.slice(0, level).join(';'), '2 x 2'])),
    )
  })
})

describe('groups', () => {
  const twoTracks = (sink: TimelineSink) => {
    sink.migrate(0, 0, 0)
    sink.migrate(1, 1, 0)
    for (const id of [0, 1]) {
      sink.begin(id, 1, 0)
      sink.end(id, 1, 1, 1)
    }
    sink.migrate(0, 1, 1)
    sink.begin(0, 1, 1)
    sink.end(0, 1, 2, 1)
  }

  test.each([
    [{ byTrack: false, byCpu: false }, { '1': '3 x 3' }],
    [
      { byTrack: true, byCpu: false },
      { 'track 0: 1': '2 x 2', 'track 1: 1': '1 x 1' },
    ],
    [
      { byTrack: false, byCpu: true },
      { 'cpu 0: 1': '1 x 1', 'cpu 1: 1': '2 x 2' },
    ],
  ])('by track and cpu: %j', (grouping, expected) => {
    const weights = told(grouping, twoTracks)
    expect(stacks(weights, grouping.byTrack)).toEqual(expected)
  })
})

/** The weights of a timeline of two tracks, checked against the contract. */
function told(grouping: Grouping, tell: (sink: TimelineSink) => void, functions = 5): StackWeights {
  const weights = new StackWeights(grouping)
  const sink = checked(weights)
  sink.start({ dialect: '', columns: [], clock: 'timestamps', origin: '' })
  for (let id = 1; id <= functions; id++) sink.defineFunction(id, { name: `f${id}`, module: '' })
  sink.defineTrack(0, track(0))
  sink.defineTrack(1, track(1))
  tell(sink)
  return weights
}

function track(id: number) {
  return { pid: id + 100, comm: 'task', cpu: undefined }
}

/** `calls x self` for each stack that has either; a stack stands there once, and names all. */
function stacks(weights: StackWeights, withTracks = false): Record<string, string> {
  const { tree, groups } = weights
  const found: Record<string, string> = {}
  for (const { track, cpu, root } of groups) {
    const label = withTracks ? `track ${track}: ` : cpu < 0 ? '' : `cpu ${cpu}: `
    const names: number[] = []
    tree.walk(root, (node, depth) => {
      names.length = depth
      names.push(tree.functionOf(node))
      const [calls, self] = [tree.calls(node), tree.self(node)]
      if (calls === 0 && self === 0) return
      const stack = `${label}${names.join(';')}`
      if (found[stack]) throw new Error(`${stack} stands there twice`)
      found[stack] = `${calls} x ${self}`
    })
  }
  return found
}

function walked(tree: CallTree, root: number): string[] {
  const lines: string[] = []
  tree.walk(root, (node, depth) => lines.push(`${' '.repeat(depth)}${tree.functionOf(node)}`))
  return lines
}
