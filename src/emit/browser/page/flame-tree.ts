import { LEFT_OUT } from './awake.js'
import type { Bars } from './bars.js'
import type { Costs } from './costs.js'
import type { Trace } from './data.js'

/** Stacks as boxes. Box 0 is the whole; every other box comes after the one that it belongs to, its parent. */
export interface FlameTree extends Bars {
  readonly length: number
  readonly functions: readonly number[]
  readonly parents: readonly number[]
  /** The row of each box. */
  readonly depths: readonly number[]
  readonly calls: readonly number[]
  readonly self: readonly number[]
  readonly totals: readonly number[]
  /** From top to bottom. */
  readonly rows: readonly Int32Array[]
  /** Whether box 0 is a function, between its callers and its callees. */
  readonly isSandwich: boolean
}

/** Chooses among the groups by their places. */
type Chosen = (group: number) => boolean

/** The distinct stacks of some tracks: callees below their callers, the heaviest first. */
export function flameTreeOf(trace: Trace, costs: Costs, isShown: Chosen): FlameTree {
  const boxes = new Boxes(0, trace.functions.length)
  addStacks(boxes, trace, costs, isShown, (parent, func) => boxes.child(parent, func))
  return boxes.placed((a, b) => boxes.totals[b] - boxes.totals[a] || a - b)
}

/** The same in order of time: only calls one after another with the same stack are one box. */
export function orderedTreeOf(trace: Trace, costs: Costs, isShown: Chosen): FlameTree {
  const boxes = new Boxes(0, trace.functions.length)
  addStacks(boxes, trace, costs, isShown, (parent, func) => boxes.nextChild(parent, func))
  return boxes.placed((a, b) => a - b)
}

/** One function with the stacks of its callers above and of its callees below, as heavy as they made it. */
export function sandwichOf(trace: Trace, costs: Costs, func: number, isShown: Chosen): FlameTree {
  const callees = new Boxes(func, trace.functions.length)
  const callers = new Boxes(func, trace.functions.length)
  const { parents, names, depths } = trace.spans
  const { durations, below, self } = costs
  for (const [index, { kind, first, last }] of trace.groups.entries()) {
    if (kind !== 'calls' || !isShown(index)) continue
    const path: number[] = []
    // The depth of the outermost call of the function that is open.
    let top = -1
    for (let call = first; call < last; call++) {
      if (depths[call] <= top) top = -1
      if (durations[call] === LEFT_OUT) {
        if (top >= 0) path[depths[call] + 1] = path[depths[call]]
        continue
      }
      if (top < 0) {
        if (names[call] !== func) continue
        top = depths[call]
        path[top + 1] = 0
        let box = 0
        for (let above = parents[call]; above >= 0; above = parents[above]) {
          if (durations[above] === LEFT_OUT) continue
          box = callers.child(box, names[above])
        }
        callers.add(box, below[call], Number(durations[call] >= 0))
      } else path[depths[call] + 1] = callees.child(path[depths[call]], names[call])
      if (durations[call] >= 0) callees.add(path[depths[call] + 1], self[call], 1)
    }
  }
  const byWeight = (boxes: Boxes) => (a: number, b: number) =>
    boxes.totals[b] - boxes.totals[a] || a - b
  return joined(callers.placed(byWeight(callers)), callees.placed(byWeight(callees)))
}

function addStacks(
  boxes: Boxes,
  { spans, groups }: Trace,
  { durations, self }: Costs,
  isShown: Chosen,
  child: (parent: number, func: number) => number,
): void {
  const path: number[] = [0]
  for (const [index, { kind, first, last }] of groups.entries()) {
    if (kind !== 'calls' || !isShown(index)) continue
    for (let call = first; call < last; call++) {
      const depth = spans.depths[call]
      const isLeftOut = durations[call] === LEFT_OUT
      const box = isLeftOut ? path[depth] : child(path[depth], spans.names[call])
      path[depth + 1] = box
      if (durations[call] >= 0) boxes.add(box, self[call], 1)
    }
  }
}

