/** What the calls of a machine returned, and where its errors were born. */
import type { Outcome } from '../../src/analyze/error-origins.js'
import type { Buffers, Call, Task } from './machine.js'
import type { Random } from './random.js'
import { merged } from './ring-buffers.js'

/** What became of the errors of one kind that one function bore. */
export interface Fate {
  readonly outcomes: Record<Outcome, number>
  /** How often which function swallowed it, and into which error it was turned. */
  readonly swallowed: Record<string, number>
  readonly turned: Record<string, number>
  /** The ways of all of them, as `errorWay` tells them, by their outcomes. */
  readonly ways: Record<Outcome, Set<string>>
}

export interface Returns {
  /** As the kernel prints them. */
  readonly texts: ReadonlyMap<Call, string>
  /** By function and error: `vfs_write EIO`. */
  readonly errors: ReadonlyMap<string, Fate>
}

const numbers = { ENOENT: 2, EIO: 5, ENOMEM: 12, EINVAL: 22, ENOSPC: 28 } as const
type ErrorName = keyof typeof numbers
const names = Object.keys(numbers) as ErrorName[]

/** What is no error. */
const successes = ['0x0', '0x1', '0xffff888100c0ffee', '7', '-256'] as const

/** Whether a value is negative, and yet no errno. */
export function isNoErrno(text: string): boolean {
  return text === '-256'
}

/** These return nothing: what the call before them has left in the register is still there, unless they need it. */
export const voids: readonly string[] = [
  ...['__rcu_read_lock', '__rcu_read_unlock', '_raw_spin_lock', 'kmem_cache_free'],
  ...['balance_dirty_pages_ratelimited', 'dev_queue_xmit_nit.isra.0', 'foo.llvm.1234567890'],
  ...['rcu_note_context_switch', 'schedule', 'schedule_idle', 'tick_nohz_idle_enter'],
]
/** Where an interrupt begins: it returns to nobody, and leaves the register as it was. */
const interrupts = [
  'irq_enter_rcu',
  '__sysvec_apic_timer_interrupt',
  'gic_handle_irq',
  'irq_exit_rcu',
  'handle_softirqs',
]

/** The register of return values: what is in it, and which function has put it there. */
interface Register {
  readonly error: ErrorName | undefined
  readonly func: string
}

const EMPTY: Register = { error: undefined, func: '' }

/** An error on its way up, with those of callees that were turned into it. */
interface Failure {
  readonly born: string
  readonly error: ErrorName
  readonly way: string[]
  readonly causes: readonly Failure[]
}

/** What is known of an open call. */
interface OpenCall {
  /** The errors of its callees. */
  readonly failures: Failure[]
  hasCallees: boolean
  /** Which callee seems to have returned what, less those that return nothing where another one has returned that before. */
  readonly shown: Register[]
  /** What was in the register when it began. */
  readonly register: Register
}

