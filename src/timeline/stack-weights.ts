import { grown } from '../base/columns.js'
import { CallTree, NAMED_LATER, NONE, type NodeId } from './call-tree.js'
import {
  type FunctionId,
  type KernelFunction,
  type TimelineSink,
  type Track,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from './sink.js'

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
  #calls = 0
  #excess = 0
  readonly #open: OpenStack[] = []
  /** The roots of the groups, by cpu and then by track; each moved up by 1. */
  readonly #roots: NodeId[][] = []

  constructor(grouping: Grouping) {
    this.#grouping = grouping
  }

  start(): void {}

  defineFunction(id: FunctionId, definition: KernelFunction): void {
    this.functions[id] = definition
  }

  defineTrack(id: TrackId, track: Track): void {
    this.tracks[id] = track
    if (this.#open[id]) return
    this.#open[id] = new OpenStack(this.#group(id, track.cpu ?? NONE))
  }

  /** What all stacks add up to: the roots, and what callees have more than their callers. */
  get due(): { readonly calls: number; readonly self: number } {
    const roots = this.#open.reduce((sum, stack) => sum + (stack.inside[0] as number), 0)
    return { calls: this.#calls, self: roots + this.#excess }
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
    if (duration !== UNMEASURED) {
      this.#calls++
      if (inside > duration) this.#excess += inside - duration
      this.tree.addCall(node, duration > inside ? duration - inside : 0)
    }
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

  defineLane(): void {}
  instant(): void {}
  beginSection(): void {}
  endSection(): void {}
  count(): void {}
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

  #group(anyTrack: TrackId, anyCpu: number): NodeId {
    const track = this.#grouping.byTrack ? anyTrack : NONE
    const cpu = this.#grouping.byCpu ? anyCpu : NONE
    this.#roots[cpu + 1] ??= []
    const roots = this.#roots[cpu + 1] as NodeId[]
    const known = roots[track + 1]
    if (known !== undefined) return known
    const root = this.tree.addRoot()
    roots[track + 1] = root
    this.groups.push({ track, cpu, root })
    return root
  }
}

/** In place of a function: any other UNNAMED call, apart from those of other tracks. */
function unnamedOn(track: TrackId): FunctionId {
  return -2 - track
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
