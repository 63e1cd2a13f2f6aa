import type { BlockStore } from '../base/block-store.js'
import { VarintLog } from '../base/varint-log.js'
import wasm from './assembly/built/call-log.wasm'
import { type CallEvents, type FunctionId, type Nanos, UNNAMED } from './sink.js'

/** What assembly/call-log.ts exports. */
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

// Where the memory of the module has room for events, and for their bytes.
const MOST_EVENTS = 512
const NUMBERS = 8192
const TIMES = NUMBERS + MOST_EVENTS * 8
const BEGINS = TIMES + MOST_EVENTS * 16
const BYTES = BEGINS + MOST_EVENTS * 8

/** Of an event, at most. */
const LONGEST_EVENT = 21
/** How many are read at once, and how many of their bytes: as many as they mostly have, and more. */
const READ_EVENTS = 256
const READ_BYTES = 1024

export const BEGIN = 0
export const END = 1
export const MIGRATE = 2

/** In place of a duration: the distance between begin and end. */
export const AS_LONG: Nanos = Number.NaN

/**
 * What happens on tracks, kept to be read again: some three bytes an event, and four more for
 * a call that begins UNNAMED. Positions are differences, durations those to the call's length.
 */
export class CallLogs {
  readonly #module = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as CallLogModule
  readonly #store: BlockStore
  readonly #logs: CallLog[] = []
  readonly #events: VarintLog[] = []
  #numbers = new Int32Array(0)
  #times = new Float64Array(0)
  #begins = new Float64Array(0)
  #bytes = new Uint8Array(0)
  /** Events that are not in their logs yet. */
  #length = 0

  constructor(store: BlockStore) {
    this.#store = store
    this.#look()
  }

  /** The log of this number, which is made at its first use. */
  log(number: number): CallLog {
    const known = this.#logs[number]
    if (known) return known
    this.#write()
    this.#module.open(number)
    this.#look()
    const log = new CallLog(this, number)
    this.#logs[number] = log
    this.#events[number] = new VarintLog(this.#store)
    return log
  }

  add(log: number, kind: number, operand: number, at: Nanos, duration: Nanos): void {
    const place = 2 * this.#length
    this.#numbers[place] = log * 4 + kind
    this.#numbers[place + 1] = operand
    this.#times[place] = at
    this.#times[place + 1] = duration
    this.#added(1)
  }

  /** Begins and ends of tracks, whose logs have the same numbers. */
  callEvents({ numbers, times }: CallEvents, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const end = Math.min(to, at + MOST_EVENTS - this.#length)
      this.#numbers.set(numbers.subarray(2 * at, 2 * end), 2 * this.#length)
      this.#times.set(times.subarray(2 * at, 2 * end), 2 * this.#length)
      this.#added(end - at)
      at = end
    }
  }

  /** All that is known of logs so far. */
  written(): CallLogModule {
    this.#write()
    return this.#module
  }

  read(log: number): LoggedEvents {
    this.#write()
    this.#module.rewind(log)
    const events = this.#events[log] as VarintLog
    return new LoggedEvents(events.blocks(), (bytes, { numbers, times }, begins) => {
      this.#bytes.set(bytes.subarray(0, READ_BYTES + LONGEST_EVENT), BYTES)
      const count = this.#module.decode(log, Math.min(bytes.length, READ_BYTES), READ_EVENTS)
      this.#look()
      numbers.set(this.#numbers.subarray(0, 2 * count))
      times.set(this.#times.subarray(0, 2 * count))
      begins.set(this.#begins.subarray(0, count))
      return [count, this.#module.length.value]
    })
  }

  #added(count: number): void {
    this.#length += count
    if (this.#length === MOST_EVENTS) this.#write()
  }

  #write(): void {
    const length = this.#length
    this.#length = 0
    for (let event = 0; event < length; ) {
      const log = (this.#numbers[2 * event] as number) >> 2
      event = this.#module.encode(event, length)
      this.#look()
      const end = BYTES + this.#module.length.value
      ;(this.#events[log] as VarintLog).append(this.#bytes.subarray(BYTES, end))
    }
  }

  /** When the memory grows, views of it are gone. */
  #look(): void {
    const { buffer } = this.#module.memory
    if (this.#bytes.buffer === buffer) return
    this.#bytes = new Uint8Array(buffer)
    this.#numbers = new Int32Array(buffer, NUMBERS, 2 * MOST_EVENTS)
    this.#times = new Float64Array(buffer, TIMES, 2 * MOST_EVENTS)
    this.#begins = new Float64Array(buffer, BEGINS, MOST_EVENTS)
  }
}

/** What happens on one track. */
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

  /** In calls that are in no other. */
  get busy(): Nanos {
    return this.#logs.written().busy(this.#number)
  }

  /** Whether any call that has ended has a name. */
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

  /** All of it; whatever else reads the same log has to be done with it. */
  read(): LoggedEvents {
    return this.#logs.read(this.#number)
  }
}

/** Takes events out of the first bytes; tells how many, and of how many bytes. */
type Decode = (
  bytes: Uint8Array,
  events: CallEvents,
  begins: Float64Array,
) => readonly [events: number, bytes: number]

/** Goes through a log, event by event or by the hundred. */
export class LoggedEvents {
  // After each `next` that is true, what it is;
  kind = BEGIN
  at: Nanos = 0
  /** what begins or ends, under the name that its end brings; UNNAMED for what is no call; */
  func: FunctionId = UNNAMED
  /** whether the call that begins did so without its name; */
  isLate = false
  /** of what ends, where it began */
  begin: Nanos = 0
  duration: Nanos = 0
  /** and where the task goes. */
  cpu = 0
  /** After each `read`: calls under their names. What is a migration is neither begin nor end. */
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
    this.kind = (numbers[2 * event] as number) & 3
    const operand = numbers[2 * event + 1] as number
    this.func = operand
    this.cpu = operand
    this.at = times[2 * event] as number
    this.duration = times[2 * event + 1] as number
    this.isLate = this.kind === BEGIN && this.duration === 1
    this.begin = this.#begins[event] as number
    return true
  }

  /** Reads on; returns how many events there are, 0 at the end. */
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
