import type { BlockStore } from '../base/block-store.js'
import { append, grown, int32Column } from '../base/columns.js'
import { VarintLog, VarintReader } from '../base/varint-log.js'
import { type FunctionId, type Nanos, UNMEASURED, UNNAMED } from './sink.js'

export const BEGIN = 0
export const END = 1
export const MIGRATE = 2
const KINDS = 4

// What an end says of its duration: the call's length, none, or by how much it is more or less.
const AS_LONG = 0
const NOT_MEASURED = 1
const LONGER = 2
const SHORTER = 3

/**
 * What happens on one track, kept to be read again: some three bytes an event, and four more for
 * a call that begins UNNAMED. Positions are differences, durations those to the call's length.
 */
export class CallLog {
  readonly #events: VarintLog
  /** Of calls that began UNNAMED, in their order: what their ends have called them. */
  readonly #lateNames = int32Column()
  #last: Nanos = 0
  #level = 0
  // By level.
  #begins = new Float64Array(16)
  /** 1 more than the call's place among the late names; 0 for one that began with its name. */
  #lates = new Int32Array(16)
  #calls = 0

  constructor(store: BlockStore) {
    this.#events = new VarintLog(store)
  }

  /** How many have begun. */
  get calls(): number {
    return this.#calls
  }

  /** Where the last event stands. */
  get last(): Nanos {
    return this.#last
  }

  /** How many calls are open. */
  get level(): number {
    return this.#level
  }

  /** Where the innermost open call began. */
  get begunAt(): Nanos {
    return this.#begins[this.#level - 1]
  }

  begin(func: FunctionId, at: Nanos): void {
    const level = this.#level++
    if (level === this.#begins.length) {
      this.#begins = grown(this.#begins)
      this.#lates = grown(this.#lates)
    }
    this.#calls++
    this.#begins[level] = at
    this.#lates[level] = func === UNNAMED ? append(this.#lateNames, UNNAMED) + 1 : 0
    this.#append(func * KINDS + BEGIN, at)
  }

  end(func: FunctionId, at: Nanos, duration: Nanos): void {
    const level = --this.#level
    const late = this.#lates[level]
    if (late > 0) this.#lateNames.values[late - 1] = func
    const excess = duration - (at - this.#begins[level])
    if (excess === 0) this.#append(AS_LONG * KINDS + END, at)
    else if (duration === UNMEASURED) this.#append(NOT_MEASURED * KINDS + END, at)
    else {
      this.#append((excess > 0 ? LONGER : SHORTER) * KINDS + END, at)
      this.#events.write(Math.abs(excess))
    }
  }

  migrate(cpu: number, at: Nanos): void {
    this.#append(cpu * KINDS + MIGRATE, at)
  }

  read(): LoggedEvents {
    return new LoggedEvents(this.#events.blocks(), this.#lateNames.values)
  }

  #append(head: number, at: Nanos): void {
    this.#events.write(head)
    this.#events.write(at - this.#last)
    this.#last = at
  }
}

/** Goes through a log; after each `next` that is true the fields tell of one event. */
export class LoggedEvents {
  kind = BEGIN
  at: Nanos = 0
  /** What begins or ends, under the name that its end brings; UNNAMED for what is no call. */
  func: FunctionId = UNNAMED
  /** Whether the call that begins did so without its name. */
  isLate = false
  /** Of what ends. */
  begin: Nanos = 0
  duration: Nanos = 0
  /** Where the task goes. */
  cpu = 0
  readonly #events: VarintReader
  readonly #lateNames: Int32Array
  #late = 0
  #level = 0
  #functions = new Int32Array(16)
  #begins = new Float64Array(16)

  constructor(blocks: Iterable<Uint8Array>, lateNames: Int32Array) {
    this.#events = new VarintReader(blocks)
    this.#lateNames = lateNames
  }

  next(): boolean {
    const events = this.#events
    if (!events.more) return false
    const head = events.read()
    const kind = head & 3
    const operand = (head - kind) / KINDS
    const at = this.at + events.read()
    this.kind = kind
    this.at = at
    if (kind === BEGIN) this.#begin(operand, at)
    else if (kind === END) this.#end(operand, at)
    else this.cpu = operand
    return true
  }

  #begin(func: FunctionId, at: Nanos): void {
    const level = this.#level++
    if (level === this.#begins.length) {
      this.#begins = grown(this.#begins)
      this.#functions = grown(this.#functions)
    }
    this.isLate = func === UNNAMED
    this.func = func === UNNAMED ? this.#lateNames[this.#late++] : func
    this.#begins[level] = at
    this.#functions[level] = this.func
  }

  #end(operand: number, at: Nanos): void {
    const level = --this.#level
    const begin = this.#begins[level]
    this.func = this.#functions[level]
    this.begin = begin
    const length = at - begin
    if (operand === AS_LONG) this.duration = length
    else if (operand === NOT_MEASURED) this.duration = UNMEASURED
    else if (operand === LONGER) this.duration = length + this.#events.read()
    else this.duration = length - this.#events.read()
  }
}
