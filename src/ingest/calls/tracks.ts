import {
  type CallNotes,
  type FunctionId,
  type Nanos,
  type TimelineSink,
  type TrackId,
  UNNAMED,
} from '../../timeline/sink.js'
import {
  CURSOR,
  EACH_CPU,
  IDLE,
  IS_FOLLOWED,
  ITS_CPU,
  LAST,
  LEAF_BEGIN,
  LEAF_DEPTH,
  LEAF_DURATION,
  LEAF_FUNCTION,
  OPEN,
  RUNNING,
  type StackMemory,
  type StackPlace,
  stackPlace,
} from '../fast/stack-memory.js'
import { joinedNotes } from '../lines/call-notes.js'
import type { Task, Tasks } from '../lines/task-cells.js'
import { ABSENT, type TraceLine } from '../lines/trace-line.js'
import { ExitTree } from './exit-tree.js'

/** The open calls of one track, and where the track has come to in time. */
export class Stack {
  readonly id: TrackId
  /** Undefined as long as nothing has named the task that the cpu runs. */
  pid: number | undefined
  comm: string
  /** Calls of a cpu's interrupts. */
  readonly isInterrupts: boolean
  /** The printed depth of what has no caller on this stack. */
  base = 0
  /** Nanoseconds in which calls were interrupted, where that is not their own time. */
  readonly interrupted = new LevelSums()
  /** Nanoseconds off the cpu that are told apart. */
  readonly asleep = new LevelSums()
  /** The task is known to have left its cpu since its last line. */
  isOffCpu = false
  /** Without timestamps: the level of the call in which the task has slept, or -1. */
  sleptLevel = -1
  /** Empty as long as no call has any. */
  readonly #notes: (CallNotes | undefined)[] = []
  /** Where the trace has exits only: what waits for its caller's. */
  readonly exited = new ExitTree()
  leafNotes: CallNotes | undefined
  #owed: OwedDuration | undefined
  /** What `UsualCalls` goes on with, too. */
  #place: StackPlace
  #canBeFollowed: boolean

  constructor(
    id: TrackId,
    pid: number | undefined,
    comm: string,
    place: StackPlace,
    isInterrupts = false,
  ) {
    this.id = id
    this.pid = pid
    this.comm = comm
    this.isInterrupts = isInterrupts
    this.#place = place
    this.#canBeFollowed = place.numbers[IS_FOLLOWED] === 1
    this.cpu = ABSENT
  }

  /** How many calls are open; the innermost stands at `open - 1`. */
  get open(): number {
    return this.#place.numbers[OPEN]
  }

  set open(count: number) {
    this.#place.numbers[OPEN] = count
  }

  /** Where the task ran last. */
  get cpu(): number {
    return this.#place.numbers[ITS_CPU]
  }

  set cpu(number: number) {
    this.#place.numbers[ITS_CPU] = number
  }

  get functions(): Int32Array {
    return this.#place.functions
  }

  /** The printed depth, in levels. Levels need not be contiguous. */
  get depths(): Int32Array {
    return this.#place.depths
  }

  get begins(): Float64Array {
    return this.#place.begins
  }

  /** Measured nanoseconds of what each call has called so far. */
  get inside(): Float64Array {
    return this.#place.inside
  }

  /** The position of the track's last event. */
  get cursor(): Nanos {
    return this.#place.positions[CURSOR]
  }

  set cursor(at: Nanos) {
    this.#place.positions[CURSOR] = at
  }

  /** A leaf whose end is not told yet, UNNAMED if there is none: the next line may bound it. */
  get leaf(): FunctionId {
    return this.#place.numbers[LEAF_FUNCTION]
  }

  get leafDepth(): number {
    return this.#place.numbers[LEAF_DEPTH]
  }

  get leafBegin(): Nanos {
    return this.#place.positions[LEAF_BEGIN]
  }

  get leafDuration(): Nanos {
    return this.#place.positions[LEAF_DURATION]
  }

  holdLeaf(
    func: FunctionId,
    depth: number,
    at: Nanos,
    duration: Nanos,
    notes: CallNotes | undefined,
  ): void {
    const { numbers, positions } = this.#place
    numbers[LEAF_FUNCTION] = func
    numbers[LEAF_DEPTH] = depth
    positions[LEAF_BEGIN] = at
    positions[LEAF_DURATION] = duration
    this.leafNotes = notes
    if (notes) this.#stopFollowing()
  }

  dropLeaf(): void {
    this.#place.numbers[LEAF_FUNCTION] = UNNAMED
  }

  get owed(): OwedDuration | undefined {
    return this.#owed
  }

  set owed(owed: OwedDuration | undefined) {
    this.#owed = owed
    this.#place.numbers[IS_FOLLOWED] = Number(this.#canBeFollowed && !owed)
  }

