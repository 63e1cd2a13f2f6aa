import type { FunctionId, Nanos } from '../timeline/sink.js'
import type { CallTree, NodeId, StackTotals, StackWeights } from '../timeline/stacks/index.js'

/** The calls of one function with the same stack, merged into one node. */
export interface MergedCalls {
  readonly func: FunctionId
  /** The number of measured calls. */
  calls: number
  /** Time with everything below: the width in a flame graph. */
  total: Nanos
  self: Nanos
  /** The callees, or in a tree of callers the callers; highest totals first. */
  next: readonly MergedCalls[]
}

/** A function with its callers and callees. */
export interface FunctionGraph {
  /** Its calls that are not inside another call of it, with their callees. */
  readonly callees: MergedCalls
  /**
   * The same calls with their callers; `calls` and `total` are those of the function all the way
   * up.
   */
  readonly callers: MergedCalls
}

/** The whole tree: the outermost calls with their callees. */
export function mergedCalls({ tree, groups }: StackWeights): readonly MergedCalls[] {
  const below = tree.totals()
  const top = newNode(0)
  for (const { root } of groups) addCallees(tree, below, root, top)
  return sorted(top).next
}

/** The callers and callees of the functions that match, taken as one. */
export function functionGraph(
  { tree, groups }: StackWeights,
  matches: (func: FunctionId) => boolean,
): FunctionGraph | undefined {
  const below = tree.totals()
  let middle: FunctionGraph | undefined
  for (const { root } of groups) {
    let inside = Number.POSITIVE_INFINITY
    tree.walk(root, (node, depth) => {
      if (depth <= inside) inside = Number.POSITIVE_INFINITY
      if (depth > inside || below.calls[node] === 0 || !matches(tree.functionOf(node))) return
      inside = depth
      const func = tree.functionOf(node)
      middle ??= { callees: newNode(func), callers: newNode(func) }
      const { callees, callers } = middle as OpenGraph
      addTo(callees, tree.calls(node), below.nanos[node], tree.self(node))
      addCallees(tree, below, node, callees)
      addCallers(tree, node, below.nanos[node], callers)
    })
  }
  return middle && { callees: sorted(middle.callees), callers: sorted(middle.callers) }
}

interface OpenNode extends MergedCalls {
  readonly byFunction: Map<FunctionId, OpenNode>
}

interface OpenGraph {
  readonly callees: OpenNode
  readonly callers: OpenNode
}

function addCallees(tree: CallTree, below: StackTotals, root: NodeId, top: OpenNode): void {
  const path = [top]
  tree.walk(root, (node, depth) => {
    // Calls here and below are incomplete, or were named late and counted elsewhere.
    if (below.calls[node] === 0) return
    const merged = child(path[depth], tree.functionOf(node))
    addTo(merged, tree.calls(node), below.nanos[node], tree.self(node))
    path[depth + 1] = merged
  })
}

function addCallers(tree: CallTree, node: NodeId, total: Nanos, top: OpenNode): void {
  const calls = tree.calls(node)
  addTo(top, calls, total, tree.self(node))
  let merged = top
  for (let up = tree.parent(node); tree.parent(up) >= 0; up = tree.parent(up)) {
    merged = child(merged, tree.functionOf(up))
    addTo(merged, calls, total, 0)
  }
}

function child({ byFunction }: OpenNode, func: FunctionId): OpenNode {
  const known = byFunction.get(func)
  if (known) return known
  const node = newNode(func)
  byFunction.set(func, node)
  return node
}

function newNode(func: FunctionId): OpenNode {
  return { func, calls: 0, total: 0, self: 0, next: [], byFunction: new Map() }
}

function addTo(node: MergedCalls, calls: number, total: Nanos, self: Nanos): void {
  node.calls += calls
  node.total += total
  node.self += self
}

/** Sorts by total, highest first; equal totals keep the order of their first call. */
function sorted(top: MergedCalls): MergedCalls {
  const open = [top as OpenNode]
  for (let node = open.pop(); node; node = open.pop()) {
    const next = [...node.byFunction.values()].sort((a, b) => b.total - a.total)
    node.next = next
    open.push(...next)
  }
  return top
}
