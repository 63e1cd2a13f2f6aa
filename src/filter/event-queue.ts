import { append, float64Column, int32Column } from '../base/columns.js'
import { type DeferredCall, makeCall } from '../base/deferred-call.js'
import type { CallNotes, FunctionId, Nanos, TrackId } from '../timeline/sink.js'
import type { CallSink } from './call-sink.js'
import type { TraceCursor } from './trace-cursor.js'

const BEGIN = 0
/** A begin without an entry. */
const LATE = 1
const END = 2
const MIGRATE = 3
/** Any other event, kept as a call of the sink: they are rare. */
const OTHER = 4
const DROPPED = 5
/** Added to BEGIN and LATE while the begin is undecided. */
const UNDECIDED = 6

/** The number of a begin in its queue; valid until the begin is sent or dropped. */
export type QueuedBegin = number

/**
 * A queue of events of one track. Undecided begins hold up what comes behind them until they are
 * kept or dropped. A call takes 40 bytes, or none if it is dropped before the next event comes.
 */
export class EventQueue {
  readonly #cursor: TraceCursor
  /** Kind + 8 * operand: the function, the cpu, or an index into `#others`. */
  readonly #kinds = int32Column()
  readonly #times = float64Column()
  readonly #lines = int32Column()
  readonly #durations = float64Column()
  /** By index of the end. */
  readonly #notes = new Map<number, CallNotes>()
  readonly #others: DeferredCall<CallSink>[] = []
  #sent = 0
  #sentEnds = 0

  constructor(cursor: TraceCursor) {
    this.#cursor = cursor
  }

  get isEmpty(): boolean {
    return this.#kinds.length === 0
  }

  begin(func: FunctionId, at: Nanos, hasEntry: boolean): QueuedBegin {
    return this.#append(func, hasEntry ? BEGIN : LATE, at)
  }

  /** A begin that `keep` or `drop` decides on. */
  beginUndecided(func: FunctionId, at: Nanos, hasEntry: boolean): QueuedBegin {
    return this.#append(func, UNDECIDED + (hasEntry ? BEGIN : LATE), at)
  }

  end(func: FunctionId, at: Nanos, duration: Nanos, notes: CallNotes | undefined): void {
    if (notes) this.#notes.set(this.#durations.length, notes)
    append(this.#durations, duration)
    this.#append(func, END, at)
  }

  migrate(cpu: number, at: Nanos): void {
    this.#append(cpu, MIGRATE, at)
  }

  other(call: DeferredCall<CallSink>): void {
    this.#append(this.#others.push(call) - 1, OTHER, 0)
  }

  timeOf(begin: QueuedBegin): Nanos {
    return this.#times.values[begin]
  }

  isUndecided(begin: QueuedBegin): boolean {
    return (this.#kinds.values[begin] & 7) >= UNDECIDED
  }

  /** Decides that a begin will be sent, with the name that it has or with a new one. */
  keep(begin: QueuedBegin, func?: FunctionId): void {
    const kind = this.#kinds.values[begin]
    this.#kinds.values[begin] = (func ?? kind >> 3) * 8 + ((kind & 7) - UNDECIDED)
  }

  drop(begin: QueuedBegin): void {
    if (begin < this.#kinds.length - 1) {
      this.#kinds.values[begin] = DROPPED
      return
    }
    for (const column of [this.#kinds, this.#times, this.#lines]) column.length--
  }

  /** Sends the events before the first undecided begin. */
  flush(sink: CallSink, track: TrackId): void {
    const cursor = this.#cursor
    const outerLine = cursor.queuedLine
    const { values, length } = this.#kinds
    let next = this.#sent
    while (next < length && (values[next] & 7) < UNDECIDED) {
      cursor.queuedLine = this.#lines.values[next]
      this.#send(next++, sink, track)
    }
    cursor.queuedLine = outerLine
    this.#sent = next
    if (next === length) this.#clear()
  }

  #send(event: number, sink: CallSink, track: TrackId): void {
    const kind = this.#kinds.values[event]
    const operand = kind >> 3
    const at = this.#times.values[event]
    switch (kind & 7) {
      case BEGIN:
        sink.begin(track, operand, at, true)
        break
      case LATE:
        sink.begin(track, operand, at, false)
        break
      case END: {
        const index = this.#sentEnds++
        const duration = this.#durations.values[index]
        sink.end(track, operand, at, duration, this.#notes.get(index))
        break
      }
      case MIGRATE:
        sink.migrate(track, operand, at)
        break
      case OTHER:
        makeCall(sink, this.#others[operand])
    }
  }

  #append(operand: number, kind: number, at: Nanos): number {
    append(this.#times, at)
    append(this.#lines, this.#cursor.line)
    return append(this.#kinds, operand * 8 + kind)
  }

  #clear(): void {
    for (const column of [this.#kinds, this.#times, this.#lines, this.#durations]) {
      column.length = 0
    }
    this.#notes.clear()
    this.#others.length = 0
    this.#sent = 0
    this.#sentEnds = 0
  }
}

/** Sends the events of a track that are no calls, or queues them while its queue is not empty. */
export function sendingInTurn(
  sink: CallSink,
  queueOf: (track: TrackId) => EventQueue,
): Pick<CallSink, 'migrate' | 'instant' | 'count'> {
  return {
    migrate(track, cpu, at) {
      const queue = queueOf(track)
      if (queue.isEmpty) sink.migrate(track, cpu, at)
      else queue.migrate(cpu, at)
    },
    instant(...event) {
      const queue = queueOf(event[0])
      if (queue.isEmpty) sink.instant(...event)
      else queue.other(['instant', ...event])
    },
    count(...event) {
      const queue = queueOf(event[0])
      if (queue.isEmpty) sink.count(...event)
      else queue.other(['count', ...event])
    },
  }
}
