import { functionName } from '../timeline/names.js'
import type { Nanos } from '../timeline/sink.js'
import type { CallTree, StackWeights } from '../timeline/stacks/index.js'
import { compareNames } from './report.js'

/** One stack and its cost in two traces. Functions are matched by name. */
export interface DifferentialStack {
  /** '' for the root. */
  readonly name: string
  readonly before: StackCost
  readonly after: StackCost
  /** Sorted by name. */
  readonly next: readonly DifferentialStack[]
}

export interface StackCost {
  /** With all stacks above it. */
  total: Nanos
  self: Nanos
  calls: number
}

/** Merges the stacks of two traces. Times before are multiplied by `scale`. */
export function differentialStacks(
  before: StackWeights,
  after: StackWeights,
  scale: number,
): DifferentialStack {
  const root = newStack('')
  addStacks(root, before, 'before', scale)
  addStacks(root, after, 'after', 1)
  return finished(root)
}

/** The scale that makes the times before add up to those after. */
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
      const stack = child(path[depth], names[tree.functionOf(node)])
      path[depth + 1] = stack
      const self = Math.round(tree.self(node) * scale)
      stack[side].self += self
      stack[side].calls += tree.calls(node)
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

/** Sorts callees by name, adds up totals, and drops stacks that cost nothing in either trace. */
function finished(stack: OpenStack): DifferentialStack {
  stack.next = [...stack.byName.values()]
    .map(finished)
    .filter(({ before, after }) => before.total + after.total + before.calls + after.calls > 0)
    .sort((a, b) => compareNames(a.name, b.name))
  for (const side of ['before', 'after'] as const) {
    const above = stack.next.reduce((sum, callee) => sum + callee[side].total, 0)
    stack[side].total = stack[side].self + above
  }
  return stack
}

function selfOf(tree: CallTree): Nanos {
  let sum = 0
  for (let node = 0; node < tree.length; node++) sum += tree.self(node)
  return sum
}
