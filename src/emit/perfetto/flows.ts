import type { Nanos } from '../../timeline/sink.js'
import { readiedTask } from './ftrace-events.js'

/** Where a task ran last: until when, on which cpu. */
interface Run {
  readonly cpu: number
  readonly until: Nanos
}

/** Follows tasks from what makes them ready to run, or from another cpu, to where they run. */
export class Flows {
  #last = 0
  /** By pid, the flow that has begun and goes on to where the task runs. */
  readonly #open = new Map<number, number>()
  /** By cpu, the task that the last switch has brought. */
  readonly #running = new Map<number, number>()
  /** By pid, of tasks that do not run. */
  readonly #runs = new Map<number, Run>()

  /** The task that a cpu runs, as far as switches tell. */
  running(cpu: number): number | undefined {
    return this.#running.get(cpu)
  }

  switch(cpu: number, at: Nanos, from: number, to: number): void {
    this.#runs.set(from, { cpu, until: at })
    this.#running.set(cpu, to)
  }

  /** The flows that an event begins, or that go on through it. */
  from(name: string, text: string): number[] {
    const pid = readiedTask(name, text)
    return pid === undefined ? [] : [this.#flowOf(pid)]
  }

  /**
   * Where the task that a cpu has switched to comes from, if that is another cpu and nothing else
   * has begun a flow: a flow begins there.
   */
  migration(cpu: number): (Run & { readonly flow: number }) | undefined {
    const pid = this.#running.get(cpu)
    if (pid === undefined || pid === 0 || this.#open.has(pid)) return undefined
    const run = this.#runs.get(pid)
    return run && run.cpu !== cpu ? { ...run, flow: this.#flowOf(pid) } : undefined
  }

  /** The flows that end where the cpu runs the task that it has switched to. */
  to(cpu: number): number[] {
    const pid = this.#running.get(cpu)
    const flow = pid === undefined ? undefined : this.#open.get(pid)
    if (pid === undefined || flow === undefined) return []
    this.#open.delete(pid)
    return [flow]
  }

  #flowOf(pid: number): number {
    const flow = this.#open.get(pid) ?? ++this.#last
    this.#open.set(pid, flow)
    return flow
  }
}
