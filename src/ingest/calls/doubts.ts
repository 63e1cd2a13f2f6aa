/**
 * Questions about a line that only later lines answer. Exits do: each names its function, unless
 * the kernel's slots have it.
 */
import type { FunctionId, TrackId } from '../../timeline/sink.js'
import { ENTRY, EXIT, LOST, SWITCH, type TraceLine } from '../lines/trace-line.js'
import { RunningTask } from './running-task.js'

export interface Doubt {
  /** Shows the next line, the doubtful one first. Returns true when the answer is known. */
  see(line: TraceLine): boolean
}

/** Interrupts hit interrupts, but not often. */
const MOST_OPEN = 8

/**
 * A call is open at the depth of a line that begins another one. Either its exit is not in the trace;
 * or an interrupt begins, between the record of the entry and the moment from which the kernel
 * counts the call (before 4.20), or between the end of the call and the record of its exit.
 */
//  0)               |    f_page() {
//  0)               |    smp_apic_timer_interrupt() {
//  0) + 20.700 us   |    }
//  0)   0.097 us    |    } /* f_page */
export class SameDepth implements Doubt {
  /** How many of the calls at that depth the line is inside of. */
  around = 0
  readonly #task: RunningTask
  readonly #depth: number
  /** Those calls, the outermost first. */
  readonly #calls: readonly FunctionId[]
  /** What has begun at that depth since, and not ended. */
  readonly #open: FunctionId[] = []

  constructor(line: TraceLine, isIdle: boolean, calls: readonly FunctionId[]) {
    this.#task = new RunningTask(line, isIdle)
    this.#depth = line.depth
    this.#calls = calls
  }

  see(line: TraceLine): boolean {
    if (line.kind === SWITCH) this.#task.switch(line)
    if (line.kind === LOST) return this.#task.isOn(line.cpu)
    if (line.kind > EXIT || !this.#task.owns(line) || line.depth > this.#depth) return false
    if (line.depth < this.#depth) return true
    if (line.kind === EXIT) return this.#seeExit(line.func)
    if (line.kind === ENTRY) this.#open.push(line.func)
    return this.#open.length > MOST_OPEN
  }

  /** Returns true for the exit of a call in question, or of one that is not known. */
  #seeExit(func: FunctionId): boolean {
    const index = func === NAMELESS ? this.#open.length - 1 : this.#open.lastIndexOf(func)
    if (index >= 0) {
      this.#open.length = index
      return false
    }
    this.around = func === NAMELESS ? this.#calls.length : this.#calls.lastIndexOf(func) + 1
    return true
  }
}

/** What is open on a track, the outermost call first. */
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

/** In place of the function of an exit. */
const NAMELESS: FunctionId = 0
