/**
 * Folded stacks with two numbers, as difffolded.pl writes and flamegraph.pl reads them:
 * `root;caller;callee 1234 1300` is nanoseconds of self time before and after.
 */
import { functionName } from '../timeline/names.js'
import type { KernelFunction } from '../timeline/sink.js'
import type { StackWeights } from '../timeline/stack-weights.js'

export function differentialFolded(before: StackWeights, after: StackWeights): string {
  const stacks = new Map<string, [number, number]>()
  addStacks(stacks, before, 0)
  addStacks(stacks, after, 1)
  return [...stacks].map(([stack, [was, is]]) => `${stack} ${was} ${is}\n`).join('')
}

function addStacks(
  stacks: Map<string, [number, number]>,
  { tree, groups, functions }: StackWeights,
  side: 0 | 1,
): void {
  const path: string[] = []
  for (const { root } of groups) {
    tree.walk(root, (node, depth) => {
      const self = tree.self(node)
      path[depth] = tree.functionOf(node) < 0 ? '' : frame(functions[tree.functionOf(node)])
      if (self === 0) return
      const stack = path.slice(0, depth + 1).join(';')
      const both = stacks.get(stack) ?? [0, 0]
      both[side] += self
      stacks.set(stack, both)
    })
  }
}

/** A name that reads as one frame. */
function frame(func: KernelFunction | undefined): string {
  return func ? functionName(func).replaceAll(';', ':') : ''
}
