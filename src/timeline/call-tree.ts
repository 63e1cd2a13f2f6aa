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

/**
 * Distinct stacks with their weights: children keyed by function, columns instead of objects.
 * Memory grows with the number of distinct stacks, never with the number of calls.
 */
export class CallTree {
  #length = 0
  #parents = new Int32Array(1024)
  #functions = new Int32Array(1024)
  #firstChild = new Int32Array(1024)
  #lastChild = new Int32Array(1024)
  #nextSibling = new Int32Array(1024)
  /** What was called last time after this node, by the same caller: nine of ten guesses are right. */
  #successor = new Int32Array(1024)
  /** What this node called first, last time. */
  #opening = new Int32Array(1024)
  /** 1 if the node stands in its parent's list of nodes in use. */
  #isUsed = new Uint8Array(1024)
  #firstUsed = new Int32Array(1024)
  #lastUsed = new Int32Array(1024)
  #nextUsed = new Int32Array(1024)
  /** Where `move` found the place of this node's weights last time. */
  #movedTo = new Int32Array(1024)
  /** What a NAMED_LATER node was named. */
  #names = new Int32Array(1024)
  #calls = new Float64Array(1024)
  #self = new Float64Array(1024)
  /** Open addressing over (parent, function); holds node + 1. */
  #table = new Int32Array(4096)

  get length(): number {
    return this.#length
  }

  addRoot(): NodeId {
    return this.#add(NONE, UNNAMED)
  }

  parent(node: NodeId): NodeId {
    return this.#parents[node] as number
  }

  functionOf(node: NodeId): FunctionId {
    return this.#functions[node] as number
  }

  /** How many measured calls ended with exactly this stack. */
  calls(node: NodeId): number {
    return this.#calls[node] as number
  }

  /** Nanoseconds of those calls' durations that no measured callee accounts for. */
  self(node: NodeId): number {
    return this.#self[node] as number
  }

  /** The node below `parent` for this function, made at its first use. `previous` is the sibling
   *  that the same call of `parent` called before, or -1: a hint that makes the search short. */
  child(parent: NodeId, func: FunctionId, previous: NodeId): NodeId {
    const guess = previous < 0 ? this.#opening[parent] : this.#successor[previous]
    if (guess !== NONE && this.#functions[guess as number] === func) {
      if (this.#isUsed[guess as number] === 0) this.#use(guess as number)
      return guess as number
    }
    const node = this.#find(parent, func)
    if (previous < 0) this.#opening[parent] = node
    else this.#successor[previous] = node
    return node
  }

  addCall(node: NodeId, self: number): void {
    this.#calls[node] = (this.#calls[node] as number) + 1
    this.#self[node] = (this.#self[node] as number) + self
  }

  /** Names a NAMED_LATER node, until its caller is moved. */
  name(node: NodeId, func: FunctionId): void {
    this.#names[node] = func
  }

  /** Moves the weights of `from` and of everything below it to `into`. */
  move(from: NodeId, into: NodeId): void {
    this.#calls[into] = (this.#calls[into] as number) + (this.#calls[from] as number)
    this.#self[into] = (this.#self[into] as number) + (this.#self[from] as number)
    this.#calls[from] = 0
    this.#self[from] = 0
    let node = this.#firstUsed[from] as number
    this.#firstUsed[from] = NONE
    while (node !== NONE) {
      this.#isUsed[node] = 0
      let func = this.#functions[node] as number
      if (func === NAMED_LATER) {
        func = this.#names[node] as number
        if (func === UNNAMED) this.move(node, into)
      }
      // Any other UNNAMED call has ended before, and its weights have moved on.
      if (func > UNNAMED) this.move(node, this.#placeOf(node, into, func))
      node = this.#nextUsed[node] as number
    }
  }

  /** The child of `into` that the weights of `node` belong to; most often the one of last time. */
  #placeOf(node: NodeId, into: NodeId, func: FunctionId): NodeId {
    const last = this.#movedTo[node] as number
    if (this.#parents[last] === into && this.#functions[last] === func) {
      if (this.#isUsed[last] === 0) this.#use(last)
      return last
    }
    const place = this.#find(into, func)
    this.#movedTo[node] = place
    return place
  }

  /**
   * Calls `visit` for each node below `root`, callers before their callees, callees in the order in
   * which they were first seen; what stands right below the root has depth 0.
   */
  walk(root: NodeId, visit: (node: NodeId, depth: number) => void): void {
    let node = this.#firstChild[root] as number
    let depth = 0
    while (node !== NONE) {
      visit(node, depth)
      let next = this.#firstChild[node] as number
      if (next === NONE) {
        while (node !== root && (this.#nextSibling[node] as number) === NONE) {
          node = this.#parents[node] as number
          depth--
        }
        next = node === root ? NONE : (this.#nextSibling[node] as number)
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
      if (this.#parents[node] === parent && this.#functions[node] === func) {
        if (this.#isUsed[node] === 0) this.#use(node)
        return node
      }
      slot = (slot + 1) & mask
    }
    const node = this.#add(parent, func)
    const last = this.#lastChild[parent] as number
    if (last === NONE) this.#firstChild[parent] = node
    else this.#nextSibling[last] = node
    this.#lastChild[parent] = node
    this.#use(node)
    if (this.#length * 2 > this.#table.length) this.#rehash()
    else table[slot] = node + 1
    return node
  }

  /** What is used has weights, or will have: `move` looks at nothing else. */
  #use(node: NodeId): void {
    const parent = this.#parents[node] as number
    this.#isUsed[node] = 1
    this.#nextUsed[node] = NONE
    if (this.#firstUsed[parent] === NONE) this.#firstUsed[parent] = node
    else this.#nextUsed[this.#lastUsed[parent] as number] = node
    this.#lastUsed[parent] = node
  }

  #add(parent: NodeId, func: FunctionId): NodeId {
    const node = this.#length++
    if (node === this.#parents.length) {
      this.#parents = grown(this.#parents)
      this.#functions = grown(this.#functions)
      this.#firstChild = grown(this.#firstChild)
      this.#lastChild = grown(this.#lastChild)
      this.#nextSibling = grown(this.#nextSibling)
      this.#successor = grown(this.#successor)
      this.#opening = grown(this.#opening)
      this.#isUsed = grown(this.#isUsed)
      this.#firstUsed = grown(this.#firstUsed)
      this.#lastUsed = grown(this.#lastUsed)
      this.#nextUsed = grown(this.#nextUsed)
      this.#movedTo = grown(this.#movedTo)
      this.#names = grown(this.#names)
      this.#calls = grown(this.#calls)
      this.#self = grown(this.#self)
    }
    this.#parents[node] = parent
    this.#functions[node] = func
    this.#firstChild[node] = NONE
    this.#lastChild[node] = NONE
    this.#nextSibling[node] = NONE
    this.#successor[node] = NONE
    this.#opening[node] = NONE
    this.#firstUsed[node] = NONE
    this.#movedTo[node] = node
    return node
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2)
    const mask = table.length - 1
    for (let node = 0; node < this.#length; node++) {
      const parent = this.#parents[node] as number
      if (parent === NONE) continue
      let slot = hash(parent, this.#functions[node] as number) & mask
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
