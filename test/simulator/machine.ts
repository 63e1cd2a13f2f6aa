/** The truth: a machine with cpus and tasks, which knows to the nanosecond what it has done. */
import { idleTask, interrupt, type Program, type Step, userTask } from './programs.js'
import type { Random } from './random.js'

/** One execution of a function. */
export interface Call {
  /** As the kernel prints it, the module behind it. */
  readonly func: string
  readonly task: Task
  readonly caller: Call | undefined
  readonly depth: number
  /** Nanoseconds of the machine's clock. */
  readonly begin: number
  /** Not a number as long as the call runs. */
  end: number
  /** For how long of that its task was on no cpu. */
  asleep: number
}

export interface Task {
  readonly pid: number
  /** Up to 15 bytes, each a character. */
  readonly comm: string
  /** Whose idle task it is. */
  readonly idleOf: number | undefined
}

/** The records that the tracer writes to a cpu's buffer where a call begins or ends. */
export interface TraceRecord {
  readonly kind: 'entry' | 'exit'
  readonly call: Call
  readonly cpu: number
  readonly at: number
  /** How many records before this one the buffer has lost. */
  readonly lostBefore: number
}

/** By cpu, oldest first. */
export type Buffers = readonly (readonly TraceRecord[])[]

export interface MachineOptions {
  readonly cpus: number
  readonly comms: readonly string[]
  /** When to stop: at so many records on all cpus. */
  readonly records: number
  /**
   * Interrupts hit the tracer, too: after it has begun a call, and before it records the entry. The
   * handler's calls then stand before the line of the call that they happened in.
   */
  readonly interruptsTracer?: boolean
}

/** Runs a machine from its first call at depth 0 on, every cpu idle. */
export function simulate(random: Random, options: MachineOptions): Buffers {
  const machine = new Machine(random, options)
  while (machine.records < options.records) machine.step()
  return machine.buffers
}

/** A task with what it is doing. */
class RunningTask implements Task {
  readonly pid: number
  readonly comm: string
  readonly idleOf: number | undefined
  /** The last one is being run; those before it are interrupted. */
  readonly programs: Program[]
  innermost: Call | undefined
  /** When it left its cpu, and from when on it may have another. */
  leftAt = 0
  readyAt = 0

  constructor(pid: number, comm: string, program: Program, idleOf?: number) {
    this.pid = pid
    this.comm = comm
    this.programs = [program]
    this.idleOf = idleOf
  }

  get isInterrupted(): boolean {
    return this.programs.length > 1
  }

  nextStep(): Step {
    for (;;) {
      const { done, value } = (this.programs.at(-1) as Program).next()
      if (!done) return value
      this.programs.pop()
    }
  }
}

/** A cpu runs one task at a time, and has a clock that the others are in step with. */
interface Cpu {
  readonly number: number
  readonly idle: RunningTask
  running: RunningTask
  clock: number
}

class Machine {
  readonly buffers: TraceRecord[][]
  records = 0
  readonly #random: Random
  readonly #interruptsTracer: boolean
  readonly #cpus: readonly Cpu[]
  /** Those that no cpu runs, idle tasks left out. */
  readonly #waiting: RunningTask[]

  constructor(random: Random, { cpus, comms, interruptsTracer = false }: MachineOptions) {
    const start = random.magnitude(1e9, 2.5e15)
    this.#random = random
    this.#interruptsTracer = interruptsTracer
    this.buffers = Array.from({ length: cpus }, () => [])
    this.#cpus = this.buffers.map((_, number) => {
      const idle = new RunningTask(0, '<idle>', idleTask(random), number)
      return { number, idle, running: idle, clock: start }
    })
    this.#waiting = comms.map((comm, index) => {
      const pid = index + 1 + random.magnitude(1, 1e6) * comms.length
      const task = new RunningTask(pid, comm, userTask(random))
      task.readyAt = start + random.magnitude(1e3, 1e8)
      return task
    })
  }

  /** Whatever happens next in time happens. */
  step(): void {
    const cpu = this.#cpus.reduce((first, other) => (other.clock < first.clock ? other : first))
    const { running } = cpu
    if (!running.isInterrupted && this.#random.chance(0.01)) {
      running.programs.push(interrupt(this.#random))
    }
    this.#do(cpu, running.nextStep())
  }

  #do(cpu: Cpu, step: Step): void {
    cpu.clock += this.#cost()
    if (step === 'leave') this.#leave(cpu)
    else if (step === 'halt') this.#halt(cpu)
    else if ('enter' in step) this.#enter(cpu, step.enter)
    else this.#sleep(cpu, step.sleep)
  }

  /** Many calls happen within the same microsecond, and a few take milliseconds. */
  #cost(): number {
    const random = this.#random
    if (random.chance(0.6)) return random.between(1, 400)
    return random.chance(0.99) ? random.magnitude(400, 20e3) : random.magnitude(20e3, 30e6)
  }

  #enter(cpu: Cpu, func: string): void {
    const task = cpu.running
    const caller = task.innermost
    const depth = caller ? caller.depth + 1 : 0
    const call = { func, task, caller, depth, begin: cpu.clock, end: Number.NaN, asleep: 0 }
    task.innermost = call
    if (this.#interruptsTracer && !task.isInterrupted && this.#random.chance(0.01)) {
      for (const step of interrupt(this.#random)) this.#do(cpu, step)
    }
    this.#record(cpu, 'entry', call)
  }

  #leave(cpu: Cpu): void {
    const call = cpu.running.innermost as Call
    call.end = cpu.clock
    cpu.running.innermost = call.caller
    this.#record(cpu, 'exit', call)
  }

  #record(cpu: Cpu, kind: TraceRecord['kind'], call: Call): void {
    const { number, clock } = cpu
    this.buffers[number]?.push({ kind, call, cpu: number, at: clock, lostBefore: 0 })
    this.records++
  }

  /** The cpu waits until the first task is ready, or for a while if all of them run. */
  #halt(cpu: Cpu): void {
    const next = Math.min(...this.#waiting.map(({ readyAt }) => readyAt))
    if (next < Number.POSITIVE_INFINITY) cpu.clock = Math.max(cpu.clock, next)
    else cpu.clock += this.#random.magnitude(1e3, 1e6)
  }

  /** The cpu takes up another task, which may have run elsewhere before, or idles. */
  #sleep(cpu: Cpu, nanos: number): void {
    const task = cpu.running
    const ready = this.#waiting.filter(({ readyAt }) => readyAt <= cpu.clock)
    if (nanos === 0 && ready.length === 0) return
    task.leftAt = cpu.clock
    if (task !== cpu.idle) {
      task.readyAt = cpu.clock + nanos
      this.#waiting.push(task)
    }
    if (ready.length === 0) {
      this.#resume(cpu, cpu.idle)
      return
    }
    const next = this.#random.pick(ready)
    this.#waiting.splice(this.#waiting.indexOf(next), 1)
    this.#resume(cpu, next)
  }

  #resume(cpu: Cpu, task: RunningTask): void {
    cpu.running = task
    for (let call = task.innermost; call; call = call.caller) {
      call.asleep += cpu.clock - task.leftAt
    }
  }
}
