/**
 * Questions about a line that only later lines answer. Exits do: each names its function, unless
 * the kernel's slots have it.
 */
import type { FunctionId, TrackId } from '../../timeline/sink.js'
import type { EngineModule } from '../engine.js'
import { EXIT, LOST, SWITCH, type TraceLine } from '../lines/trace-line.js'

export interface Doubt {
  /** Shows the next line, the doubtful one first. Returns true when the answer is known. */
  see(line: TraceLine): boolean
}

/** Whether a line is inside of the open calls at its own depth: see ../assembly/same-depth.ts. */
export class SameDepth implements Doubt {
  readonly #engine: EngineModule

  constructor({ depth, cpu, task }: TraceLine, engine: EngineModule) {
    this.#engine = engine
    engine.askOther(depth, cpu, task)
  }

  /** How many of them are around it. */
  get around(): number {
    return this.#engine.around.value
  }

  see({ kind, depth, func, duration, cpu, task, from, to }: TraceLine): boolean {
    if (kind === SWITCH) this.#engine.seeSwitch(cpu, from, to)
    if (kind === LOST) return this.#engine.seeLoss(cpu) !== 0
    return kind <= EXIT && this.#engine.seeOther(kind, depth, func, duration, cpu, task) !== 0
  }
}

/** The open calls of a track, the outermost first. */
export interface OpenTrack {
  readonly track: TrackId
  readonly cpu: number
  readonly calls: readonly { readonly depth: number; readonly func: FunctionId }[]
}

/**
 * In a trace that names no tasks, a line of a cpu has callers that are not open there. Its task has
 * come from another cpu if the exits that follow name, level by level, what is open on its track.
 */
export class Stranger implements Doubt {
  readonly #cpu: number
  /** The lowest depth so far. */
  #depth: number
  #tracks: readonly OpenTrack[]
  #isNamed = false

  constructor({ kind, cpu, depth }: TraceLine, tracks: readonly OpenTrack[]) {
    this.#cpu = cpu
    this.#depth = kind === EXIT ? depth + 1 : depth
    this.#tracks = tracks.filter(track => track.cpu !== cpu && track.calls.length > 0)
  }

  /** The track that goes on here, if there is one. */
  get track(): TrackId | undefined {
    return this.#isNamed && this.#tracks.length === 1 ? this.#tracks[0].track : undefined
  }

  see(line: TraceLine): boolean {
    if (line.kind === SWITCH || line.kind === LOST) return line.cpu === this.#cpu
    if (line.kind > EXIT) return false
    if (line.cpu === this.#cpu) return this.#seeHere(line)
    // Its own cpu goes on with it.
    if (line.depth > 0) this.#keep(({ cpu }) => cpu !== line.cpu)
    return this.#tracks.length === 0
  }

  #seeHere({ kind, depth, func }: TraceLine): boolean {
    if (depth >= this.#depth) return false
    if (kind !== EXIT || depth < this.#depth - 1) return true
    this.#depth = depth
    this.#isNamed = true
    this.#keep(({ calls }) => calls.some(call => call.depth === depth && call.func === func))
    return depth === 0 || this.#tracks.length === 0
  }

  #keep(fits: (track: OpenTrack) => boolean): void {
    this.#tracks = this.#tracks.filter(fits)
  }
}
