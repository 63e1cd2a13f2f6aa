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
 * In place of a function: the first UNNAMED call of an UNNAMED caller. It is named where it stands
 * and moves once, with its caller: a stack that breaks at depth 30 is not moved 30 times.
 */
const NAMED_LATER: FunctionId = -1

/** In place of a function: any other UNNAMED call, apart from those of other tracks. */
function unnamedOn(track: TrackId): FunctionId {
  return -2 - track
}

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
    const level = stack.level
    const caller = stack.nodes[level] as number
    const key = func === UNNAMED ? keyOfUnnamed(this.tree, stack, track) : func
    const node = this.tree.child(caller, key, stack.lastChild[level] as number)
    stack.lastChild[level] = node
    stack.push(node)
  }

  end(track: TrackId, func: FunctionId, _at: number, duration: number): void {
    const stack = this.#open[track] as OpenStack
    const level = stack.level--
    let node = stack.nodes[level] as number
    if (this.tree.functionOf(node) < 0) node = this.#name(stack, level, func)
    const inside = stack.inside[level] as number
    if (duration !== UNMEASURED) this.tree.addCall(node, duration > inside ? duration - inside : 0)
    const weight = duration === UNMEASURED ? inside : duration
    stack.inside[level - 1] = (stack.inside[level - 1] as number) + weight
  }

  migrate(track: TrackId, cpu: number): void {
    if (!this.#grouping.byCpu) return
    const stack = this.#open[track] as OpenStack
    const root = this.#group(track, cpu)
    if (root === stack.nodes[0]) return
    stack.nodes[0] = root
    stack.lastChild[0] = NONE
    for (let level = 1; level <= stack.level; level++) {
      const node = stack.nodes[level] as number
      const func = this.tree.functionOf(node)
      if (func < 0) stack.leave(level, node)
      stack.nodes[level] = this.tree.child(stack.nodes[level - 1] as number, func, NONE)
      stack.lastChild[level] = NONE
    }
  }

  instant(): void {}

  lost(): void {}

  finish(): void {}

  /** Gives what was gathered below a call without a name to its function, or to its caller. */
  #name(stack: OpenStack, level: number, func: FunctionId): NodeId {
    const named = this.#settle(stack.nodes[level] as number, func)
    for (const node of stack.left[level]?.splice(0) ?? []) this.#settle(node, func)
    return named
  }

  /** Returns the node that the call counts at. */
  #settle(node: NodeId, func: FunctionId): NodeId {
    if (this.tree.functionOf(node) === NAMED_LATER) {
      this.tree.name(node, func)
      return node
    }
    const caller = this.tree.parent(node)
    const into = func === UNNAMED ? caller : this.tree.child(caller, func, NONE)
    this.tree.move(node, into)
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

function keyOfUnnamed(tree: CallTree, stack: OpenStack, track: TrackId): FunctionId {
  const level = stack.level
  const isFirst = stack.hasUnnamed[level] === 0
  stack.hasUnnamed[level] = 1
  const isCallerUnnamed = tree.functionOf(stack.nodes[level] as number) < 0
  return isFirst && isCallerUnnamed ? NAMED_LATER : unnamedOn(track)
}

/** The calls that are open on one track, level by level; level 0 is the root of its group. */
class OpenStack {
  level = 0
  nodes = new Int32Array(64)
  /** The node of the last callee at each level. */
  lastChild = new Int32Array(64)
  /** Measured nanoseconds of the callees at each level. */
  inside = new Float64Array(64)
  /** 1 if the call at this level has had an UNNAMED callee. */
  hasUnnamed = new Uint8Array(64)
  /** By level, the nodes of an UNNAMED call that migrated: what it had gathered on cpus before. */
  readonly left: NodeId[][] = []

  constructor(root: NodeId) {
    this.nodes[0] = root
    this.lastChild[0] = NONE
  }

  leave(level: number, node: NodeId): void {
    this.left[level] ??= []
    if (!this.left[level].includes(node)) this.left[level].push(node)
  }

  push(node: NodeId): void {
    const level = ++this.level
    if (level === this.nodes.length) {
      this.nodes = grown(this.nodes)
      this.lastChild = grown(this.lastChild)
      this.inside = grown(this.inside)
      this.hasUnnamed = grown(this.hasUnnamed)
    }
    this.nodes[level] = node
    this.lastChild[level] = NONE
    this.inside[level] = 0
    this.hasUnnamed[level] = 0
  }
}
