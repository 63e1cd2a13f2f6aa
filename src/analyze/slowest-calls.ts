import { weightOf } from '../timeline/call-weight.js'
import type { FunctionPattern } from '../timeline/function-pattern.js'
import {
  type FunctionId,
  type KernelFunction,
  type Nanos,
  type TimelineSink,
  type Track,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from '../timeline/sink.js'
import { ignored } from '../timeline/sinks/index.js'
import type { MergedCalls } from './merged-calls.js'
import type { TypicalCalls } from './typical-calls.js'

/** One call with its callees. */
export interface SlowCall {
  readonly func: FunctionId
  readonly track: TrackId
  /** The cpu on which it ended, -1 if the trace has no cpus. */
  readonly cpu: number
  /** Whether its entry is in the trace. If not, it began at or before `begin`. */
  readonly hasEntry: boolean
  readonly begin: Nanos
  readonly end: Nanos
  readonly duration: Nanos
  /** The line of its entry, or of its exit if the entry is not in the trace; 0 if not known. */
  readonly line: number
  /** The call and, below it, its callees; those with the same stack are merged. */
  readonly tree: MergedCalls
}

export interface SlowestOptions {
  /** How many calls to keep. */
  readonly most: number
  /**
   * Which calls count. By default only outermost calls do: a callee is never slower than its
   * caller.
   */
  readonly matches?: FunctionPattern | undefined
  /** Returns the line of the current event. */
  readonly line?: () => number
  /** Gets every call that may turn out to be among the slowest. */
  readonly typical?: TypicalCalls | undefined
}

/**
 * Keeps the slowest matching calls of a timeline, with their trees. A matching call inside another
 * one does not count by itself, unless the outer one has no duration.
 *
 * Memory grows with the number of distinct stacks in the calls that are kept or open.
 */
export class SlowestCalls implements TimelineSink {
  readonly functions: KernelFunction[] = []
  readonly tracks: Track[] = []
  readonly #most: number
  readonly #matches: FunctionPattern
  /** Whether only outermost calls count. */
  readonly #isOfAll: boolean
  readonly #line: () => number
  readonly #typical: TypicalCalls | undefined
  /** By function: whether its calls match. A call without a name may turn out to match. */
  readonly #matching: boolean[] = [true]
  readonly #stacks: Stack[] = []
  /** The slowest first. */
  readonly #slowest: SlowCall[] = []

  constructor({ most, matches, line = () => 0, typical }: SlowestOptions) {
    this.#most = most
    this.#matches = matches ?? (() => true)
    this.#isOfAll = matches === undefined
    this.#line = line
    this.#typical = typical
  }

  /** The slowest first; of equally slow calls the one that ended first. */
  get slowest(): readonly SlowCall[] {
    return this.#slowest
  }

  defineFunction(id: FunctionId, func: KernelFunction): void {
    this.functions[id] = func
    this.#matching[id] = this.#matches(func)
  }

  defineTrack(id: TrackId, track: Track): void {
    this.tracks[id] = track
    this.#stacks[id] ??= { cpu: track.cpu ?? -1, open: [], matching: 0 }
  }

  begin(track: TrackId, func: FunctionId, at: Nanos): void {
    const stack = this.#stacks[track]
    const matches = this.#matching[func]
    if (matches) stack.matching++
    // Outside of matching calls no tree is needed.
    const node = stack.matching > 0 ? newNode(func) : undefined
    stack.open.push({ func, begin: at, line: this.#line(), inside: 0, matches, node, held: [] })
  }

  end(track: TrackId, func: FunctionId, at: Nanos, duration: Nanos): void {
    const stack = this.#stacks[track]
    const call = stack.open.pop() as OpenCall
    if (call.matches) stack.matching--
    const caller = stack.open.at(-1)
    if (caller) caller.inside += weightOf(duration, call.inside)
    const { node } = call
    if (!node) return
    node.func = func
    node.total = duration === UNMEASURED ? call.inside : duration
    if (duration !== UNMEASURED) {
      node.calls = 1
      node.self = Math.max(duration - call.inside, 0)
    }
    if (duration === UNMEASURED || !this.#matching[func]) {
      for (const inner of call.held) this.#hold(stack, inner)
    } else {
      if (stack.matching === 0 || !this.#isOfAll) this.#typical?.offer(func, () => finished(node))
      if (this.#isSlow(duration, this.#slowest)) {
        const hasEntry = call.func !== UNNAMED
        this.#hold(stack, {
          func,
          track,
          cpu: stack.cpu,
          hasEntry,
          begin: call.begin,
          end: at,
          duration,
          line: hasEntry ? call.line : this.#line(),
          tree: finished(node),
        })
      }
    }
    if (!caller?.node) return
    if (func !== UNNAMED) addNode(caller.node, node)
    else for (const callee of node.callees.values()) addNode(caller.node, callee)
  }

  migrate(track: TrackId, cpu: number): void {
    const stack = this.#stacks[track]
    stack.cpu = cpu
  }

  start = ignored.start
  defineLane = ignored.defineLane
  instant = ignored.instant
  beginSection = ignored.beginSection
  endSection = ignored.endSection
  count = ignored.count
  lost = ignored.lost
  finish = ignored.finish

  /** Keeps a call with the matching call around it, if any: it counts only if that one does not. */
  #hold({ open }: Stack, call: SlowCall): void {
    const calls = open.findLast(({ matches }) => matches)?.held ?? this.#slowest
    if (!this.#isSlow(call.duration, calls)) return
    const place = calls.findIndex(({ duration }) => duration < call.duration)
    calls.splice(place < 0 ? calls.length : place, 0, call)
    if (calls.length > this.#most) calls.pop()
  }

  #isSlow(duration: Nanos, calls: readonly SlowCall[]): boolean {
    return calls.length < this.#most || duration > (calls.at(-1) as SlowCall).duration
  }
}

interface Stack {
  cpu: number
  readonly open: OpenCall[]
  /** How many open calls match, or may. */
  matching: number
}

interface OpenCall {
  readonly func: FunctionId
  readonly begin: Nanos
  readonly line: number
  inside: Nanos
  readonly matches: boolean
  readonly node: Node | undefined
  /** The slowest matching calls inside it, in case that this call itself does not count. */
  readonly held: SlowCall[]
}

interface Node {
  func: FunctionId
  calls: number
  total: Nanos
  self: Nanos
  readonly callees: Map<FunctionId, Node>
}

function newNode(func: FunctionId): Node {
  return { func, calls: 0, total: 0, self: 0, callees: new Map() }
}

/** Adds a call to its caller. The call must not be used after that. */
function addNode(caller: Node, callee: Node): void {
  const known = caller.callees.get(callee.func)
  if (!known) {
    caller.callees.set(callee.func, callee)
    return
  }
  known.calls += callee.calls
  known.total += callee.total
  known.self += callee.self
  for (const below of callee.callees.values()) addNode(known, below)
}

function finished({ func, calls, total, self, callees }: Node): MergedCalls {
  const next = [...callees.values()].map(finished).sort((a, b) => b.total - a.total)
  return { func, calls, total, self, next }
}
