import { readiedTask } from '../../timeline/sched-events.js'

/** The flows that an event begins or continues, and those that end at it. */
export interface EventFlows {
  readonly flowIds: readonly number[]
  readonly terminatingFlowIds: readonly number[]
}

const NONE: EventFlows = { flowIds: [], terminatingFlowIds: [] }

/**
 * Follows tasks to the switch that runs them: from the event that woke or migrated them, or from
 * the switch that took them off another cpu. A flow that never ends is not drawn.
 */
export class Flows {
  #last = 0
  /** By pid, the flow from a wake-up or a migration. */
  readonly #readied = new Map<number, number>()
  /** By cpu, the pid of the task that it switched to last. */
  readonly #running = new Map<number, number>()
  /** By pid, the cpu that has switched the task out, and the flow from that switch. */
  readonly #switchedOut = new Map<number, { readonly cpu: number; readonly flow: number }>()

  /** The pid of the task that a cpu runs, as far as switches tell. */
  running(cpu: number): number | undefined {
    return this.#running.get(cpu)
  }

  switch(cpu: number, prev: number, next: number): EventFlows {
    this.#running.set(cpu, next)
    const flow = this.#flowTo(next, cpu)
    this.#readied.delete(next)
    this.#switchedOut.delete(next)
    const terminatingFlowIds = flow === undefined ? [] : [flow]
    if (prev === 0) return { flowIds: [], terminatingFlowIds }
    const out = { cpu, flow: ++this.#last }
    this.#switchedOut.set(prev, out)
    return { flowIds: [out.flow], terminatingFlowIds }
  }

  /** Of any event but a switch. */
  event(name: string, text: string): EventFlows {
    const pid = readiedTask(name, text)
    if (pid === undefined) return NONE
    const flow = this.#readied.get(pid) ?? ++this.#last
    this.#readied.set(pid, flow)
    return { flowIds: [flow], terminatingFlowIds: [] }
  }

  #flowTo(pid: number, cpu: number): number | undefined {
    const readied = this.#readied.get(pid)
    if (readied !== undefined) return readied
    const out = this.#switchedOut.get(pid)
    return out && out.cpu !== cpu ? out.flow : undefined
  }
}