/** Boxes before they are placed. */
class Boxes {
  readonly functions: number[]
  readonly parents = [-1]
  readonly #depths = [0]
  readonly #calls = [0]
  readonly #self = [0]
  totals: readonly number[] = []
  readonly #radix: number
  readonly #known = new Map<number, number>()
  /** By box, its child that came last. */
  readonly #last: number[] = []

  constructor(func: number, functions: number) {
    this.functions = [func]
    this.#radix = functions
  }

  /** The box of a function that belongs to another. */
  child(parent: number, func: number): number {
    const key = parent * this.#radix + func
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const box = this.#new(parent, func)
    this.#known.set(key, box)
    return box
  }

  /** The same, unless another has come since. */
  nextChild(parent: number, func: number): number {
    const last = this.#last[parent]
    if (last !== undefined && this.functions[last] === func) return last
    const box = this.#new(parent, func)
    this.#last[parent] = box
    return box
  }

  add(box: number, self: number, calls: number): void {
    this.#self[box] += self
    this.#calls[box] += calls
  }

  /** Boxes of no weight are left out of the rows. */
  placed(order: (a: number, b: number) => number): FlameTree {
    const [parents, depths] = [this.parents, this.#depths]
    const totals = [...this.#self]
    for (let box = totals.length - 1; box > 0; box--) totals[parents[box]] += totals[box]
    this.totals = totals
    const begins = new Float64Array(totals.length)
    const ends = new Float64Array(totals.length)
    const rows: number[][] = []
    const children = new Map<number, number[]>()
    for (let box = 1; box < totals.length; box++) {
      if (totals[box] === 0) continue
      const siblings = children.get(parents[box])
      if (siblings) siblings.push(box)
      else children.set(parents[box], [box])
    }
    const waiting = [0]
    for (let box = waiting.pop(); box !== undefined; box = waiting.pop()) {
      ends[box] = begins[box] + totals[box]
      const row = rows[depths[box]] ?? []
      rows[depths[box]] = row
      row.push(box)
      const below = (children.get(box) ?? []).sort(order)
      let at = begins[box]
      for (const child of below) {
        begins[child] = at
        at += totals[child]
      }
      waiting.push(...below.reverse())
    }
    return {
      length: totals.length,
      functions: this.functions,
      parents,
      depths,
      calls: this.#calls,
      self: this.#self,
      totals,
      begins,
      ends,
      rows: rows.map(row => Int32Array.from(row)),
      isSandwich: false,
    }
  }

  #new(parent: number, func: number): number {
    const box = this.functions.push(func) - 1
    this.parents.push(parent)
    this.#depths.push(this.#depths[parent] + 1)
    this.#calls.push(0)
    this.#self.push(0)
    return box
  }
}

/** Callers upside down on top of callees, with the same box 0. */
function joined(callers: FlameTree, callees: FlameTree): FlameTree {
  const above = callers.rows.length - 1
  // The boxes of the callers come behind those of the callees.
  const moved = (box: number) => (box === 0 ? 0 : box + callees.length - 1)
  const both = (column: 'functions' | 'calls' | 'self' | 'totals') => [
    ...callees[column],
    ...callers[column].slice(1),
  ]
  const places = (column: 'begins' | 'ends') =>
    Float64Array.from([...callees[column], ...callers[column].slice(1)])
  const upper = callers.rows.slice(1).map(row => row.map(moved))
  return {
    length: callees.length + callers.length - 1,
    functions: both('functions'),
    parents: [...callees.parents, ...callers.parents.slice(1).map(moved)],
    depths: [
      ...callees.depths.map(depth => above + depth),
      ...callers.depths.slice(1).map(depth => above - depth),
    ],
    calls: both('calls'),
    self: both('self'),
    totals: both('totals'),
    begins: places('begins'),
    ends: places('ends'),
    rows: [...upper.reverse(), ...callees.rows],
    isSandwich: true,
  }
}
