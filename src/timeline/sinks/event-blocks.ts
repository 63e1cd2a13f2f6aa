import { type DeferredCall, makeCall } from '../../base/deferred-call.js'
import { PrintedNotes } from '../printed-notes.js'
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
  /** Of each NOTED_END, an index into the notes. */
  readonly notes: Int32Array

  static readonly bytes = BLOCK_EVENTS * (2 * 4 + 2 * 8 + 4)

  constructor(buffer: ArrayBufferLike, at: number) {
    this.times = new Float64Array(buffer, at, 2 * BLOCK_EVENTS)
    this.numbers = new Int32Array(buffer, at + this.times.byteLength, 2 * BLOCK_EVENTS)
    const behind = at + this.times.byteLength + this.numbers.byteLength
    this.notes = new Int32Array(buffer, behind, BLOCK_EVENTS)
  }
}

/** Events of a timeline in a form for another thread: almost only numbers. */
export interface EventBlock {
  readonly columns: EventColumns
  /** How many events there are. */
  readonly length: number
  /** The printed notes on calls that end, packed: many calls share theirs. */
  readonly notes: string
  /** All other events, by their index. */
  readonly others: readonly OtherEvent[]
}

/** Any event but begins and ends of calls; they are rare. */
export type OtherEvent = DeferredCall<TimelineSink>

/** The most notes in a block: they are young enough to be collected at once. */
const MOST_NOTES = 2048

const BEGIN = 0
const END = 1
const OTHER = 2
const NOTED_END = 3

/** Puts a timeline into blocks and hands each on when it is full, and when flushed. */
export class EventBlocks implements TimelineSink {
  readonly #room: () => EventColumns
  readonly #handOn: (block: EventBlock) => void
  #columns: EventColumns | undefined
  #others: OtherEvent[] = []
  readonly #notes = new Map<PrintedNotes, number>()
  #length = 0

  /** `room` returns free columns for each new block. */
  constructor(room: () => EventColumns, handOn: (block: EventBlock) => void) {
    this.#room = room
    this.#handOn = handOn
  }

  flush(): void {
    if (!this.#columns) return
    const notes = PrintedNotes.packed(this.#notes.keys())
    this.#handOn({ columns: this.#columns, length: this.#length, notes, others: this.#others })
    this.#columns = undefined
    this.#others = []
    this.#notes.clear()
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
    if (!notes) this.#add(track * 4 + END, func, at, duration)
    else if (notes instanceof PrintedNotes) {
      const index = this.#notes.get(notes) ?? this.#notes.size
      this.#notes.set(notes, index)
      this.#free().notes[this.#length] = index
      this.#add(track * 4 + NOTED_END, func, at, duration)
      if (this.#notes.size === MOST_NOTES) this.flush()
    } else this.#call(['end', track, func, at, duration, notes])
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
export function sendBlock(block: EventBlock, sink: TimelineSink): void {
  const { columns, length } = block
  const { numbers } = columns
  const notes = PrintedNotes.unpacked(block.notes)
  for (let from = 0; from < length; ) {
    let to = from
    while (to < length && (numbers[2 * to] & OTHER) === 0) to++
    if (to > from) sendCallEvents(columns, from, to, sink)
    if (to < length) sendOther(block, notes, to, sink)
    from = to + 1
  }
}

/** The end of a call with notes, or one of the others. */
function sendOther(
  { columns, others }: EventBlock,
  notes: readonly CallNotes[],
  index: number,
  sink: TimelineSink,
): void {
  const { numbers, times } = columns
  const [what, operand] = [numbers[2 * index], numbers[2 * index + 1]]
  if (what === OTHER) makeCall(sink, others[operand])
  else {
    const [at, duration] = [times[2 * index], times[2 * index + 1]]
    sink.end(what >> 2, operand, at, duration, notes[columns.notes[index]])
  }
}
