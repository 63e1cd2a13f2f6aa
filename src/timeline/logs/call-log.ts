import type { BlockStore } from '../../base/block-store.js'
import { VarintLog } from '../../base/varint-log.js'
import { EventBuffer } from '../event-buffer.js'
import { BEGINS, BYTES, READ_EVENTS } from '../event-layout.js'
import { type CallEvents, type FunctionId, type Nanos, UNNAMED } from '../sink.js'
import wasm from './assembly/built/call-log.wasm'

/** The exports of assembly/call-log.ts. */
interface CallLogModule extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory
  readonly length: WebAssembly.Global<'i32'>
  open(log: number): void
  last(log: number): number
  busy(log: number): number
  ended(log: number): number
  isNamed(log: number): number
  encode(from: number, to: number): number
  rewind(log: number): void
  decode(log: number, size: number, most: number): number
}

/** The longest event, in bytes. */
const LONGEST_EVENT = 21
/** Bytes decoded at once: more than READ_EVENTS mostly take. */
const READ_BYTES = 1024

export const BEGIN = 0
export const END = 1
export const MIGRATE = 2

/** In place of a duration: the distance between begin and end. */
export const AS_LONG: Nanos = Number.NaN

/**
 * The calls and migrations of tracks, kept to be read again: some three bytes an event, and four
 * more for a call that begins UNNAMED. Positions and durations are kept as differences.
 */
export class CallLogs {
  readonly #module = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as CallLogModule
  readonly #store: BlockStore
  readonly #logs: CallLog[] = []
  readonly #bytes: VarintLog[] = []
  /** Events that are not in their logs yet. */
  readonly #events = new EventBuffer(this.#module.memory, length => this.#write(length))

  constructor(store: BlockStore) {
    this.#store = store
  }

  /** The log of this number, made at its first use. */
  log(number: number): CallLog {
    const known = this.#logs[number]
    if (known) return known
    this.#events.flush()
    this.#module.open(number)
    this.#events.refreshViews()
    const log = new CallLog(this, number)
    this.#logs[number] = log
    this.#bytes[number] = new VarintLog(this.#store)
    return log
  }

  add(log: number, kind: number, operand: number, at: Nanos, duration: Nanos): void {
    this.#events.add(log * 4 + kind, operand, at, duration)
  }

  /** Begins and ends of tracks; a track's log has the track's number. */
  callEvents(events: CallEvents, from: number, to: number): void {
    this.#events.addAll(events, from, to)
  }

  /** The module, with all events written to it. */
  written(): CallLogModule {
    this.#events.flush()
    return this.#module
  }

  read(log: number): LoggedEvents {
    this.#events.flush()
    this.#module.rewind(log)
    const blocks = this.#bytes[log].blocks()
    return new LoggedEvents(blocks, (bytes, { numbers, times }, begins) => {
      const room = this.#events
      room.bytes.set(bytes.subarray(0, READ_BYTES + LONGEST_EVENT), BYTES)
      const count = this.#module.decode(log, Math.min(bytes.length, READ_BYTES), READ_EVENTS)
      room.refreshViews()
      numbers.set(room.numbers.subarray(0, 2 * count))
      times.set(room.times.subarray(0, 2 * count))
      begins.set(new Float64Array(room.bytes.buffer, BEGINS, count))
      return [count, this.#module.length.value]
    })
  }

  #write(length: number): void {
    for (let event = 0; event < length; ) {
      const log = this.#events.numbers[2 * event] >> 2
      event = this.#module.encode(event, length)
      this.#events.refreshViews()
      const end = BYTES + this.#module.length.value
      this.#bytes[log].append(this.#events.bytes.subarray(BYTES, end))
    }
  }
}

/** The calls and migrations of one track. */
export class CallLog {
  readonly #logs: CallLogs
  readonly #number: number

  constructor(logs: CallLogs, number: number) {
    this.#logs = logs
    this.#number = number
  }

  /** How many calls have ended. */
  get ended(): number {
    return this.#logs.written().ended(this.#number)
  }

  /** Where the last event stands. */
  get last(): Nanos {
    return this.#logs.written().last(this.#number)
  }

  /** Nanoseconds in outermost calls. */
  get busy(): Nanos {
    return this.#logs.written().busy(this.#number)
  }

  /** Whether any ended call has a name. */
  get isNamed(): boolean {
    return this.#logs.written().isNamed(this.#number) !== 0
  }

  begin(func: FunctionId, at: Nanos): void {
    this.#logs.add(this.#number, BEGIN, func, at, 0)
  }

  end(func: FunctionId, at: Nanos, duration: Nanos): void {
    this.#logs.add(this.#number, END, func, at, duration)
  }

  migrate(cpu: number, at: Nanos): void {
    this.#logs.add(this.#number, MIGRATE, cpu, at, 0)
  }

  /** Reads the whole log. Only one reader of a log at a time. */
  read(): LoggedEvents {
    return this.#logs.read(this.#number)
  }
}

/** Decodes events from the first bytes; returns how many, and how many bytes they took. */
type Decode = (
  bytes: Uint8Array,
  events: CallEvents,
  begins: Float64Array,
) => readonly [events: number, bytes: number]

/** Reads a log, event by event with `next` or by the hundred with `read`. */
export class LoggedEvents {
  // The event, after each `next` that returned true.
  kind = BEGIN
  at: Nanos = 0
  /** The function that begins or ends, under the name that its end brings; UNNAMED for a gap. */
  func: FunctionId = UNNAMED
  /** Whether the call began without its name. */
  isLate = false
  /** Where the call that ends began. */
  begin: Nanos = 0
  duration: Nanos = 0
  /** The cpu that the task migrates to. */
  cpu = 0
  /** After each `read`: the events, calls under their names. Migrations are among them. */
  readonly events: CallEvents = {
    numbers: new Int32Array(2 * READ_EVENTS),
    times: new Float64Array(2 * READ_EVENTS),
  }
  readonly #begins = new Float64Array(READ_EVENTS)
  readonly #blocks: Iterator<Uint8Array>
  readonly #decode: Decode
  #block: Uint8Array = new Uint8Array(0)
  #event = 0
  #length = 0

  constructor(blocks: Iterator<Uint8Array>, decode: Decode) {
    this.#blocks = blocks
    this.#decode = decode
  }

  next(): boolean {
    if (this.#event === this.#length) {
      this.#event = 0
      this.#length = this.read()
      if (this.#length === 0) return false
    }
    const event = this.#event++
    const { numbers, times } = this.events
    this.kind = numbers[2 * event] & 3
    const operand = numbers[2 * event + 1]
    this.func = operand
    this.cpu = operand
    this.at = times[2 * event]
    this.duration = times[2 * event + 1]
    this.isLate = this.kind === BEGIN && this.duration === 1
    this.begin = this.#begins[event]
    return true
  }

  /** Reads the next events; returns how many, 0 at the end. */
  read(): number {
    while (this.#block.length === 0) {
      const { done, value } = this.#blocks.next()
      if (done) return 0
      this.#block = value
    }
    const [events, bytes] = this.#decode(this.#block, this.events, this.#begins)
    this.#block = this.#block.subarray(bytes)
    return events
  }
}
