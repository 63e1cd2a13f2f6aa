import type { Tasks } from './task-cells.js'
import { ABSENT, ENTRY, EXIT, LEAF, LOST, SWITCH, type TraceLine } from './trace-line.js'

/**
 * The depths of calls whose indentation is lost, counted from the braces. An exit without an entry
 * stays at depth 0.
 */
export class BraceDepths {
  readonly #tasks: Tasks
  readonly #hasCpu: boolean
  readonly #hasTask: boolean
  /** How many calls are open of each task, or on each cpu that is not known to run one. */
  readonly #open = new Map<string, number>()
  /** The task that runs on each cpu, in a trace without a task column. */
  readonly #running = new Map<number, string>()

  constructor(tasks: Tasks, columns: readonly string[]) {
    this.#tasks = tasks
    this.#hasCpu = columns.includes('CPU')
    this.#hasTask = columns.includes('TASK/PID')
  }

  /** Follows a line; calls get their depth. */
  place(line: TraceLine): void {
    const cpu = this.#hasCpu ? line.cpu : ABSENT
    switch (line.kind) {
      case ENTRY:
      case LEAF:
      case EXIT:
        this.#placeCall(line, this.#trackOf(line, cpu))
        break
      case SWITCH:
        this.#switchTask(line, cpu)
        break
      case LOST:
        this.#open.set(this.#on(cpu), 0)
        break
    }
  }

  #placeCall(line: TraceLine, track: string): void {
    const open = this.#open.get(track) ?? 0
    line.depth = line.kind === EXIT ? Math.max(open - 1, 0) : open
    this.#open.set(track, line.kind === ENTRY ? open + 1 : line.depth)
  }

  #trackOf(line: TraceLine, cpu: number): string {
    if (this.#hasTask) this.#running.set(cpu, this.#track(line.task, cpu))
    return this.#on(cpu)
  }

  /** The task on the left ran until now, even if no line has said so. */
  #switchTask(line: TraceLine, cpu: number): void {
    const until = this.#on(cpu)
    const from = this.#track(line.from, cpu)
    if (until === unknownOn(cpu)) this.#open.set(from, this.#open.get(until) ?? 0)
    this.#open.delete(unknownOn(cpu))
    this.#running.set(cpu, this.#track(line.to, cpu))
  }

  #on(cpu: number): string {
    return this.#running.get(cpu) ?? unknownOn(cpu)
  }

  /** Each cpu has an idle task of its own. */
  #track(task: number, cpu: number): string {
    const { pid } = this.#tasks.task(task)
    return pid === 0 ? `idle on ${cpu}` : String(pid)
  }
}

function unknownOn(cpu: number): string {
  return `unknown on ${cpu}`
}
