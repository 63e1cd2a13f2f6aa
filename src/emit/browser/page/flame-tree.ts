import type { Bars } from './bars.js'
import type { Costs } from './costs.js'
import type { Trace } from './data.js'

/** The distinct stacks of some tracks as boxes. Box 0 is the whole; callers come before callees. */
export interface FlameTree extends Bars {
  readonly length: number
  readonly functions: readonly number[]
  readonly parents: readonly number[]
  readonly depths: readonly number[]
  readonly calls: readonly number[]
  readonly self: readonly number[]
  readonly totals: readonly number[]
  readonly rows: readonly Int32Array[]
}

/** Callees stand below their callers, the heaviest first. `isShown` chooses among the groups. */
export function flameTreeOf(
  { spans, groups, functions: { length: radix } }: Trace,
  costs: Costs,
  isShown: (group: number) => boolean,
): FlameTree {
  const functions = [0]
  const parents = [-1]
  const depths = [0]
  const calls = [0]
  const self = [0]
  const nodes = new Map<number, number>()
  const path: number[] = [0]
  const child = (parent: number, func: number) => {
    const key = parent * radix + func
    const known = nodes.get(key)
    if (known !== undefined) return known
    const node = functions.push(func) - 1
    parents.push(parent)
    depths.push(depths[parent] + 1)
    calls.push(0)
    self.push(0)
    nodes.set(key, node)
    return node
  }
  for (const [index, { kind, first, last }] of groups.entries()) {
    if (kind !== 'calls' || !isShown(index)) continue
    for (let call = first; call < last; call++) {
      const depth = spans.depths[call]
      const node = child(path[depth], spans.names[call])
      path[depth + 1] = node
      if (spans.durations[call] < 0) continue
      calls[node]++
      self[node] += costs.self[call]
    }
  }
  const totals = [...self]
  for (let node = totals.length - 1; node > 0; node--) totals[parents[node]] += totals[node]
  const tree = { length: functions.length, functions, parents, depths, calls, self, totals }
  return { ...tree, ...placed(tree) }
}

function placed({ parents, depths, totals }: Pick<FlameTree, 'parents' | 'depths' | 'totals'>) {
  const begins = new Float64Array(totals.length)
  const ends = new Float64Array(totals.length)
  const rows: number[][] = []
  const callees = new Map<number, number[]>()
  for (let node = 1; node < totals.length; node++) {
    if (totals[node] === 0) continue
    const siblings = callees.get(parents[node])
    if (siblings) siblings.push(node)
    else callees.set(parents[node], [node])
  }
  const waiting = [0]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    ends[node] = begins[node] + totals[node]
    const row = rows[depths[node]] ?? []
    rows[depths[node]] = row
    row.push(node)
    const below = (callees.get(node) ?? []).sort((a, b) => totals[b] - totals[a] || a - b)
    let at = begins[node]
    for (const callee of below) {
      begins[callee] = at
      at += totals[callee]
    }
    waiting.push(...below.reverse())
  }
  return { begins, ends, rows: rows.map(row => Int32Array.from(row)) }
}
