/** What the calls of a machine returned, and where its errors were born. */
import type { Outcome } from '../../src/analyze/error-origins.js'
import type { Buffers, Call, Task } from './machine.js'
import type { Random } from './random.js'
import { merged } from './ring-buffers.js'

export interface Returns {
  /** As the kernel prints them. */
  readonly texts: ReadonlyMap<Call, string>
  /** By function and error, `vfs_write EIO`: how often it was born there, and what became of it. */
  readonly errors: ReadonlyMap<string, Readonly<Record<Outcome, number>>>
}

const numbers = { ENOENT: 2, EIO: 5, ENOMEM: 12, EINVAL: 22, ENOSPC: 28 } as const
type ErrorName = keyof typeof numbers
const names = Object.keys(numbers) as ErrorName[]

/** These return nothing, where they call nothing: what the call before them has left in the register is still there. */
const voids = ['__rcu_read_lock', '__rcu_read_unlock', '_raw_spin_lock', 'kmem_cache_free']
/** Where an interrupt begins: it returns to nobody. */
const interrupts = [
  'irq_enter_rcu',
  '__sysvec_apic_timer_interrupt',
  'gic_handle_irq',
  'irq_exit_rcu',
]

function isInterrupt({ func, task }: Call): boolean {
  const isOfTask = task.comm.startsWith('ksoftirqd')
  return interrupts.includes(func) || (func === 'handle_softirqs' && !isOfTask)
}

/** An error on its way up, with those of callees that were turned into it. */
interface Failure {
  readonly born: string
  readonly error: ErrorName
  readonly causes: readonly Failure[]
}

/** What is known of an open call. */
interface OpenCall {
  readonly failures: Failure[]
  hasCallees: boolean
  /** The error that its last callee returned, and that callee; undefined before there is one that returns something. */
  last: { readonly error: ErrorName | undefined; readonly func: string } | undefined
}

/**
 * Decides what each call returns, of buffers that have lost nothing. No call has an error of its own that it could have
 * found in the register, for then nobody can tell.
 */
export function returnsOf(buffers: Buffers, random: Random): Returns {
  const machine = new ReturningMachine(random)
  for (const { kind, call } of merged(buffers)) {
    if (kind === 'entry') machine.enter(call)
    else machine.leave(call)
  }
  machine.stop()
  return machine
}

class ReturningMachine implements Returns {
  readonly texts = new Map<Call, string>()
  readonly errors = new Map<string, Record<Outcome, number>>()
  readonly #random: Random
  readonly #open = new Map<Call, OpenCall>()
  /** The error that was returned last. */
  readonly #registers = new Map<Task, ErrorName | undefined>()

  constructor(random: Random) {
    this.#random = random
  }

  enter(call: Call): void {
    const above = call.caller && this.#open.get(call.caller)
    if (above && !isInterrupt(call)) above.hasCallees = true
    this.#open.set(call, { failures: [], hasCallees: false, last: undefined })
  }

  leave(call: Call): void {
    const { func, caller, task } = call
    const { failures, hasCallees } = this.#open.get(call) as OpenCall
    this.#open.delete(call)
    const above = caller && this.#open.get(caller)
    if (voids.includes(func) && !hasCallees) {
      const echo = above?.last?.func === func ? undefined : above?.last?.error
      this.#return(call, echo)
      return
    }
    const failure = this.#failureOf(call, failures, above)
    this.#return(call, failure?.error)
    if (isInterrupt(call)) {
      if (failure) this.#settle(failure, 'unknown')
      return
    }
    this.#registers.set(task, failure?.error)
    if (above) above.last = { error: failure?.error, func }
    if (!failure) return
    if (above) above.failures.push(failure)
    else this.#settle(failure, 'surfaced')
  }

  /** What becomes of errors whose callers have not ended is unknown. */
  stop(): void {
    for (const { failures } of this.#open.values()) {
      for (const failure of failures) this.#settle(failure, 'unknown')
    }
  }

  /** Hands on the error of a callee, turns it into another one, bears one, or goes on. */
  #failureOf({ func, task }: Call, failures: Failure[], above?: OpenCall): Failure | undefined {
    const random = this.#random
    const last = failures.at(-1)
    if (last && random.chance(0.5)) {
      const { error } = random.pick(failures)
      const handedOn = failures.findLast(each => each.error === error) as Failure
      this.#swallow(failures, [handedOn])
      return handedOn
    }
    const taken = [...failures, ...(above?.failures ?? [])].map(({ error }) => error)
    const free = names.filter(
      error => !taken.includes(error) && error !== this.#registers.get(task),
    )
    if (free.length === 0 || !random.chance(0.2)) {
      this.#swallow(failures, [])
      return undefined
    }
    const causes = failures.filter(({ error }) => error === last?.error)
    this.#swallow(failures, causes)
    return { born: func, error: random.pick(free), causes }
  }

  #swallow(failures: readonly Failure[], others: readonly Failure[]): void {
    for (const failure of failures) {
      if (!others.includes(failure)) this.#settle(failure, 'swallowed')
    }
  }

  #settle({ born, error, causes }: Failure, outcome: Outcome): void {
    const key = `${born} ${error}`
    const counts = this.errors.get(key) ?? { surfaced: 0, swallowed: 0, unknown: 0 }
    counts[outcome]++
    this.errors.set(key, counts)
    for (const cause of causes) this.#settle(cause, outcome)
  }

  #return(call: Call, error: ErrorName | undefined): void {
    const random = this.#random
    const number = error ? numbers[error] : 0
    const text = error
      ? random.pick([`-${number}`, hex(2n ** 32n, number), hex(2n ** 64n, number)])
      : random.pick(['0x0', '0x1', '0xffff888100c0ffee', '7'])
    this.texts.set(call, text)
  }
}

function hex(size: bigint, number: number): string {
  return `0x${(size - BigInt(number)).toString(16)}`
}
