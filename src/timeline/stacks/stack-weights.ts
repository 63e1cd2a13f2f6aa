import { errnoOf } from '../notes.js'
import type {
  CallEvents,
  CallNotes,
  FunctionId,
  KernelFunction,
  TimelineSink,
  Track,
  TrackId,
} from '../sink.js'
import { CallTree, NONE, type NodeId } from './call-tree.js'
import { CALLS, MOST_EVENTS, NUMBERS, TIMES } from './layout.js'
import { callTreeModule } from './module.js'

/** The keys by which a `StackWeights` groups its stacks. */
export interface Grouping {
  readonly byTrack: boolean
  readonly byCpu: boolean
}

/** The stacks of one group: a track, a cpu, a track on a cpu, or all. */
export interface StackGroup {
  /** -1 unless grouped by track. */
  readonly track: TrackId
  /** -1 unless grouped by cpu, and in traces without cpus. */
  readonly cpu: number
  readonly root: NodeId
}

/**
 * Adds up a timeline into stacks with calls and self time: the source of folded stacks, pprof and all
 * reports. Weights come from measured durations alone: self is a call's duration less those of its
 * measured callees, never below zero (see `weightOf`). An incomplete call itself weighs nothing. Its callees count
 * below it, and in the self time of its caller as if that had called them.
 */
export class StackWeights implements TimelineSink {
  readonly #module = callTreeModule()
  readonly tree = new CallTree(this.#module)
  readonly functions: KernelFunction[] = [{ name: '[unknown]', module: '' }]
  readonly tracks: Track[] = []
  readonly groups: StackGroup[] = []
  /** Whether the value that a call returned is known: then the tree counts errors. */
  hasReturns = false
  readonly #grouping: Grouping
  #numbers = new Int32Array(0)
  #times = new Float64Array(0)
  /** The roots of the groups, by cpu plus 1, then by track plus 1. */
  readonly #roots: NodeId[][] = []
  /** By track and level, the nodes of an UNNAMED call on the cpus that it has left. */
  readonly #left = new Map<TrackId, Map<number, NodeId[]>>()

  constructor(grouping: Grouping) {
    this.#grouping = grouping
  }

  start(): void {}

  defineFunction(id: FunctionId, definition: KernelFunction): void {
    this.functions[id] = definition
  }

  defineTrack(id: TrackId, track: Track): void {
    const isKnown = this.tracks[id] !== undefined
    this.tracks[id] = track
    if (!isKnown) this.#module.open(id, this.#group(id, track.cpu ?? NONE))
  }

  /** The sum of all stacks must be this: the time in the outermost calls. */
  get due(): { readonly calls: number; readonly self: number } {
    const sums = new DataView(this.#module.memory.buffer)
    const roots = this.tracks.reduce((sum, _, track) => sum + this.#module.inside(track), 0)
    return { calls: sums.getFloat64(CALLS, true), self: roots }
  }

  begin(track: TrackId, func: FunctionId): void {
    this.#module.begin(track, func)
  }

  end(track: TrackId, func: FunctionId, _at: number, duration: number, notes?: CallNotes): void {
    const level = this.#module.levelOf(track)
    if (notes?.returned) this.hasReturns = true
    this.#module.end(track, func, duration, errnoOf(notes) !== '')
    const left = this.#left.get(track)
    if (!left) return
    for (const node of left.get(level) ?? []) this.#module.settle(node, func)
    left.delete(level)
    if (left.size > 0) return
    this.#left.delete(track)
    this.#module.watch(track, false)
  }

  callEvents(events: CallEvents, from: number, to: number): void {
    for (let first = from; first < to; first += MOST_EVENTS) {
      this.#take(events, first, Math.min(first + MOST_EVENTS, to))
    }
  }

  #take({ numbers, times }: CallEvents, from: number, to: number): void {
    if (this.#numbers.length === 0) {
      const { buffer } = this.#module.memory
      this.#numbers = new Int32Array(buffer, NUMBERS, 2 * MOST_EVENTS)
      this.#times = new Float64Array(buffer, TIMES, 2 * MOST_EVENTS)
    }
    this.#numbers.set(numbers.subarray(2 * from, 2 * to))
    this.#times.set(times.subarray(2 * from, 2 * to))
    const end = to - from
    for (let at = this.#module.take(0, end); at < end; at = this.#module.take(at + 1, end)) {
      const [what, func] = numbers.subarray(2 * (from + at)) as unknown as [number, FunctionId]
      if ((what & 1) === 0) this.begin(what >> 2, func)
      else this.end(what >> 2, func, 0, times[2 * (from + at) + 1])
    }
  }

  migrate(track: TrackId, cpu: number): void {
    if (!this.#grouping.byCpu) return
    const module = this.#module
    const root = this.#group(track, cpu)
    if (root === module.nodeAt(track, 0)) return
    module.replace(track, 0, root)
    for (let level = 1; level <= module.levelOf(track); level++) {
      const node = module.nodeAt(track, level)
      const func = this.tree.functionOf(node)
      if (func < 0) this.#leave(track, level, node)
      module.replace(track, level, this.tree.child(module.nodeAt(track, level - 1), func, NONE))
    }
  }

  #leave(track: TrackId, level: number, node: NodeId): void {
    const left = this.#left.get(track) ?? new Map<number, NodeId[]>()
    const nodes = left.get(level) ?? []
    if (!nodes.includes(node)) left.set(level, [...nodes, node])
    this.#left.set(track, left)
    this.#module.watch(track, true)
  }

  defineLane(): void {}
  instant(): void {}
  beginSection(): void {}
  endSection(): void {}
  count(): void {}
  lost(): void {}

  finish(): void {}

  #group(anyTrack: TrackId, anyCpu: number): NodeId {
    const track = this.#grouping.byTrack ? anyTrack : NONE
    const cpu = this.#grouping.byCpu ? anyCpu : NONE
    this.#roots[cpu + 1] ??= []
    const roots = this.#roots[cpu + 1]
    const known = roots[track + 1]
    if (known !== undefined) return known
    const root = this.tree.addRoot()
    roots[track + 1] = root
    this.groups.push({ track, cpu, root })
    return root
  }
}
