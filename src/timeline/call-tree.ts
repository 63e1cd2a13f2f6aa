import { grown } from '../base/columns.js'
import {
  type FunctionId,
  type KernelFunction,
  type TimelineSink,
  type Track,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from './sink.js'

/** Index of a node of a `CallTree`: one distinct stack. */
export type NodeId = number

const NONE = -1

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
  #touched = new Int32Array(1024)
  #calls = new Float64Array(1024)
  #self = new Float64Array(1024)
  /** Open addressing over (parent, function); holds node + 1. */
  #table = new Int32Array(4096)
  #age = 0

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
      this.#touched[guess as number] = this.#age
      return guess as number
    }
    const node = this.#find(parent, func)
    if (previous < 0) this.#opening[parent] = node
    else this.#successor[previous] = node
    this.#touched[node] = this.#age
    return node
  }

  addCall(node: NodeId, self: number): void {
    this.#calls[node] = (this.#calls[node] as number) + 1
    this.#self[node] = (this.#self[node] as number) + self
  }

  /** Starts a new age; nodes used from now on can be told from those used before. */
  nextAge(): number {
    return ++this.#age
  }

  /** Moves the weights of `from`, and of what was used below it since `age`, to `into`. */
  move(from: NodeId, into: NodeId, age: number): void {
    this.#calls[into] = (this.#calls[into] as number) + (this.#calls[from] as number)
    this.#self[into] = (this.#self[into] as number) + (this.#self[from] as number)
    this.#calls[from] = 0
    this.#self[from] = 0
    this.#touched[into] = this.#age
    let node = this.#firstChild[from] as number
    while (node !== NONE) {
      const func = this.#functions[node] as number
      // What was UNNAMED below has ended before, and its weights have moved on.
      if ((this.#touched[node] as number) >= age && func !== UNNAMED) {
        this.move(node, this.#find(into, func), age)
      }
      node = this.#nextSibling[node] as number
    }
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
      if (this.#parents[node] === parent && this.#functions[node] === func) return node
      slot = (slot + 1) & mask
    }
    const node = this.#add(parent, func)
    const last = this.#lastChild[parent] as number
    if (last === NONE) this.#firstChild[parent] = node
    else this.#nextSibling[last] = node
    this.#lastChild[parent] = node
    if (this.#length * 2 > this.#table.length) this.#rehash()
    else table[slot] = node + 1
    return node
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
      this.#touched = grown(this.#touched)
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
    this.#touched[node] = this.#age
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

/** What the stacks of a `StackWeights` are kept apart by. */
export interface Grouping {
  readonly byTrack: boolean
  readonly byCpu: boolean
}

/** The stacks of one track, one cpu, both, or all, as the grouping asks. */
export interface StackGroup {
  /** -1 unless grouped by track. */
  readonly track: TrackId
  /** -1 unless grouped by cpu, and where the trace has no cpus. */
  readonly cpu: number
  readonly root: NodeId
}

/**
 * Adds up a timeline into stacks with calls and self time: what folded stacks, pprof and every
 * table are made of. Weights come from measured durations alone: self is a call's duration less
 * those of its measured callees, never below zero. An incomplete call weighs nothing itself; what
 * it called counts, below it, as its caller's callees.
 */
export class StackWeights implements TimelineSink {
  readonly tree = new CallTree()
  readonly functions: KernelFunction[] = [{ name: '[unknown]', module: '' }]
  readonly tracks: Track[] = []
  readonly groups: StackGroup[] = []
  readonly #grouping: Grouping
  readonly #open: OpenStack[] = []

  constructor(grouping: Grouping) {
    this.#grouping = grouping
  }

  defineFunction(id: FunctionId, definition: KernelFunction): void {
    this.functions[id] = definition
  }

  defineTrack(id: TrackId, track: Track): void {
    this.tracks[id] = track
    if (this.#open[id]) return
    this.#open[id] = new OpenStack(this.#group(id, track.cpu ?? NONE))
  }

  begin(track: TrackId, func: FunctionId): void {
    const stack = this.#open[track] as OpenStack
    const level = stack.level + 1
    if (level === stack.nodes.length) stack.grow()
    stack.level = level
    const parent = level === 0 ? stack.root : (stack.nodes[level - 1] as number)
    const previous = level === 0 ? stack.lastRoot : (stack.lastChild[level - 1] as number)
    const node = this.tree.child(parent, func, previous)
    if (level === 0) stack.lastRoot = node
    else stack.lastChild[level - 1] = node
    stack.nodes[level] = node
    stack.lastChild[level] = NONE
    stack.inside[level] = 0
    if (func === UNNAMED) stack.since[level] = this.tree.nextAge()
  }

  end(track: TrackId, func: FunctionId, _at: number, duration: number): void {
    const stack = this.#open[track] as OpenStack
    const level = stack.level--
    let node = stack.nodes[level] as number
    if (this.tree.functionOf(node) === UNNAMED) node = this.#name(stack, level, func)
    const inside = stack.inside[level] as number
    if (duration !== UNMEASURED) this.tree.addCall(node, duration > inside ? duration - inside : 0)
    if (level > 0) {
      const weight = duration === UNMEASURED ? inside : duration
      stack.inside[level - 1] = (stack.inside[level - 1] as number) + weight
    }
  }

  migrate(track: TrackId, cpu: number): void {
    if (!this.#grouping.byCpu) return
    const stack = this.#open[track] as OpenStack
    const root = this.#group(track, cpu)
    if (root === stack.root) return
    stack.root = root
    stack.lastRoot = NONE
    let parent = root
    for (let level = 0; level <= stack.level; level++) {
      const old = stack.nodes[level] as number
      const func = this.tree.functionOf(old)
      if (func === UNNAMED) {
        stack.left.push({ level, node: old, since: stack.since[level] as number })
        stack.since[level] = this.tree.nextAge()
      }
      parent = this.tree.child(parent, func, NONE)
      stack.nodes[level] = parent
      stack.lastChild[level] = NONE
    }
  }

  instant(): void {}

  lost(): void {}

  finish(): void {}

  /** Gives what was gathered below a call without a name to its function, or to its caller. */
  #name(stack: OpenStack, level: number, func: FunctionId): NodeId {
    const node = stack.nodes[level] as number
    const named = this.#moveTo(func, node, stack.since[level] as number)
    for (let last = stack.left.at(-1); last?.level === level; last = stack.left.at(-1)) {
      stack.left.pop()
      this.#moveTo(func, last.node, last.since)
    }
    return named
  }

  #moveTo(func: FunctionId, node: NodeId, since: number): NodeId {
    const parent = this.tree.parent(node)
    const into = func === UNNAMED ? parent : this.tree.child(parent, func, NONE)
    this.tree.move(node, into, since)
    return into
  }

  #group(track: TrackId, cpu: number): NodeId {
    const key = {
      track: this.#grouping.byTrack ? track : NONE,
      cpu: this.#grouping.byCpu ? cpu : NONE,
    }
    const known = this.groups.find(group => group.track === key.track && group.cpu === key.cpu)
    if (known) return known.root
    const root = this.tree.addRoot()
    this.groups.push({ ...key, root })
    return root
  }
}

/** The calls that are open on one track, level by level. */
class OpenStack {
  root: NodeId
  lastRoot: NodeId = NONE
  level = NONE
  nodes = new Int32Array(64)
  /** The node of the last callee at each level. */
  lastChild = new Int32Array(64)
  /** Measured nanoseconds of the callees at each level. */
  inside = new Float64Array(64)
  /** The age at which an UNNAMED call began. */
  since = new Int32Array(64)
  /** UNNAMED calls that migrated, with what they had gathered on the cpu before. */
  readonly left: { level: number; node: NodeId; since: number }[] = []

  constructor(root: NodeId) {
    this.root = root
  }

  grow(): void {
    this.nodes = grown(this.nodes)
    this.lastChild = grown(this.lastChild)
    this.inside = grown(this.inside)
    this.since = grown(this.since)
  }
}
