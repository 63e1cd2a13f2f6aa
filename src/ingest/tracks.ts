import { grown } from '../base/columns.js'
import {
  type CallNotes,
  type FunctionId,
  type Nanos,
  type TimelineSink,
  type TrackId,
  UNNAMED,
} from '../timeline/sink.js'
import { joinedNotes } from './call-notes.js'
import { ExitTree } from './exit-tree.js'
import type { Task, Tasks } from './tasks.js'
import { ABSENT, type TraceLine } from './trace-line.js'

/** The open calls of one track, and where the track has come to in time. */
export class Stack {
  readonly id: TrackId
  /** Undefined as long as nothing has named the task that the cpu runs. */
  pid: number | undefined
  comm: string
  /** Where the task ran last. */
  cpu = ABSENT
  /** Calls of a cpu's interrupts. */
  readonly isInterrupts: boolean
  /** The printed depth of what has no caller on this stack. */
  base = 0
  /** How many calls are open; the innermost stands at `open - 1`. */
  open = 0
  functions = new Int32Array(64)
  /** The printed depth, in levels. Levels need not be contiguous. */
  depths = new Int32Array(64)
  begins = new Float64Array(64)
  /** Measured nanoseconds of what each call has called so far. */
  inside = new Float64Array(64)
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
  /** A leaf whose end is not told yet, UNNAMED if there is none: the next line may bound it. */
  leaf: FunctionId = UNNAMED
  leafNotes: CallNotes | undefined
  leafDepth = 0
  /** A call of this function and depth has a duration that was printed with another call. */
  owed: { readonly func: FunctionId; readonly depth: number; readonly duration: Nanos } | undefined
  /** Positions in a column: in fields of their own they change from integers to boxed numbers. */
  readonly #positions = new Float64Array(3)

  constructor(id: TrackId, pid: number | undefined, comm: string, isInterrupts = false) {
    this.isInterrupts = isInterrupts
    this.id = id
    this.pid = pid
    this.comm = comm
  }

  /** The position of the track's last event. */
  get cursor(): Nanos {
    return this.#positions[0] as number
  }

  set cursor(at: Nanos) {
    this.#positions[0] = at
  }

  get leafBegin(): Nanos {
    return this.#positions[1] as number
  }

  get leafDuration(): Nanos {
    return this.#positions[2] as number
  }

  holdLeaf(func: FunctionId, at: Nanos, duration: Nanos, notes: CallNotes | undefined): void {
    this.leaf = func
    this.leafNotes = notes
    this.#positions[1] = at
    this.#positions[2] = duration
  }

  /** The printed depth of the innermost open call; if none is open, that above the first one. */
  depth(): number {
    return this.open === 0 ? this.base - 1 : (this.depths[this.open - 1] as number)
  }

  /** What is noted on the call at `level`, together with what its exit says. */
  notesAt(level: number, exit: CallNotes | undefined): CallNotes | undefined {
    return this.#notes.length === 0 ? exit : joinedNotes(this.#notes[level], exit)
  }

  push(func: FunctionId, depth: number, at: Nanos, notes: CallNotes | undefined): void {
    const level = this.open++
    if (level === this.functions.length) this.#grow()
    this.functions[level] = func
    this.depths[level] = depth
    this.begins[level] = at
    this.inside[level] = 0
    if (notes || this.#notes.length > 0) this.#notes[level] = notes
  }

  #grow(): void {
    this.functions = grown(this.functions)
    this.depths = grown(this.depths)
    this.begins = grown(this.begins)
    this.inside = grown(this.inside)
  }
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
  /** The stack that its lines belong to, in a trace without a task column. */
  running: Stack | undefined
  idle: Stack | undefined
  /** The stack of its last line, where sleep is told apart. */
  last: Stack | undefined
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
  readonly slots = new Int32Array(NAMED_DEPTHS)

  constructor(number: number) {
    this.number = number
  }
}

/** The kernel keeps slots for so many levels (FTRACE_RETFUNC_DEPTH). */
export const NAMED_DEPTHS = 50

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
  #hasCpu = true

  constructor(sink: TimelineSink, tasks: Tasks) {
    this.#sink = sink
    this.#tasks = tasks
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
    const cpu = new Cpu(number)
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
      cpu.interrupts = new Stack(this.stacks.length, undefined, '', true)
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
    if (task.pid !== 0) this.#byTask[id] = stack
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
    const stack = new Stack(this.stacks.length, pid, comm)
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
