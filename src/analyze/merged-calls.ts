import type { FunctionId, Nanos } from '../timeline/sink.js'
import type { CallTree, NodeId, StackTotals, StackWeights } from '../timeline/stacks/index.js'

/** Calls of one function that came the same way, as one. */
export interface MergedCalls {
  readonly func: FunctionId
  /** Those that are measured. */
  calls: number
  /** With everything below: as wide as it is in a flame graph. */
  total: Nanos
  self: Nanos
  /** Those with the highest totals first. In a tree of callers these are the callers. */
  next: readonly MergedCalls[]
}

/** A function as the middle of a graph. */
export interface FunctionGraph {
  /** Its calls that stand in no other one of it, with what they call. */
  readonly callees: MergedCalls
  /** The same ones with who called them; `calls` and `total` are of the function all the way up. */
  readonly callers: MergedCalls
}

/** The whole tree of calls: those that nobody calls, with what they call. */
export function mergedCalls({ tree, groups }: StackWeights): readonly MergedCalls[] {
  const below = tree.totals()
  const top = newNode(0)
  for (const { root } of groups) addCallees(tree, below, root, top)
  return sorted(top).next
}

/** The callers and callees of a function, or of several as one: `matches` says which. */
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
    // Nothing counts here or below: it is incomplete, or was named late and has moved.
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

/** Puts the highest totals first; what has the same one stays as it was first seen. */
function sorted(top: MergedCalls): MergedCalls {
  const open = [top as OpenNode]
  for (let node = open.pop(); node; node = open.pop()) {
    const next = [...node.byFunction.values()].sort((a, b) => b.total - a.total)
    node.next = next
    open.push(...next)
  }
  return top
}
