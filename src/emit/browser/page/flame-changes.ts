import type { FlameTree } from './flame-tree.js'

/** What the stacks of a flame graph took in the trace before. */
export interface FlameChanges {
  /** By box; 0 where the stack is new. */
  readonly totals: Float64Array
  readonly self: Float64Array
  /** The largest change of self time. */
  readonly most: number
  /** The time of stacks that are no more. */
  readonly gone: number
}

/** Matches the stacks of two trees by the names of their functions. */
export function changesSince(
  tree: FlameTree,
  names: readonly string[],
  before: FlameTree,
  namesBefore: readonly string[],
): FlameChanges {
  const known = new Map<string, number>()
  for (let box = 1; box < before.length; box++) {
    known.set(`${before.parents[box]} ${namesBefore[before.functions[box]]}`, box)
  }
  const matched = new Set<number>([0])
  const boxes = [0]
  const totals = new Float64Array(tree.length)
  const self = new Float64Array(tree.length)
  totals[0] = before.totals[0]
  let most = 0
  for (let box = 1; box < tree.length; box++) {
    const above = boxes[tree.parents[box]]
    const same = known.get(`${above} ${names[tree.functions[box]]}`) ?? -1
    boxes[box] = same
    if (same >= 0) {
      matched.add(same)
      totals[box] = before.totals[same]
      self[box] = before.self[same]
    }
    most = Math.max(most, Math.abs(tree.self[box] - self[box]))
  }
  let gone = 0
  for (let box = 1; box < before.length; box++) {
    if (!matched.has(box) && matched.has(before.parents[box])) gone += before.totals[box]
  }
  return { totals, self, most, gone }
}
