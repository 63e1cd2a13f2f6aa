/** The open calls of one track, and where the track has come to in time. */
import { ABSENT } from './line'

/** In place of a function: the trace has not named the call. */
export const UNNAMED: u32 = 0

/** An open call. */
@unmanaged
export class Level {
  func: u32
  /** As printed, in levels. Those of a stack need not be contiguous. */
  depth: i32
  begin: f64
  /** Nanoseconds measured in what it has called so far. */
  inside: f64
  /** Nanoseconds of it that are an interrupt's, where these are shown apart. */
  interrupted: f64
  /** Nanoseconds of it off the cpu, where these are shown apart, or there are timestamps. */
  asleep: f64
  notes: i32
}

const FIRST_CAPACITY: i32 = 32

@final
export class Stack {
  /** How many calls are open; the innermost is level `open - 1`. */
  open: i32 = 0
  /** Where the task ran last. */
  cpu: i32 = ABSENT
  /** Position of the track's last event. */
  cursor: f64 = 0
  /** A leaf that has begun and not ended, for the next line may bound it; UNNAMED if there is none. */
  leaf: u32 = UNNAMED
  leafDepth: i32 = 0
  leafNotes: i32 = 0
  leafBegin: f64 = 0
  leafDuration: f64 = 0
  /** A call that has returned and not ended: its duration goes beyond its exit, and the next line may bound it. */
  late: u32 = UNNAMED
  lateBegin: f64 = 0
  lateDuration: f64 = 0
  /** As told: less what is told apart. */
  lateWeight: f64 = 0
  lateNotes: i32 = 0
  lateExitNotes: i32 = 0
  /** The printed depth of a call without a caller on this stack. */
  base: i32 = 0
  /** The trace has shown another task on its cpu since its last line. */
  isOffCpu: bool = false
  /** Without timestamps: the level of the call in which the task has slept, or -1. */
  sleptLevel: i32 = -1
  /** A function and depth whose duration was printed with another call; UNNAMED if there is none. */
  owedFunction: u32 = UNNAMED
  owedDepth: i32 = 0
  owedDuration: f64 = 0

  private levels: usize = heap.alloc(FIRST_CAPACITY * offsetof<Level>())
  private capacity: i32 = FIRST_CAPACITY

  constructor(
    readonly track: i32,
    /** A task other than idle ones: it sleeps. */
    public isTask: bool,
    readonly isInterrupts: bool,
    /** Serving interrupts is what it is there for. */
    public servesSoftirqs: bool,
  ) {}

  level(index: i32): Level {
    return changetype<Level>(this.levels + <usize>index * offsetof<Level>())
  }

  innermost(): Level {
    return this.level(this.open - 1)
  }

  /** The printed depth of the innermost open call; if none is open, that above the first one. */
  depth(): i32 {
    return this.open === 0 ? this.base - 1 : this.innermost().depth
  }

  /** How many of the open calls stand above this depth. */
  openAbove(depth: i32): i32 {
    let open = this.open
    while (open > 0 && this.level(open - 1).depth >= depth) open--
    return open
  }

  push(func: u32, depth: i32, notes: i32): void {
    if (this.open === this.capacity) this.grow()
    const level = this.level(this.open++)
    level.func = func
    level.depth = depth
    level.begin = this.cursor
    level.inside = 0
    level.interrupted = 0
    level.asleep = 0
    level.notes = notes
  }

  private grow(): void {
    const size = <usize>this.capacity * offsetof<Level>()
    this.levels = heap.realloc(this.levels, size * 2)
    this.capacity *= 2
  }
}

/** By track. */
export const stacks = new Array<Stack>()

export function stackAt(track: i32): Stack {
  return unchecked(stacks[track])
}

/** Adds the stack of another track, and returns the track. */
export function addStack(isTask: bool, isInterrupts: bool, servesSoftirqs: bool): i32 {
  return stacks.push(new Stack(stacks.length, isTask, isInterrupts, servesSoftirqs)) - 1
}

/** The task of a track has become known, or changed its name. */
export function setTask(track: i32, isTask: bool, servesSoftirqs: bool): void {
  const stack = stackAt(track)
  stack.isTask = isTask
  stack.servesSoftirqs = servesSoftirqs
}

export function hasOpenCalls(track: i32): bool {
  return stackAt(track).open > 0
}

export function cursorOf(track: i32): f64 {
  return stackAt(track).cursor
}

export function cpuOfTrack(track: i32): i32 {
  return stackAt(track).cpu
}