  /** From here on there is more to it than the place holds. */
  #stopFollowing(): void {
    this.#canBeFollowed = false
    this.#place.numbers[IS_FOLLOWED] = 0
  }

  /** The printed depth of the innermost open call; if none is open, that above the first one. */
  depth(): number {
    return this.open === 0 ? this.base - 1 : this.depths[this.open - 1]
  }

  /** What is noted on the call at `level`, together with what its exit says. */
  notesAt(level: number, exit: CallNotes | undefined): CallNotes | undefined {
    return this.#notes.length === 0 ? exit : joinedNotes(this.#notes[level], exit)
  }

  push(func: FunctionId, depth: number, at: Nanos, notes: CallNotes | undefined): void {
    const level = this.open
    if (level === this.functions.length) this.#grow()
    const { numbers, functions, depths, begins, inside } = this.#place
    numbers[OPEN] = level + 1
    functions[level] = func
    depths[level] = depth
    begins[level] = at
    inside[level] = 0
    if (!notes && this.#notes.length === 0) return
    this.#notes[level] = notes
    this.#stopFollowing()
  }

  #grow(): void {
    this.#stopFollowing()
    const place = this.#place
    this.#place = stackPlace(place.functions.length * 2)
    for (const column of Object.keys(place) as (keyof StackPlace)[]) {
      this.#place[column].set(place[column])
    }
  }
}

/** A call of this function and depth has a duration that was printed with another call. */
interface OwedDuration {
  readonly func: FunctionId
  readonly depth: number
  readonly duration: Nanos
}

/** Sums of nanoseconds by level of a stack; empty as long as nothing was added. */
class LevelSums {
  readonly #sums: number[] = []

  add(level: number, duration: Nanos): void {
    if (level >= 0) this.#sums[level] = (this.#sums[level] ?? 0) + duration
  }

  /** Takes out the sum of a call that has ended; it is a part of its caller's. */
  take(level: number): Nanos {
    if (this.#sums.length === 0) return 0
    const sum = this.#sums[level] ?? 0
    this.#sums.length = level
    if (sum > 0) this.add(level - 1, sum)
    return sum
  }
}

/** What a cpu is known to run. */
export class Cpu {
  readonly number: number
  /** Calls of interrupts, where they are shown apart. */
  interrupts: Stack | undefined
  /** The stack that an interrupt has hit, and the printed depth that it has there. */
  interrupted: Stack | undefined
  interruptDepth = 0
  /** The next call is that of an interrupt. */
  isArrowPending = false
  /**
   * Per depth, the function whose exit the kernel would print without its name: trace_functions_
   * graph.c keeps the same slots (`enter_funcs`) to decide on the note of a closing brace.
   */
  readonly slots: Int32Array
  /** By RUNNING and so on, the track moved up by 1; 0 for none. */
  readonly #tracks: Int32Array
  readonly #stacks: readonly Stack[]

  constructor(number: number, stacks: readonly Stack[], memory: StackMemory) {
    const { slots, tracks } = memory.cpu(number)
    this.number = number
    this.slots = slots
    this.#tracks = tracks
    this.#stacks = stacks
  }

  /** The stack that its lines belong to, in a trace without a task column. */
  get running(): Stack | undefined {
    return this.#stacks[this.#tracks[RUNNING] - 1]
  }

  set running(stack: Stack | undefined) {
    this.#tracks[RUNNING] = stack ? stack.id + 1 : 0
  }

  /** The stack of its idle task. */
  get idle(): Stack | undefined {
    return this.#stacks[this.#tracks[IDLE] - 1]
  }

  set idle(stack: Stack | undefined) {
    this.#tracks[IDLE] = stack ? stack.id + 1 : 0
  }

  /** The stack of its last line, where it matters when a cpu goes on to another. */
  get last(): Stack | undefined {
    return this.#stacks[this.#tracks[LAST] - 1]
  }

  set last(stack: Stack | undefined) {
    this.#tracks[LAST] = stack ? stack.id + 1 : 0
  }
}

/**
 * Knows whose stack a line belongs to. With a task column every line says so. Without one, switch
 * blocks do; what a cpu prints before its first switch block belongs to the task on the left of
 * that block, whose name is learned late. Without either, the cpu is the track.
 */
export class Tracks {
  readonly stacks: Stack[] = []
  readonly #sink: TimelineSink
  readonly #tasks: Tasks
  readonly #cpus: Cpu[] = []
  readonly #byPid = new Map<number, Stack>()
  /** By task id; idle tasks are not here, for they are one for each cpu. */
  #byTask: (Stack | undefined)[] = []
  readonly #memory: StackMemory
  #hasCpu = true

  constructor(sink: TimelineSink, tasks: Tasks, memory: StackMemory) {
    this.#sink = sink
    this.#tasks = tasks
    this.#memory = memory
  }

