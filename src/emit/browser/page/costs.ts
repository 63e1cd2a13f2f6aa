import { weightOf } from '../../../timeline/call-weight.js'
import { LEFT_OUT } from './awake.js'
import type { Spans, Trace } from './data.js'

/** Measured nanoseconds of each call, the same as in every format; 0 for sections. */
export interface Costs {
  /** UNMEASURED or LEFT_OUT where a call has none. */
  readonly durations: Float64Array
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

/** By durations as printed, or without time asleep (`awakeDurations`). */
export function costsOf({ spans, groups }: Trace, durations: Float64Array): Costs {
  const self = new Float64Array(spans.length)
  const below = new Float64Array(spans.length)
  const inside = new Float64Array(spans.length)
  let total = 0
  let calls = 0
  for (const group of groups) {
    if (group.kind !== 'calls') continue
    // Backwards callees come before their callers.
    for (let call = group.last - 1; call >= group.first; call--) {
      const duration = durations[call]
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
  return { durations, self, below, total, calls }
}

/** By function. */
export function functionCosts(trace: Trace, { durations, self, below }: Costs): FunctionCost[] {
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
    const duration = durations[call]
    if (duration === LEFT_OUT) return
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

/**
 * What ran from one position to another, by function, on all tracks or on that of one group; functions that did not
 * run are left out.
 */
export function rangeCosts(
  trace: Trace,
  { durations, self }: Costs,
  from: number,
  to: number,
  only?: number | undefined,
): RangeCost[] {
  const { begins, ends, parents, names } = trace.spans
  const costs = trace.functions.map((_, func) => ({ func, calls: 0, self: 0, total: 0 }))
  const isLeftOut = (call: number) => call >= 0 && durations[call] === LEFT_OUT
  /** Or asleep in its own time. */
  const isAway = (call: number) =>
    isLeftOut(call) ||
    (call >= 0 && durations[call] < trace.spans.durations[call] && self[call] === 0)
  /** Adds to the functions around a call, to each once. */
  const addAround = (call: number, time: number) => {
    const around = new Set<number>()
    for (let at = parents[call]; at >= 0; at = parents[at])
      if (!isLeftOut(at)) around.add(names[at])
    for (const func of around) costs[func].total += time
  }
  forEachCall(
    trace,
    (call, func, isOutermost) => {
      const inside = Math.min(ends[call], to) - Math.max(begins[call], from)
      if (inside <= 0) return
      const caller = parents[call]
      if (caller >= 0 && !isAway(caller)) costs[names[caller]].self -= inside
      if (!isLeftOut(call)) costs[func].calls++
      if (isAway(call)) {
        if (!isAway(caller)) addAround(call, -inside)
        return
      }
      if (isAway(caller)) addAround(call, inside)
      costs[func].self += inside
      if (isOutermost) costs[func].total += inside
    },
    only,
  )
  return costs.filter(({ calls }) => calls > 0)
}

/** All calls of a function, by their begins or the longest first; those that were not measured come last. */
export function callsOf({ spans, groups }: Trace, func: number, by: 'time' | 'length'): Int32Array {
  const { names, durations, begins } = spans
  const calls: number[] = []
  for (const { kind, first, last } of groups) {
    if (kind !== 'calls') continue
    for (let call = first; call < last; call++) if (names[call] === func) calls.push(call)
  }
  const byTime = (a: number, b: number) => begins[a] - begins[b]
  const byLength = (a: number, b: number) => durations[b] - durations[a] || byTime(a, b)
  return Int32Array.from(calls).sort(by === 'time' ? byTime : byLength)
}

/** The callers and callees of a function: -1 stands for no caller. */
export function edgesOf(trace: Trace, { durations, below }: Costs, func: number) {
  const { parents, names } = trace.spans
  const callers = new Map<number, Edge>()
  const callees = new Map<number, Edge>()
  const add = (edges: Map<number, Edge>, other: number, call: number, counts: boolean) => {
    const edge = edges.get(other) ?? { func: other, calls: 0, total: 0 }
    edges.set(other, edge)
    edge.calls += Number(durations[call] >= 0)
    if (counts) edge.total += below[call]
  }
  forEachCall(trace, (call, called, isOutermost) => {
    if (durations[call] === LEFT_OUT) return
    let above = parents[call]
    while (above >= 0 && durations[above] === LEFT_OUT) above = parents[above]
    const caller = above < 0 ? -1 : names[above]
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
  only?: number | undefined,
): void {
  const { depths, names }: Spans = spans
  const open = new Int32Array(functions.length)
  const path: number[] = []
  for (const [index, group] of groups.entries()) {
    if (group.kind !== 'calls' || (only !== undefined && index !== only)) continue
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
