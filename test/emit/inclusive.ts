import { functionName } from '../../src/timeline/names.js'
import type { StackWeights } from '../../src/timeline/stacks/index.js'

/** Of each function the weights of the stacks that it stands in. */
export function inclusiveOf({ tree, groups, functions }: StackWeights): Map<string, number> {
  const totals = new Map<string, number>()
  for (const { root } of groups) {
    tree.walk(root, node => {
      if (tree.calls(node) === 0) return
      const names = new Set<string>()
      for (let at = node; at !== root; at = tree.parent(at)) {
        names.add(functionName(functions[tree.functionOf(at)]))
      }
      for (const name of names) totals.set(name, (totals.get(name) ?? 0) + tree.self(node))
    })
  }
  return totals
}
