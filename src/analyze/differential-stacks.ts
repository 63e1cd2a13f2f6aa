import { functionName } from '../timeline/names.js'
import type { Nanos } from '../timeline/sink.js'
import type { CallTree, StackWeights } from '../timeline/stacks/index.js'

/** One stack in two traces, functions by their names: what it costs in each. */
export interface DifferentialStack {
  /** '' for what the outermost calls stand on. */
  readonly name: string
  readonly before: StackCost
  readonly after: StackCost
  /** By name. */
  readonly next: readonly DifferentialStack[]
}

export interface StackCost {
  /** With everything that stands on it. */
  total: Nanos
  self: Nanos
  calls: number
}

/** Puts the stacks of two traces side by side. Times before are taken `scale` times. */
export function differentialStacks(
  before: StackWeights,
  after: StackWeights,
  scale: number,
): DifferentialStack {
  const root = newStack('')
  addStacks(root, before, 'before', scale)
  addStacks(root, after, 'after', 1)
  return sorted(root)
}

/** What makes the times before add up to those after. */
export function normalizingScale(before: StackWeights, after: StackWeights): number {
  const [was, is] = [before, after].map(({ tree }) => selfOf(tree)) as [Nanos, Nanos]
  return was === 0 ? 1 : is / was
}

/**
 * Folded stacks with two numbers, as difffolded.pl writes and flamegraph.pl reads them:
 * `root;caller;callee 1234 1300` is nanoseconds of self time before and after.
 */
export function differentialFolded(root: DifferentialStack): string {
  const lines: string[] = []
  const add = ({ before, after, next }: DifferentialStack, path: string) => {
    if (before.self > 0 || after.self > 0) lines.push(`${path} ${before.self} ${after.self}\n`)
    for (const callee of next) {
      const frame = callee.name.replaceAll(';', ':')
      add(callee, path === '' ? frame : `${path};${frame}`)
    }
  }
  add(root, '')
  return lines.join('')
}

interface OpenStack extends DifferentialStack {
  readonly byName: Map<string, OpenStack>
  next: readonly DifferentialStack[]
}

function newStack(name: string): OpenStack {
  const nothing = () => ({ total: 0, self: 0, calls: 0 })
  return { name, before: nothing(), after: nothing(), next: [], byName: new Map() }
}

function addStacks(
  top: OpenStack,
  { tree, groups, functions }: StackWeights,
  side: 'before' | 'after',
  scale: number,
): void {
  const names = functions.map(functionName)
  const path = [top]
  for (const { root } of groups) {
    tree.walk(root, (node, depth) => {
      const func = tree.functionOf(node)
      // What is named late has moved to where it belongs.
      const name = func < 0 ? '' : names[func]
      const stack = child(path[depth], name)
      path[depth + 1] = stack
      const self = Math.round(tree.self(node) * scale)
      stack[side].self += self
      stack[side].calls += tree.calls(node)
      for (const around of path.slice(0, depth + 2)) around[side].total += self
    })
  }
}

function child({ byName }: OpenStack, name: string): OpenStack {
  const known = byName.get(name)
  if (known) return known
  const stack = newStack(name)
  byName.set(name, stack)
  return stack
}

/** By code units, and without what costs nothing in either. */
function sorted(stack: OpenStack): DifferentialStack {
  stack.next = [...stack.byName.values()]
    .filter(({ before, after }) => before.total + after.total + before.calls + after.calls > 0)
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
    .map(sorted)
  return stack
}

function selfOf(tree: CallTree): Nanos {
  let sum = 0
  for (let node = 0; node < tree.length; node++) sum += tree.self(node)
  return sum
}
