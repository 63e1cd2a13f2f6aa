/**
 * A timeline added up by stacks: the tree of distinct stacks, their weights, and the call graph. The
 * tree is AssemblyScript (`assembly/`), and lives in the memory of its module (`layout.ts`).
 */
export * from './call-graph.js'
export { CallTree, NONE, type NodeId, type StackTotals } from './call-tree.js'
export { type Grouping, type StackGroup, StackWeights } from './stack-weights.js'
export { stacksAtEnd } from './stacks-at-end.js'
