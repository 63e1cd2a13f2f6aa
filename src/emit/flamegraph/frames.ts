import { functionName } from '../../timeline/names.js'
import type { Nanos } from '../../timeline/sink.js'
import type { CallTree, NodeId, StackWeights } from '../../timeline/stacks/index.js'
import { PLAIN, shadeOf } from '../browser/palette.js'
import { labelledRoots, type StackRoot } from '../stack-roots.js'

/** One box of a flame graph. */
export interface Frame {
  readonly name: string
  readonly shade: number
  /** 0 for all. */
  readonly depth: number
  /** Nanoseconds of all that is to its left. */
  readonly at: Nanos
  /** Its self time and that of everything above it. */
  readonly total: Nanos
  readonly self: Nanos
  readonly calls: number
  /** Further lines of its tooltip. */
  readonly notes?: readonly string[]
}

/**
 * The boxes of a flame graph, callers before their callees, callees in the order of their names, so
 * that traces of the same program look alike. Boxes with less than `minShare` of the total are left
 * out, with everything above them.
 */
export function framesOf(weights: StackWeights, root: StackRoot, minShare: number): Frame[] {
  const { tree, functions } = weights
  const roots = labelledRoots(weights, root)
  const below = tree.totals()
  const sumOf = (nodes: readonly NodeId[]) => {
    const sum = { total: 0, calls: 0 }
    for (const node of nodes) {
      sum.total += below.nanos[node]
      sum.calls += below.calls[node]
    }
    return sum
  }
  const all = sumOf([...roots.values()])
  const least = all.total * minShare
  const names = functions.map(functionName)
  const shades = functions.map(shadeOf)
  const callees = calleesByName(tree, roots.values(), names, node => {
    const total = below.nanos[node]
    return total > 0 && total >= least
  })

  const frames: Frame[] = [{ name: 'all', shade: PLAIN, depth: 0, at: 0, self: 0, ...all }]
  const waiting: Placed[] = []
  const placeCallees = (caller: NodeId, at: Nanos, depth: number) => {
    const placed = (callees.get(caller) ?? []).map(node => {
      const place = { node, at, depth }
      at += below.nanos[node]
      return place
    })
    waiting.push(...placed.reverse())
  }
  let at = 0
  for (const [label, node] of [...roots].sort(([a], [b]) => compare(a, b))) {
    const sum = sumOf([node])
    const isShown = label !== '' && sum.total > 0 && sum.total >= least
    if (isShown) frames.push({ name: label, shade: PLAIN, depth: 1, at, self: 0, ...sum })
    placeCallees(node, at, label === '' ? 1 : 2)
    at += sum.total
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const func = tree.functionOf(next.node)
      frames.push({
        name: names[func],
        shade: shades[func],
        depth: next.depth,
        at: next.at,
        total: below.nanos[next.node],
        self: tree.self(next.node),
        calls: tree.calls(next.node),
      })
      placeCallees(next.node, next.at, next.depth + 1)
    }
  }
  return frames
}

interface Placed {
  readonly node: NodeId
  readonly at: Nanos
  readonly depth: number
}

function calleesByName(
  tree: CallTree,
  roots: Iterable<NodeId>,
  names: readonly string[],
  isShown: (node: NodeId) => boolean,
): Map<NodeId, NodeId[]> {
  const callees = new Map<NodeId, NodeId[]>()
  for (const root of roots) {
    tree.walk(root, node => {
      if (!isShown(node)) return
      const siblings = callees.get(tree.parent(node))
      if (siblings) siblings.push(node)
      else callees.set(tree.parent(node), [node])
    })
  }
  const name = (node: NodeId) => names[tree.functionOf(node)]
  for (const siblings of callees.values())
    siblings.sort((a, b) => compare(name(a), name(b)) || a - b)
  return callees
}

/** By code units, independent of the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
