import { readiedTask } from './perfetto-ftrace.js'

/** Follows tasks from what makes them ready to run to where they run. */
export class Flows {
  #last = 0
  /** By pid, the flow that has begun and goes on to where the task runs. */
  readonly #open = new Map<number, number>()
  /** By cpu, the task that the last switch has brought. */
  readonly #running = new Map<number, number>()

  /** The task that a cpu runs, as far as switches tell. */
  running(cpu: number): number | undefined {
    return this.#running.get(cpu)
  }

  switch(cpu: number, pid: number): void {
    this.#running.set(cpu, pid)
  }

  /** The flows that an event begins, or that go on through it. */
  from(name: string, text: string): number[] {
    const pid = readiedTask(name, text)
    if (pid === undefined) return []
    const flow = this.#open.get(pid) ?? ++this.#last
    this.#open.set(pid, flow)
    return [flow]
  }

  /** The flows that end where the cpu runs the task that it has switched to. */
  to(cpu: number): number[] {
    const pid = this.#running.get(cpu)
    const flow = pid === undefined ? undefined : this.#open.get(pid)
    if (pid === undefined || flow === undefined) return []
    this.#open.delete(pid)
    return [flow]
  }
}
