import { grown } from '../base/columns.js'
import { type FunctionId, UNNAMED } from './sink.js'

/** Index of a node of a `CallTree`: one distinct stack. */
export type NodeId = number

/** In place of a node. */
export const NONE: NodeId = -1

/**
 * In place of a function: the first UNNAMED call of an UNNAMED caller. It is named where it stands
 * and moves once, with its caller: a stack that breaks at depth 30 is not moved 30 times.
 */
export const NAMED_LATER: FunctionId = -1

// What is known of a node and often looked at stands side by side: half a line of the cache.
const PARENT = 0
const FUNCTION = 1
/** What was called last time after this node, by the same caller: nine of ten guesses are right. */
const SUCCESSOR = 2
/** What this node called first, last time. */
const OPENING = 3
const FIRST_USED = 4
const LAST_USED = 5
/** UNUSED if the node does not stand in its parent's list of nodes in use. */
const NEXT_USED = 6
/** Where `move` found the place of this node's weights last time. */
const MOVED_TO = 7
const NODE = 8

const UNUSED = -2

// What is seldom looked at.
const FIRST_CHILD = 0
const LAST_CHILD = 1
const NEXT_SIBLING = 2
/** What a NAMED_LATER node was named. */
const NAME = 3
const RELATIONS = 4

const CALLS = 0
const SELF = 1
const WEIGHTS = 2

/**
 * Distinct stacks with their weights: children keyed by function, columns instead of objects.
 * Memory grows with the number of distinct stacks, never with the number of calls.
 */
export class CallTree {
  #length = 0
  #nodes = new Int32Array(1024 * NODE)
  #relations = new Int32Array(1024 * RELATIONS)
  #weights = new Float64Array(1024 * WEIGHTS)
  /** Open addressing over (parent, function); holds node + 1. */
  #table = new Int32Array(4096)

  get length(): number {
    return this.#length
  }

  addRoot(): NodeId {
    return this.#addNode(NONE, UNNAMED)
  }

  parent(node: NodeId): NodeId {
    return this.#nodes[node * NODE + PARENT] as number
  }

  functionOf(node: NodeId): FunctionId {
    return this.#nodes[node * NODE + FUNCTION] as number
  }

  /** How many measured calls ended with exactly this stack. */
  calls(node: NodeId): number {
    return this.#weights[node * WEIGHTS + CALLS] as number
  }

  /** Nanoseconds of those calls' durations that no measured callee accounts for. */
  self(node: NodeId): number {
    return this.#weights[node * WEIGHTS + SELF] as number
  }

  /** The node below `parent` for this function, made at its first use. `previous` is the sibling
   *  that the same call of `parent` called before, or -1: a hint that makes the search short. */
  child(parent: NodeId, func: FunctionId, previous: NodeId): NodeId {
    const guess =
      previous < 0 ? this.#nodes[parent * NODE + OPENING] : this.#nodes[previous * NODE + SUCCESSOR]
    if (guess !== NONE && this.#nodes[(guess as number) * NODE + FUNCTION] === func) {
      if (this.#nodes[(guess as number) * NODE + NEXT_USED] === UNUSED) this.#use(guess as number)
      return guess as number
    }
    const node = this.#find(parent, func)
    if (previous < 0) this.#nodes[parent * NODE + OPENING] = node
    else this.#nodes[previous * NODE + SUCCESSOR] = node
    return node
  }

  addCall(node: NodeId, self: number): void {
    this.#add(node, 1, self)
  }

  #add(node: NodeId, calls: number, self: number): void {
    const weights = this.#weights
    const at = node * WEIGHTS
    weights[at + CALLS] = (weights[at + CALLS] as number) + calls
    weights[at + SELF] = (weights[at + SELF] as number) + self
  }

  /** Names a NAMED_LATER node, until its caller is moved. */
  name(node: NodeId, func: FunctionId): void {
    this.#relations[node * RELATIONS + NAME] = func
  }

