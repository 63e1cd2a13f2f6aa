/** The task that a cpu runs, and the stack that its lines belong to. */
import { findTrack } from './host'
import { ABSENT } from './line'
import { Stack, stackAt, UNNAMED } from './stack'

/** The kernel keeps slots for so many levels (FTRACE_RETFUNC_DEPTH). */
const SLOTS: i32 = 50

/** In place of a task's track: it has one on each cpu. */
const EACH_CPU: i32 = -1

@final
export class Cpu {
  /** The stack that its lines belong to, in a trace without a task column. */
  running: Stack | null = null
  /** The stack of its idle task. */
  idle: Stack | null = null
  /** The stack of its last line. */
  last: Stack | null = null
  /** Where its last line has come to, in a trace without timestamps. */
  cursor: f64 = 0
  /** The time of the first line that is there of it, or of the first one behind a loss; -1 before that. */
  begins: f64 = -1
  /** The stack of its interrupts, where they are shown apart. */
  interrupts: Stack | null = null
  /** The stack that an interrupt has hit, and the printed depth that it has there. */
  interrupted: Stack | null = null
  interruptDepth: i32 = 0
  /** The next call is that of an interrupt. */
  isArrowPending: bool = false
  /** The times of its last two lines in the capture, as printed; negative before there are any. */
  lastTime: f64 = -1
  timeBefore: f64 = -1

  /**
   * Per depth, the function whose exit the kernel would print without its name:
   * trace_functions_graph.c keeps the same slots (`enter_funcs`) to decide on the note of a brace.
   */
  private slots: usize = heap.alloc(SLOTS * 4)

  constructor(readonly number: i32) {}

  setSlot(depth: i32, func: u32): void {
    if (depth < SLOTS) store<u32>(this.slots + <usize>depth * 4, func)
  }

  /** Empties a slot, and returns what was in it. */
  takeSlot(depth: i32): u32 {
    if (depth >= SLOTS) return UNNAMED
    const slot = this.slots + <usize>depth * 4
    const func = load<u32>(slot)
    store<u32>(slot, UNNAMED)
    return func
  }

  forget(): void {
    this.running = null
    this.interrupted = null
    this.last = null
    this.lastTime = -1
    this.begins = -1
    memory.fill(this.slots, 0, SLOTS * 4)
  }
}

/** Cpus that most machines have, by their number and one; ABSENT is one of them. */
const few = new StaticArray<Cpu | null>(1025)
const more = new Map<i32, Cpu>()
/** All of them, in the order of their first line. */
const cpus = new Array<Cpu>()

export function cpuAt(number: i32): Cpu {
  const isFew = <u32>(number + 1) < <u32>few.length
  return (isFew ? unchecked(few[number + 1]) : null) || addedCpu(number)
}

/** One that is not among the few, or not there yet. */
function addedCpu(number: i32): Cpu {
  if (more.has(number)) return more.get(number)
  const cpu = new Cpu(number)
  cpus.push(cpu)
  if (<u32>(number + 1) < <u32>few.length) few[number + 1] = cpu
  else more.set(number, cpu)
  return cpu
}

export function cpuCount(): i32 {
  return cpus.length
}

/** A line of the cpu has been seen. */
export function seeCpu(number: i32): void {
  cpuAt(number)
}

/** The number of one of them: they stand in the order of their first line. */
export function cpuNumber(index: i32): i32 {
  return cpus[index].number
}

/** Who runs where is unknown again. */
export function forgetCpus(): void {
  for (let index = 0; index < cpus.length; index++) cpus[index].forget()
}

/** From here on the lines of a cpu belong to a track. */
export function setRunning(cpu: i32, track: i32): void {
  cpuAt(cpu).running = stackAt(track)
}

/** From here on it is unknown whose the lines of a cpu are. */
export function forgetRunning(cpu: i32): void {
  cpuAt(cpu).running = null
}

/** The idle task of a cpu has this track. */
export function setIdle(cpu: i32, track: i32): void {
  cpuAt(cpu).idle = stackAt(track)
}

/** An arrow: the next call of the cpu is that of an interrupt. */
export function expectInterrupt(cpu: i32): void {
  cpuAt(cpu).isArrowPending = true
}

/** By task, its track, moved up by 1; 0 where it is unknown, or EACH_CPU. */
const taskTracks = new Array<i32>()

/** A task has this track. */
export function setTaskTrack(task: i32, track: i32): void {
  while (taskTracks.length <= task) taskTracks.push(0)
  taskTracks[task] = track + 1
}

/** A task is an idle one: each cpu has a track of it. */
export function setIdleTask(task: i32): void {
  setTaskTrack(task, EACH_CPU - 1)
}

/** Whose track is which has to be asked again. */
export function forgetTaskTracks(): void {
  for (let task = 0; task < taskTracks.length; task++) taskTracks[task] = 0
}

/** The stack of the task that a line names, or that its cpu runs. */
export function taskStack(task: i32, cpu: Cpu): Stack {
  return knownStack(task, cpu) || stackAt(findTrack(task, cpu.number))
}

/** The same, or null where the engine has not been told. */
export function knownStack(task: i32, cpu: Cpu): Stack | null {
  if (task === ABSENT) return cpu.running
  const track = task < taskTracks.length ? unchecked(taskTracks[task]) : 0
  if (track === EACH_CPU) return cpu.idle
  return track > 0 ? stackAt(track - 1) : null
}

/** The track of that stack. */
export function trackOf(task: i32, cpu: i32): i32 {
  return taskStack(task, cpuAt(cpu)).track
}
