import { weightOf } from '../../../timeline/call-weight.js'
import type { Spans, Trace } from './data.js'

/** Measured nanoseconds of each call, the same as in every format; 0 for sections. */
export interface Costs {
  /** The duration less those of measured callees, never below zero; 0 where it was not measured. */
  readonly self: Float64Array
  /** Self time with that of everything below. */
  readonly below: Float64Array
  /** Of all calls. */
  readonly total: number
  readonly calls: number
}

export interface FunctionCost {
  readonly func: number
  /** Measured ones. */
  calls: number
  incomplete: number
  self: number
  /** With everything below; a function below itself counts once. */
  total: number
  /** Of its durations: the sum, the shortest and the longest. */
  sum: number
  least: number
  most: number
}

export interface Edge {
  readonly func: number
  calls: number
  total: number
}

export function costsOf({ spans, groups }: Trace): Costs {
  const self = new Float64Array(spans.length)
  const below = new Float64Array(spans.length)
  const inside = new Float64Array(spans.length)
  let total = 0
  let calls = 0
  for (const group of groups) {
    if (group.kind !== 'calls') continue
    // Backwards callees come before their callers.
    for (let call = group.last - 1; call >= group.first; call--) {
      const duration = spans.durations[call]
      const isMeasured = duration >= 0
      const weight = weightOf(duration, inside[call])
      self[call] = weight - inside[call]
      below[call] += self[call]
      total += self[call]
      calls += Number(isMeasured)
      const caller = spans.parents[call]
      if (caller < 0) continue
      inside[caller] += weight
      below[caller] += below[call]
    }
  }
  return { self, below, total, calls }
}

/** By function. */
export function functionCosts(trace: Trace, { self, below }: Costs): FunctionCost[] {
  const costs = trace.functions.map((_, func) => ({
    func,
    calls: 0,
    incomplete: 0,
    self: 0,
    total: 0,
    sum: 0,
    least: Number.POSITIVE_INFINITY,
    most: 0,
  }))
  forEachCall(trace, (call, func, isOutermost) => {
    const cost = costs[func]
    const duration = trace.spans.durations[call]
    if (isOutermost) cost.total += below[call]
    if (duration < 0) {
      cost.incomplete++
      return
    }
    cost.calls++
    cost.self += self[call]
    cost.sum += duration
    cost.least = Math.min(cost.least, duration)
    cost.most = Math.max(cost.most, duration)
  })
  return costs
}

/** What a function did in a part of the time. */
export interface RangeCost {
  readonly func: number
  /** Calls that were running in it. */
  calls: number
  /** As far as they are in it: by their positions, for durations cannot be cut. */
  self: number
  total: number
}

/** What ran from one position to another, by function; those that did not run are left out. */
export function rangeCosts(trace: Trace, from: number, to: number): RangeCost[] {
  const { begins, ends, parents } = trace.spans
  const costs = trace.functions.map((_, func) => ({ func, calls: 0, self: 0, total: 0 }))
  forEachCall(trace, (call, func, isOutermost) => {
    const inside = Math.min(ends[call], to) - Math.max(begins[call], from)
    if (inside <= 0) return
    costs[func].calls++
    costs[func].self += inside
    if (isOutermost) costs[func].total += inside
    const caller = parents[call]
    if (caller >= 0) costs[trace.spans.names[caller]].self -= inside
  })
  return costs.filter(({ calls }) => calls > 0)
}

/** The calls of a function that were measured, the longest first: so many at most. */
export function longestCalls({ spans, groups }: Trace, func: number, most: number): number[] {
  const { names, durations } = spans
  const longest: number[] = []
  const add = (call: number) => {
    if (longest.length === most) {
      if (durations[call] <= durations[longest[most - 1]]) return
      longest.pop()
    }
    const at = longest.findIndex(other => durations[other] < durations[call])
    longest.splice(at < 0 ? longest.length : at, 0, call)
  }
  for (const { kind, first, last } of groups) {
    if (kind !== 'calls') continue
    for (let call = first; call < last; call++) {
      if (names[call] === func && durations[call] >= 0) add(call)
    }
  }
  return longest
}

/** The callers and callees of a function: -1 stands for no caller. */
export function edgesOf(trace: Trace, { below }: Costs, func: number) {
  const { parents, names, durations } = trace.spans
  const callers = new Map<number, Edge>()
  const callees = new Map<number, Edge>()
  const add = (edges: Map<number, Edge>, other: number, call: number, counts: boolean) => {
    const edge = edges.get(other) ?? { func: other, calls: 0, total: 0 }
    edges.set(other, edge)
    edge.calls += Number(durations[call] >= 0)
    if (counts) edge.total += below[call]
  }
  forEachCall(trace, (call, called, isOutermost) => {
    const caller = parents[call] < 0 ? -1 : names[parents[call]]
    if (called === func) add(callers, caller, call, isOutermost)
    if (caller === func) add(callees, called, call, isOutermost)
  })
  const byTotal = (edges: Map<number, Edge>) =>
    [...edges.values()].sort((a, b) => b.total - a.total || b.calls - a.calls)
  return { callers: byTotal(callers), callees: byTotal(callees) }
}

/** In order; a call is outermost if it is in no other call of its function. */
function forEachCall(
  { spans, groups, functions }: Trace,
  visit: (call: number, func: number, isOutermost: boolean) => void,
): void {
  const { depths, names }: Spans = spans
  const open = new Int32Array(functions.length)
  const path: number[] = []
  for (const group of groups) {
    if (group.kind !== 'calls') continue
    for (let call = group.first; call < group.last; call++) {
      while (path.length > depths[call]) open[path.pop() as number]--
      const func = names[call]
      visit(call, func, open[func] === 0)
      open[func]++
      path.push(func)
    }
    for (const func of path.splice(0)) open[func]--
  }
}