  /** Moves the weights of `from` and of everything below it to `into`. */
  move(from: NodeId, into: NodeId): void {
    const weights = this.#weights
    const at = from * WEIGHTS
    this.#add(into, weights[at + CALLS] as number, weights[at + SELF] as number)
    weights[at + CALLS] = 0
    weights[at + SELF] = 0
    let node = this.#nodes[from * NODE + FIRST_USED] as number
    this.#nodes[from * NODE + FIRST_USED] = NONE
    while (node !== NONE) {
      const next = this.#nodes[node * NODE + NEXT_USED] as number
      this.#nodes[node * NODE + NEXT_USED] = UNUSED
      let func = this.#nodes[node * NODE + FUNCTION] as number
      if (func === NAMED_LATER) {
        func = this.#relations[node * RELATIONS + NAME] as number
        if (func === UNNAMED) this.move(node, into)
      }
      // Any other UNNAMED call has ended before, and its weights have moved on.
      if (func > UNNAMED) this.move(node, this.#placeOf(node, into, func))
      node = next
    }
  }

  /** The child of `into` that the weights of `node` belong to; most often the one of last time. */
  #placeOf(node: NodeId, into: NodeId, func: FunctionId): NodeId {
    const last = this.#nodes[node * NODE + MOVED_TO] as number
    if (
      this.#nodes[last * NODE + PARENT] === into &&
      this.#nodes[last * NODE + FUNCTION] === func
    ) {
      if (this.#nodes[last * NODE + NEXT_USED] === UNUSED) this.#use(last)
      return last
    }
    const place = this.#find(into, func)
    this.#nodes[node * NODE + MOVED_TO] = place
    return place
  }

  /**
   * Calls `visit` for each node below `root`, callers before their callees, callees in the order in
   * which they were first seen; what stands right below the root has depth 0.
   */
  walk(root: NodeId, visit: (node: NodeId, depth: number) => void): void {
    let node = this.#relations[root * RELATIONS + FIRST_CHILD] as number
    let depth = 0
    while (node !== NONE) {
      visit(node, depth)
      let next = this.#relations[node * RELATIONS + FIRST_CHILD] as number
      if (next === NONE) {
        while (
          node !== root &&
          (this.#relations[node * RELATIONS + NEXT_SIBLING] as number) === NONE
        ) {
          node = this.#nodes[node * NODE + PARENT] as number
          depth--
        }
        next = node === root ? NONE : (this.#relations[node * RELATIONS + NEXT_SIBLING] as number)
      } else {
        depth++
      }
      node = next
    }
  }

  #find(parent: NodeId, func: FunctionId): NodeId {
    const table = this.#table
    const mask = table.length - 1
    let slot = hash(parent, func) & mask
    for (;;) {
      const node = (table[slot] as number) - 1
      if (node < 0) break
      if (
        this.#nodes[node * NODE + PARENT] === parent &&
        this.#nodes[node * NODE + FUNCTION] === func
      ) {
        if (this.#nodes[node * NODE + NEXT_USED] === UNUSED) this.#use(node)
        return node
      }
      slot = (slot + 1) & mask
    }
    const node = this.#addNode(parent, func)
    const last = this.#relations[parent * RELATIONS + LAST_CHILD] as number
    if (last === NONE) this.#relations[parent * RELATIONS + FIRST_CHILD] = node
    else this.#relations[last * RELATIONS + NEXT_SIBLING] = node
    this.#relations[parent * RELATIONS + LAST_CHILD] = node
    this.#use(node)
    if (this.#length * 2 > this.#table.length) this.#rehash()
    else table[slot] = node + 1
    return node
  }

  /** What is used has weights, or will have: `move` looks at nothing else. */
  #use(node: NodeId): void {
    const nodes = this.#nodes
    const parent = nodes[node * NODE + PARENT] as number
    nodes[node * NODE + NEXT_USED] = NONE
    if (nodes[parent * NODE + FIRST_USED] === NONE) nodes[parent * NODE + FIRST_USED] = node
    else nodes[(nodes[parent * NODE + LAST_USED] as number) * NODE + NEXT_USED] = node
    nodes[parent * NODE + LAST_USED] = node
  }

  #addNode(parent: NodeId, func: FunctionId): NodeId {
    const node = this.#length++
    if (node * NODE === this.#nodes.length) {
      this.#nodes = grown(this.#nodes)
      this.#relations = grown(this.#relations)
      this.#weights = grown(this.#weights)
    }
    this.#nodes[node * NODE + PARENT] = parent
    this.#nodes[node * NODE + FUNCTION] = func
    this.#relations[node * RELATIONS + FIRST_CHILD] = NONE
    this.#relations[node * RELATIONS + LAST_CHILD] = NONE
    this.#relations[node * RELATIONS + NEXT_SIBLING] = NONE
    this.#nodes[node * NODE + SUCCESSOR] = NONE
    this.#nodes[node * NODE + OPENING] = NONE
    this.#nodes[node * NODE + FIRST_USED] = NONE
    this.#nodes[node * NODE + NEXT_USED] = UNUSED
    this.#nodes[node * NODE + MOVED_TO] = node
    return node
  }

  #rehash(): void {
    const nodes = this.#nodes
    const table = new Int32Array(this.#table.length * 2)
    const mask = table.length - 1
    for (let node = 0; node < this.#length; node++) {
      const parent = nodes[node * NODE + PARENT] as number
      if (parent === NONE) continue
      let slot = hash(parent, nodes[node * NODE + FUNCTION] as number) & mask
      while (table[slot] !== 0) slot = (slot + 1) & mask
      table[slot] = node + 1
    }
    this.#table = table
  }
}

function hash(parent: number, func: number): number {
  const mixed = Math.imul(parent, 0x9e3779b1) ^ Math.imul(func, 0x85ebca6b)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