/**
 * Decides what each call returns, of buffers that have lost nothing. No call has an error of its own that it could have
 * found in the register or that its callees seem to have returned, for then nobody can tell; but one may be tried again.
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
  readonly errors = new Map<string, Fate>()
  readonly #random: Random
  readonly #open = new Map<Call, OpenCall>()
  readonly #registers = new Map<Task, Register>()

  constructor(random: Random) {
    this.#random = random
  }

  enter(call: Call): void {
    const { caller, task } = call
    const register = caller ? this.#registerOf(task) : EMPTY
    this.#registers.set(task, register)
    this.#open.set(call, { failures: [], hasCallees: false, shown: [], register })
  }

  leave(call: Call): void {
    const { func, caller, task } = call
    const open = this.#open.get(call) as OpenCall
    this.#open.delete(call)
    const above = caller && this.#open.get(caller)
    const failure = voids.includes(func) ? undefined : this.#failureOf(call, open, above)
    this.#swallow(open.failures, failure, func)
    if (!voids.includes(func)) this.#registers.set(task, { error: failure?.error, func })
    else if (this.#needsRegister(task, open)) this.#registers.set(task, { error: undefined, func })
    const { error } = this.#registerOf(task)
    this.texts.set(call, this.#textOf(error))
    if (interrupts.includes(func)) {
      this.#registers.set(task, open.register)
      if (failure) this.#settle(failure, 'unknown')
      return
    }
    if (above) {
      above.hasCallees = true
      const isNew = failure || !above.shown.some(each => each.error === error)
      if (isNew) above.shown.push({ error, func })
      if (failure) above.failures.push(failure)
    } else if (failure) this.#settle(failure, 'surfaced')
  }

  /** What becomes of errors whose callers have not ended is unknown. */
  stop(): void {
    for (const [{ func }, { failures }] of this.#open) {
      for (const failure of failures) this.#end(failure, 'unknown', func)
    }
  }

  #registerOf(task: Task): Register {
    return this.#registers.get(task) as Register
  }

  /** Whether a call that returns nothing puts something into the register: it does if an error of its callees is there. */
  #needsRegister(task: Task, { failures }: OpenCall): boolean {
    const register = this.#registerOf(task)
    return failures.some(({ error }) => error === register.error) || this.#random.chance(0.1)
  }

  /** Hands on the error of a callee, turns it into another one, bears one, or goes on. */
  #failureOf({ func, task }: Call, open: OpenCall, above?: OpenCall): Failure | undefined {
    const random = this.#random
    const { failures, shown } = open
    const last = failures.at(-1)
    if (last && random.chance(0.5)) {
      const { error } = random.pick(failures)
      const handedOn = failures.findLast(each => each.error === error) as Failure
      handedOn.way.push(func)
      return handedOn
    }
    const register = this.#registerOf(task)
    const others = open.hasCallees ? [] : (above?.shown.filter(each => each.func !== func) ?? [])
    const taken = [...shown, ...others, ...(register.func === func ? [] : [register])]
    const free = names.filter(name => !taken.some(({ error }) => error === name))
    const again = free.filter(error => error === register.error)
    if (free.length === 0 || !random.chance(again.length > 0 ? 0.7 : 0.2)) return undefined
    const error = random.pick(again.length > 0 ? again : free)
    const causes = failures.filter(each => each.error === last?.error)
    for (const cause of causes) cause.way.push(`${func} = ${error}`)
    return { born: func, error, way: [func], causes }
  }

  /** Ends the errors of callees that a call neither hands on nor turns into its own. */
  #swallow(failures: readonly Failure[], failure: Failure | undefined, func: string): void {
    for (const each of failures) {
      if (each !== failure && !failure?.causes.includes(each)) this.#end(each, 'swallowed', func)
    }
  }

  #end(failure: Failure, outcome: Outcome, func: string): void {
    failure.way.push(`${func} (went on)`)
    this.#settle(failure, outcome, func)
  }

  #settle({ born, error, way, causes }: Failure, outcome: Outcome, by = '', into = ''): void {
    const fate = this.#fateOf(`${born} ${error}`)
    fate.outcomes[outcome]++
    fate.ways[outcome].add(way.join(' < '))
    if (outcome === 'swallowed') countIn(fate.swallowed, by)
    if (into !== '') countIn(fate.turned, into)
    for (const cause of causes) {
      cause.way.push(...way.slice(1))
      this.#settle(cause, outcome, by, error)
    }
  }

  #fateOf(key: string): Fate {
    const known = this.errors.get(key)
    if (known) return known
    const fate = {
      outcomes: { surfaced: 0, swallowed: 0, unknown: 0 },
      swallowed: {},
      turned: {},
      ways: {
        surfaced: new Set<string>(),
        swallowed: new Set<string>(),
        unknown: new Set<string>(),
      },
    }
    this.errors.set(key, fate)
    return fate
  }

  /** A number as kernels print it, or with the option funcgraph-retval-hex: of 32 bits or of 64. */
  #textOf(error: ErrorName | undefined): string {
    const random = this.#random
    if (!error) return random.pick(successes)
    const number = numbers[error]
    return random.pick([`-${number}`, hex(2n ** 32n, number), hex(2n ** 64n, number)])
  }
}

function countIn(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

function hex(size: bigint, number: number): string {
  return `0x${(size - BigInt(number)).toString(16)}`
}
