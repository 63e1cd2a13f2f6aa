import { type DeferredCall, makeCall } from '../../base/deferred-call.js'
import type {
  CallEvents,
  CallNotes,
  KernelFunction,
  Lane,
  TimelineSink,
  TraceFacts,
  TraceStart,
  Track,
} from '../sink.js'
import { sendCallEvents } from './send-call-events.js'

/** The most events in a block. */
export const BLOCK_EVENTS = 64 * 1024

/**
 * The columns of a block, in memory that may be shared with another thread. They hold begins and
 * ends of calls; for any other event the numbers are OTHER and an index into the others.
 */
export class EventColumns implements CallEvents {
  readonly numbers: Int32Array
  readonly times: Float64Array

  static readonly bytes = BLOCK_EVENTS * (2 * 4 + 2 * 8)

  constructor(buffer: ArrayBufferLike, at: number) {
    this.times = new Float64Array(buffer, at, 2 * BLOCK_EVENTS)
    this.numbers = new Int32Array(buffer, at + this.times.byteLength, 2 * BLOCK_EVENTS)
  }
}

/** Events of a timeline in a form for another thread: almost only numbers. */
export interface EventBlock {
  readonly columns: EventColumns
  /** How many events there are. */
  readonly length: number
  /** All other events, by their index. */
  readonly others: readonly OtherEvent[]
}

/** Any event but plain begins and ends of calls; they are rare. */
export type OtherEvent = DeferredCall<TimelineSink>

const BEGIN = 0
const END = 1
const OTHER = 2

/** Puts a timeline into blocks and hands each on when it is full, and when flushed. */
export class EventBlocks implements TimelineSink {
  readonly #room: () => EventColumns
  readonly #handOn: (block: EventBlock) => void
  #columns: EventColumns | undefined
  #others: OtherEvent[] = []
  #length = 0

  /** `room` returns free columns for each new block. */
  constructor(room: () => EventColumns, handOn: (block: EventBlock) => void) {
    this.#room = room
    this.#handOn = handOn
  }

  flush(): void {
    if (!this.#columns) return
    this.#handOn({ columns: this.#columns, length: this.#length, others: this.#others })
    this.#columns = undefined
    this.#others = []
    this.#length = 0
  }

  start(facts: TraceStart): void {
    this.#call(['start', facts])
  }

  defineFunction(id: number, definition: KernelFunction): void {
    this.#call(['defineFunction', id, definition])
  }

  defineTrack(id: number, track: Track): void {
    this.#call(['defineTrack', id, track])
  }

  defineLane(id: number, lane: Lane): void {
    this.#call(['defineLane', id, lane])
  }

  begin(track: number, func: number, at: number): void {
    this.#add(track * 4 + BEGIN, func, at, 0)
  }

  end(track: number, func: number, at: number, duration: number, notes?: CallNotes): void {
    if (notes) this.#call(['end', track, func, at, duration, notes])
    else this.#add(track * 4 + END, func, at, duration)
  }

  callEvents({ numbers, times }: CallEvents, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const columns = this.#free()
      const end = Math.min(to, at + BLOCK_EVENTS - this.#length)
      columns.numbers.set(numbers.subarray(2 * at, 2 * end), 2 * this.#length)
      columns.times.set(times.subarray(2 * at, 2 * end), 2 * this.#length)
      this.#added(end - at)
      at = end
    }
  }

  migrate(track: number, cpu: number, at: number): void {
    this.#call(['migrate', track, cpu, at])
  }

  instant(track: number, at: number, name: string, text: string, frames?: readonly string[]): void {
    this.#call(['instant', track, at, name, text, frames])
  }

  beginSection(lane: number, at: number, name: string): void {
    this.#call(['beginSection', lane, at, name])
  }

  endSection(lane: number, at: number): void {
    this.#call(['endSection', lane, at])
  }

  count(track: number, at: number, name: string, value: number): void {
    this.#call(['count', track, at, name, value])
  }

  lost(cpu: number, at: number, events: number): void {
    this.#call(['lost', cpu, at, events])
  }

  nextCapture(at: number): void {
    this.#call(['nextCapture', at])
  }

  finish(facts: TraceFacts): void {
    this.#call(['finish', facts])
    this.flush()
  }

  #call(call: OtherEvent): void {
    this.#add(OTHER, this.#others.push(call) - 1, 0, 0)
  }

  #add(what: number, operand: number, at: number, duration: number): void {
    const { numbers, times } = this.#free()
    const place = 2 * this.#length
    numbers[place] = what
    numbers[place + 1] = operand
    times[place] = at
    times[place + 1] = duration
    this.#added(1)
  }

  #free(): EventColumns {
    this.#columns ??= this.#room()
    return this.#columns
  }

  #added(count: number): void {
    this.#length += count
    if (this.#length === BLOCK_EVENTS) this.flush()
  }
}

/** Sends the events of a block to a sink. */
export function sendBlock({ columns, length, others }: EventBlock, sink: TimelineSink): void {
  const { numbers } = columns
  for (let from = 0; from < length; ) {
    let to = from
    while (to < length && numbers[2 * to] !== OTHER) to++
    if (to > from) sendCallEvents(columns, from, to, sink)
    if (to < length) makeCall(sink, others[numbers[2 * to + 1]])
    from = to + 1
  }
}