  /** A capture begins: who runs where is unknown again. */
  reset(hasCpu: boolean): void {
    this.#hasCpu = hasCpu
    for (const cpu of this.#cpus) {
      if (!cpu) continue
      cpu.running = undefined
      cpu.interrupted = undefined
      cpu.last = undefined
      cpu.slots.fill(UNNAMED)
    }
  }

  cpu(number: number): Cpu {
    const known = this.#cpus[number + 1]
    if (known) return known
    const cpu = new Cpu(number, this.stacks, this.#memory)
    this.#cpus[number + 1] = cpu
    return cpu
  }

  /** The cpus that lines were seen of, in order. */
  cpuNumbers(): number[] {
    return this.#cpus.flatMap(cpu => (cpu && cpu.number !== ABSENT ? [cpu.number] : []))
  }

  /** The tasks that the trace names, in the order of their first line. */
  tasks(): Task[] {
    const tasks = new Map<number, Task>()
    for (const { pid, comm } of this.stacks) {
      if (pid !== undefined) tasks.set(pid, { pid, comm: pid === 0 ? '<idle>' : comm })
    }
    return [...tasks.values()]
  }

  /** The stack that a line of the call graph belongs to. */
  stackOf(line: TraceLine, cpu: Cpu): Stack {
    if (line.task !== ABSENT) {
      return this.#byTask[line.task] ?? this.#stackOfTask(line.task, cpu)
    }
    if (!cpu.running) cpu.running = this.#add(undefined, '', cpu)
    return cpu.running
  }

  interruptsOf(cpu: Cpu): Stack {
    if (!cpu.interrupts) {
      const id = this.stacks.length
      cpu.interrupts = new Stack(id, undefined, '', this.#memory.stack(id, false), true)
      this.stacks.push(cpu.interrupts)
      this.#sink.defineTrack(cpu.interrupts.id, {
        pid: undefined,
        comm: '',
        cpu: cpu.number === ABSENT ? undefined : cpu.number,
        isInterrupts: true,
      })
    }
    return cpu.interrupts
  }

  /** Follows a switch block. */
  switchTask(line: TraceLine): void {
    const named = this.cpu(line.cpu)
    const cpu = this.#hasCpu ? named : this.cpu(ABSENT)
    if (cpu.running && cpu.running.pid === undefined) {
      this.#nameLate(cpu.running, this.#tasks.task(line.from), cpu)
    }
    cpu.running = this.#byTask[line.to] ?? this.#stackOfTask(line.to, cpu)
  }

  #nameLate(stack: Stack, task: Task, cpu: Cpu): void {
    stack.pid = task.pid
    stack.comm = task.comm
    this.#define(stack, cpu)
    if (task.pid === 0) {
      cpu.idle ??= stack
      return
    }
    // A task that has run elsewhere before has a stack there. It goes on here if calls are open.
    if (stack.open > 0 || !this.#byPid.has(task.pid)) {
      this.#byPid.set(task.pid, stack)
      this.#byTask = []
      this.#memory.taskTracks.fill(0)
    }
  }

  /** What a cpu shows is of this task until it says otherwise. */
  assume(number: number, task: Task): void {
    const cpu = this.cpu(number)
    if (this.#hasCpu) cpu.running = this.#stackFor(task, cpu)
  }

  #stackOfTask(id: number, cpu: Cpu): Stack {
    const task = this.#tasks.task(id)
    const stack = this.#stackFor(task, cpu)
    const { taskTracks } = this.#memory
    if (task.pid !== 0) this.#byTask[id] = stack
    if (id < taskTracks.length) taskTracks[id] = task.pid === 0 ? EACH_CPU : stack.id + 1
    return stack
  }

  #stackFor(task: Task, cpu: Cpu): Stack {
    if (task.pid === 0) {
      cpu.idle ??= this.#add(0, '', cpu)
      return cpu.idle
    }
    let stack = this.#byPid.get(task.pid)
    if (!stack) {
      stack = this.#add(task.pid, task.comm, cpu)
      this.#byPid.set(task.pid, stack)
    } else if (task.comm !== '' && task.comm !== stack.comm) {
      stack.comm = task.comm
      this.#define(stack, cpu)
    }
    return stack
  }

  #add(pid: number | undefined, comm: string, cpu: Cpu): Stack {
    const id = this.stacks.length
    const stack = new Stack(id, pid, comm, this.#memory.stack(id, true))
    this.stacks.push(stack)
    this.#define(stack, cpu)
    return stack
  }

  #define(stack: Stack, cpu: Cpu): void {
    const bound = cpu.number !== ABSENT && !stack.pid
    this.#sink.defineTrack(stack.id, {
      pid: stack.pid,
      comm: stack.pid === 0 ? idleName(cpu.number) : stack.comm,
      cpu: bound ? cpu.number : undefined,
    })
  }
}

/** The idle task of each cpu is called swapper. */
function idleName(cpu: number): string {
  return cpu === ABSENT ? 'swapper' : `swapper/${cpu}`
}
