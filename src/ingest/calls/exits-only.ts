import type { CallNotes, FunctionId, Nanos, TrackId } from '../../timeline/sink.js'
import type { EngineModule } from '../engine.js'
import { ABSENT, type TraceLine } from '../lines/trace-line.js'
import { type ExitedCall, ExitTree } from './exit-tree.js'

/** Rebuilds the calls of a capture that has exits only: each waits until its caller is known. */
export class ExitsOnly {
  readonly #engine: EngineModule
  readonly #keepNotes: (notes: CallNotes | undefined) => number
  /** By track, in whose order they are told where there are no timestamps. */
  readonly #trees: (ExitTree | undefined)[] = []

  constructor(engine: EngineModule, keepNotes: (notes: CallNotes | undefined) => number) {
    this.#engine = engine
    this.#keepNotes = keepNotes
  }

  exit(line: TraceLine): void {
    const engine = this.#engine
    const track = engine.trackOf(line.task, line.cpu)
    const tree = this.#trees[track] ?? new ExitTree()
    this.#trees[track] = tree
    const end = engine.seeExited(line.seconds, line.nanos)
    const isComplete = tree.add({
      func: line.func || engine.nameless(),
      depth: line.depth,
      cpu: line.cpu,
      end,
      duration: engine.measured(line.duration),
      notes: line.hasNotes ? line.notes : undefined,
    })
    if (isComplete) this.#tell(track, tree)
  }

  /** Calls that wait for a caller on this cpu have none. */
  lost(cpu: number): void {
    for (const [track, tree] of this.#trees.entries()) {
      if (tree && this.#engine.cpuOfTrack(track) === cpu) this.#tell(track, tree)
    }
  }

  /** Calls that wait for a caller have none. */
  finish(): void {
    for (const [track, tree] of this.#trees.entries()) if (tree) this.#tell(track, tree)
  }

  #tell(track: TrackId, tree: ExitTree): void {
    for (const call of tree.takeAll()) {
      this.#engine.startExited(track, call.cpu)
      this.#tellCall(track, call)
    }
  }

  /** Tells a call with its callees: it begins its duration before its exit. */
  #tellCall(track: TrackId, call: ExitedCall): void {
    const { func, end, duration, notes, callees } = call
    const from = duration === ABSENT ? firstExit(call) : end
    const begins: Nanos = this.#engine.beginExited(track, func as FunctionId, from, duration)
    let inside = 0
    for (const callee of callees) {
      this.#tellCall(track, callee)
      inside += Math.max(callee.duration, 0)
    }
    const kept = this.#keepNotes(notes)
    this.#engine.endExited(track, func, begins, end, duration, inside, kept)
  }
}

/** When the trace shows a call first: by the exit of the first one that it has called. */
function firstExit({ end, callees }: ExitedCall): Nanos {
  return callees.length > 0 ? firstExit(callees[0]) : end
}
