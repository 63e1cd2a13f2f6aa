import type {
  CallNotes,
  KernelFunction,
  Lane,
  TimelineSink,
  TraceFacts,
  TraceStart,
  Track,
} from './sink.js'

/** The most events that stand in a block. */
export const BLOCK_EVENTS = 64 * 1024

/** Room for a block: columns that may be shared with another thread. */
export class EventColumns {
  /** Of each event four times the track plus what happens, and the function or an index. */
  readonly numbers: Int32Array
  /** Of each event its position and its duration, where it has them. */
  readonly times: Float64Array

  static readonly bytes = BLOCK_EVENTS * (2 * 4 + 2 * 8)

  constructor(buffer: ArrayBufferLike, at: number) {
    this.times = new Float64Array(buffer, at, 2 * BLOCK_EVENTS)
    this.numbers = new Int32Array(buffer, at + this.times.byteLength, 2 * BLOCK_EVENTS)
  }
}

/** Events of a timeline as they can be handed to another thread: nothing but numbers, mostly. */
export interface EventBlock {
  readonly columns: EventColumns
  /** How many events there are. */
  readonly length: number
  /** Rare events, by the index that stands in the numbers. */
  readonly others: readonly OtherEvent[]
}

/** A verb with what it is called with. */
export type OtherEvent = {
  [V in keyof TimelineSink]: readonly [V, ...Parameters<TimelineSink[V]>]
}[keyof TimelineSink]

const BEGIN = 0
const END = 1
const OTHER = 2

/** Puts a timeline into blocks and hands each on when it is full, or when it is told to. */
export class EventBlocks implements TimelineSink {
  readonly #room: () => EventColumns
  readonly #handOn: (block: EventBlock) => void
  #columns: EventColumns | undefined
  #others: OtherEvent[] = []
  #length = 0

  /** `room` gives columns that are free, for each block when it begins. */
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

  finish(facts: TraceFacts): void {
    this.#call(['finish', facts])
    this.flush()
  }

  #call(call: OtherEvent): void {
    this.#add(OTHER, this.#others.push(call) - 1, 0, 0)
  }

  #add(what: number, operand: number, at: number, duration: number): void {
    this.#columns ??= this.#room()
    const { numbers, times } = this.#columns
    const place = 2 * this.#length++
    numbers[place] = what
    numbers[place + 1] = operand
    times[place] = at
    times[place + 1] = duration
    if (this.#length === BLOCK_EVENTS) this.flush()
  }
}

/** Tells a sink what stands in a block. */
export function tell({ columns, length, others }: EventBlock, sink: TimelineSink): void {
  const { numbers, times } = columns
  for (let place = 0; place < 2 * length; place += 2) {
    const what = numbers[place] as number
    const operand = numbers[place + 1] as number
    const at = times[place] as number
    if ((what & 3) === BEGIN) sink.begin(what >> 2, operand, at)
    else if ((what & 3) === END) sink.end(what >> 2, operand, at, times[place + 1] as number)
    else tellOther(others[operand] as OtherEvent, sink)
  }
}

function tellOther<V extends keyof TimelineSink>(
  [verb, ...values]: readonly [V, ...Parameters<TimelineSink[V]>],
  sink: TimelineSink,
): void {
  const call = sink[verb] as (...values: Parameters<TimelineSink[V]>) => void
  call.apply(sink, values)
}
