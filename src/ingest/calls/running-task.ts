import { ABSENT, type TraceLine } from '../lines/trace-line.js'

/** Tells the lines of one task from others, in what follows a line of it. */
export class RunningTask {
  #task: number
  /** Where it runs in a trace without a task column; GONE while it does not. */
  #cpu: number
  readonly #isIdle: boolean
  readonly #hasColumn: boolean

  constructor({ task, cpu }: TraceLine, isIdle: boolean) {
    this.#task = task
    this.#cpu = cpu
    this.#isIdle = isIdle
    this.#hasColumn = task !== ABSENT
  }

  owns({ task, cpu }: TraceLine): boolean {
    if (!this.#hasColumn) return cpu === this.#cpu
    return task === this.#task && (cpu === this.#cpu || !this.#isIdle)
  }

  isOn(cpu: number): boolean {
    return cpu === this.#cpu
  }

  /** Follows a switch block, in a trace without a task column. */
  switch({ cpu, from, to }: TraceLine): void {
    if (this.#hasColumn) return
    if (cpu === this.#cpu) {
      this.#task = from
      this.#cpu = GONE
    } else if (this.#task !== ABSENT && to === this.#task) {
      this.#cpu = cpu
    }
  }
}

/** In place of a cpu; a trace without cpus has ABSENT. */
const GONE = -2
