import type { TrackId } from '../../timeline/sink.js'
import type { UsualModule } from './usual-module.js'

/** Where the open calls of a track lie, and where it has come to. */
export interface StackPlace {
  /** By IS_FOLLOWED and so on. */
  readonly numbers: Int32Array
  /** By CURSOR and so on. */
  readonly positions: Float64Array
  readonly functions: Int32Array
  readonly depths: Int32Array
  readonly begins: Float64Array
  readonly inside: Float64Array
}

// As in assembly/usual-calls.ts: of a stack's numbers...
export const IS_FOLLOWED = 0
export const OPEN = 1
export const ITS_CPU = 2
export const LEAF_FUNCTION = 3
export const LEAF_DEPTH = 4
const NUMBERS = 6

// ...of its positions...
export const CURSOR = 0
export const LEAF_BEGIN = 1
export const LEAF_DURATION = 2
const POSITIONS = 3

const LEVELS_AT = 64

// ...and of a cpu's numbers.
export const RUNNING = 0
export const LAST = 1
export const IDLE = 2
const SLOTS = 3
/** The kernel keeps slots for so many levels (FTRACE_RETFUNC_DEPTH). */
export const NAMED_DEPTHS = 50

/** In place of a task's track: it has one on each cpu. */
export const EACH_CPU = -1

/** What stacks are made of, in the memory of the module that goes on with them. */
export class StackMemory {
  /** The first position of any track, -1 before there is one, and the furthest. */
  readonly reached: Float64Array
  /** Nanoseconds in calls: those of roots come first. */
  readonly time: Float64Array
  /** What timestamps are measured from: seconds, and nanoseconds. */
  readonly origin: Float64Array
  /** By task, its track moved up by 1; 0 where it has none, or EACH_CPU. */
  readonly taskTracks: Int32Array
  readonly #module: UsualModule

  constructor(module: UsualModule) {
    this.#module = module
    const { buffer } = module.memory
    const at = module.sums.value
    this.reached = new Float64Array(buffer, at, 2)
    this.time = new Float64Array(buffer, at + 16, 3)
    this.origin = new Float64Array(buffer, at + 40, 2)
    this.reached[0] = -1
    this.taskTracks = new Int32Array(buffer, module.taskTracks.value, module.MOST_TASKS.value)
  }

  /** A place for the stack of a track; one that cannot be followed if there is no other. */
  stack(track: TrackId, isFollowed: boolean): StackPlace {
    const { memory, stacks, MOST_STACKS, STACK_SIZE, LEVELS } = this.#module
    if (track >= MOST_STACKS.value) return stackPlace(LEVELS.value)
    const at = stacks.value + track * STACK_SIZE.value
    const place = stackPlace(LEVELS.value, memory.buffer, at)
    place.numbers[IS_FOLLOWED] = Number(isFollowed)
    return place
  }

  /** Tracks of a cpu, by RUNNING and so on, and its slots. */
  cpu(number: number): { readonly tracks: Int32Array; readonly slots: Int32Array } {
    const { memory, cpus, MOST_CPUS, CPU_SIZE } = this.#module
    const isThere = number + 1 < MOST_CPUS.value
    const size = CPU_SIZE.value
    const buffer = isThere ? memory.buffer : new ArrayBuffer(size)
    const at = isThere ? cpus.value + (number + 1) * size : 0
    return {
      tracks: new Int32Array(buffer, at, SLOTS),
      slots: new Int32Array(buffer, at + SLOTS * 4, NAMED_DEPTHS),
    }
  }
}

/** A place for so many levels: in memory of its own, unless it is given some. */
export function stackPlace(
  levels: number,
  buffer: ArrayBuffer = new ArrayBuffer(LEVELS_AT + levels * 24),
  at = 0,
): StackPlace {
  const first = at + LEVELS_AT
  return {
    numbers: new Int32Array(buffer, at, NUMBERS),
    positions: new Float64Array(buffer, at + NUMBERS * 4, POSITIONS),
    functions: new Int32Array(buffer, first, levels),
    depths: new Int32Array(buffer, first + levels * 4, levels),
    begins: new Float64Array(buffer, first + levels * 8, levels),
    inside: new Float64Array(buffer, first + levels * 16, levels),
  }
}
