import type { FunctionId } from '../sink.js'
import {
  ERRORS,
  FIRST_CHILD,
  FUNCTION,
  LENGTH,
  NEXT_SIBLING,
  NODE_BITS,
  NODE_CALLS,
  NODE_SELF,
  NODES,
  PARENT,
} from './layout.js'
import { type CallTreeModule, callTreeModule } from './module.js'

/** Index of a node of a `CallTree`: one distinct stack. */
export type NodeId = number

/** By node. */
export interface StackTotals {
  readonly nanos: Float64Array
  readonly calls: Float64Array
}

/** In place of a node. */
export const NONE: NodeId = -1

/**
 * Distinct stacks with their weights, children keyed by function, in the memory of a WebAssembly
 * module. It grows with the number of distinct stacks, never with the number of calls.
 */
export class CallTree {
  readonly #module: CallTreeModule
  #numbers = new Int32Array(0)
  #floats = new Float64Array(0)

  constructor(module = callTreeModule()) {
    this.#module = module
  }

  get length(): number {
    this.#nodes()
    return this.#numbers[LENGTH >> 2]
  }

  /** Adds a node without a caller. */
  addRoot(): NodeId {
    return this.#module.addRoot()
  }

  /** The caller of a node; NONE for a root. */
  parent(node: NodeId): NodeId {
    return this.#number(node, PARENT)
  }

  /** The function of a node. */
  functionOf(node: NodeId): FunctionId {
    return this.#number(node, FUNCTION)
  }

  /** How many measured calls ended with exactly this stack. */
  calls(node: NodeId): number {
    return this.#float(node, NODE_CALLS)
  }

  /** Nanoseconds of those calls' durations that no measured callee accounts for. */
  self(node: NodeId): number {
    return this.#float(node, NODE_SELF)
  }

  /** How many calls that ended with exactly this stack returned an errno, where the timeline has notes. */
  errors(node: NodeId): number {
    this.#nodes()
    return this.#numbers[(this.#numbers[ERRORS >> 2] >> 2) + node]
  }

  /** The node below `parent` for this function, made at its first use. `previous` is the sibling
   *  that the same call of `parent` called before, or -1: a hint that makes the search short. */
  child(parent: NodeId, func: FunctionId, previous: NodeId): NodeId {
    return this.#module.child(parent, func, previous)
  }

  /** Counts a call with its self time. */
  addCall(node: NodeId, self: number): void {
    this.#module.add(node, 1, self)
  }

  /** Moves the weights of `from` and of everything below it to `into`. */
  move(from: NodeId, into: NodeId): void {
    this.#module.move(from, into)
  }

  /** The weights of each node with those of everything below it. */
  totals(): StackTotals {
    const { length } = this
    const nanos = new Float64Array(length)
    const calls = new Float64Array(length)
    // Callees have higher numbers than their callers.
    for (let node = length - 1; node >= 0; node--) {
      nanos[node] += this.self(node)
      calls[node] += this.calls(node)
      const caller = this.parent(node)
      if (caller < 0) continue
      nanos[caller] += nanos[node]
      calls[caller] += calls[node]
    }
    return { nanos, calls }
  }

  /**
   * Calls `visit` for each stack of named functions below `root`, callers before their callees, callees
   * in the order in which they were first seen; outermost calls have depth 0. Calls without a name
   * are passed over: once they have ended, their weights stand elsewhere.
   */
  walk(root: NodeId, visit: (node: NodeId, depth: number) => void): void {
    let node = this.#named(this.#number(root, FIRST_CHILD))
    let depth = 0
    while (node !== NONE) {
      visit(node, depth)
      let next = this.#named(this.#number(node, FIRST_CHILD))
      if (next !== NONE) depth++
      while (next === NONE && node !== root) {
        next = this.#named(this.#number(node, NEXT_SIBLING))
        if (next !== NONE) break
        node = this.#number(node, PARENT)
        depth--
      }
      node = next
    }
  }

  /** The node, or the first sibling behind it that has a name. */
  #named(node: NodeId): NodeId {
    let named = node
    while (named !== NONE && this.functionOf(named) < 0) named = this.#number(named, NEXT_SIBLING)
    return named
  }

  #number(node: NodeId, field: number): number {
    const nodes = this.#nodes()
    return this.#numbers[(nodes + (node << NODE_BITS) + field) >> 2]
  }

  #float(node: NodeId, field: number): number {
    const nodes = this.#nodes()
    return this.#floats[(nodes + (node << NODE_BITS) + field) >> 3]
  }

  /** The address of the nodes, once the views fit the current memory. */
  #nodes(): number {
    if (this.#numbers.length === 0) {
      const { buffer } = this.#module.memory
      this.#numbers = new Int32Array(buffer)
      this.#floats = new Float64Array(buffer)
    }
    return this.#numbers[NODES >> 2]
  }
}
