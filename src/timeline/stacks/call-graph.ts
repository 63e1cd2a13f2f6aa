import type { FunctionId, Nanos, TrackId } from '../sink.js'
import type { CallTree, NodeId, StackTotals } from './call-tree.js'
import type { StackWeights } from './stack-weights.js'

/** Nanoseconds, and the number of calls that they were measured on. */
export interface Cost {
  nanos: Nanos
  calls: number
}

/** A caller: a function, or the track of outermost calls. */
export interface Caller {
  /** With everything below it; recursive calls count once. */
  readonly inclusive: Cost
  readonly callees: ReadonlyMap<FunctionId, CallEdge>
}

export interface GraphFunction extends Caller {
  readonly id: FunctionId
  readonly self: Cost
}

export interface CallEdge {
  readonly callee: FunctionId
  calls: number
  /** Of the calls that are not inside another call of the same function. */
  readonly inclusive: Cost
}

/** Who calls whom, with what it costs. */
export interface CallGraph {
  /** In the order of their first call, callers before their callees. */
  readonly functions: ReadonlyMap<FunctionId, GraphFunction>
  /** The callers of outermost calls, by track; -1 if stacks are not grouped by track. */
  readonly roots: ReadonlyMap<TrackId, Caller>
  readonly total: Cost
}

/**
 * Joins stacks into a graph. The edges to a function add up to its inclusive cost, with recursion
 * too: an edge to a function that is already on the stack costs nothing.
 */
export function callGraph({ tree, groups }: StackWeights): CallGraph {
  const below = tree.totals()
  const functions = new Map<FunctionId, OpenFunction>()
  const roots = new Map<TrackId, OpenCaller>()
  for (const { track, root } of groups) {
    const caller = roots.get(track) ?? newCaller()
    roots.set(track, caller)
    addStacks(tree, root, below, caller, functions)
  }
  const total = { nanos: 0, calls: 0 }
  for (const { inclusive } of roots.values()) add(total, inclusive)
  return { functions, roots, total }
}

interface OpenCaller extends Caller {
  readonly callees: Map<FunctionId, CallEdge>
}

interface OpenFunction extends OpenCaller, GraphFunction {
  readonly callees: Map<FunctionId, CallEdge>
  /** How often it is on the current path. */
  open: number
}

function addStacks(
  tree: CallTree,
  root: NodeId,
  below: StackTotals,
  rootCaller: OpenCaller,
  functions: Map<FunctionId, OpenFunction>,
): void {
  const path: OpenFunction[] = []
  const shorten = (length: number) => {
    for (const func of path.splice(length)) func.open--
  }
  add(rootCaller.inclusive, costAt(below, root))
  tree.walk(root, (node, depth) => {
    const cost = costAt(below, node)
    // Neither this call nor any below it was measured.
    if (cost.calls === 0) return
    shorten(depth)
    const func = openFunction(functions, tree.functionOf(node))
    const edge = edgeTo(path.at(-1) ?? rootCaller, func.id)
    path.push(func)
    if (func.open++ === 0) {
      add(func.inclusive, cost)
      add(edge.inclusive, cost)
    }
    edge.calls += tree.calls(node)
    add(func.self, { nanos: tree.self(node), calls: tree.calls(node) })
  })
  shorten(0)
}

function openFunction(functions: Map<FunctionId, OpenFunction>, id: FunctionId): OpenFunction {
  const known = functions.get(id)
  if (known) return known
  const func = { ...newCaller(), id, self: { nanos: 0, calls: 0 }, open: 0 }
  functions.set(id, func)
  return func
}

function edgeTo({ callees }: OpenCaller, callee: FunctionId): CallEdge {
  const known = callees.get(callee)
  if (known) return known
  const edge = { callee, calls: 0, inclusive: { nanos: 0, calls: 0 } }
  callees.set(callee, edge)
  return edge
}

function costAt({ nanos, calls }: StackTotals, node: NodeId): Cost {
  return { nanos: nanos[node], calls: calls[node] }
}

function newCaller(): OpenCaller {
  return { inclusive: { nanos: 0, calls: 0 }, callees: new Map() }
}

function add(sum: Cost, cost: Cost): void {
  sum.nanos += cost.nanos
  sum.calls += cost.calls
}
