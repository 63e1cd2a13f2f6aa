import { append, float64Column, int32Column } from '../base/columns.js'
import type { CallNotes, FunctionId, Nanos, TrackId } from '../timeline/sink.js'
import type { CallSink } from './call-sink.js'
import type { Place } from './place.js'

const BEGIN = 0
/** A begin without an entry. */
const LATE = 1
const END = 2
const MIGRATE = 3
/** Any other event, kept as a call of its verb: they are rare. */
const OTHER = 4
const DROPPED = 5
/** More than BEGIN and LATE by this: nobody knows yet whether it is to be told. */
const WAITING = 6

/** Of a begin among held events, as long as they are held. */
export type HeldBegin = number

/**
 * Events of one track that wait, in their order, for a decision on one of them. A call takes 40
 * bytes; one that is dropped before anything follows it takes none.
 */
export class HeldEvents {
  readonly #place: Place
  /** Eight times the function, the cpu, or an index into the rare events, plus what happens. */
  readonly #kinds = int32Column()
  readonly #positions = float64Column()
  readonly #lines = int32Column()
  readonly #durations = float64Column()
  /** By index of the end. */
  readonly #notes = new Map<number, CallNotes>()
  readonly #others: ((sink: CallSink, track: TrackId) => void)[] = []
  #told = 0
  #toldEnds = 0

  constructor(place: Place) {
    this.#place = place
  }

  get isEmpty(): boolean {
    return this.#kinds.length === 0
  }

  begin(func: FunctionId, at: Nanos, hasEntry: boolean): HeldBegin {
    return this.#append(func, hasEntry ? BEGIN : LATE, at)
  }

  /** A begin that is told once `decide` has said so, and that everything behind it waits for. */
  wait(func: FunctionId, at: Nanos, hasEntry: boolean): HeldBegin {
    return this.#append(func, WAITING + (hasEntry ? BEGIN : LATE), at)
  }

  end(func: FunctionId, at: Nanos, duration: Nanos, notes: CallNotes | undefined): void {
    if (notes) this.#notes.set(this.#durations.length, notes)
    append(this.#durations, duration)
    this.#append(func, END, at)
  }

  migrate(cpu: number, at: Nanos): void {
    this.#append(cpu, MIGRATE, at)
  }

  other(tell: (sink: CallSink, track: TrackId) => void): void {
    this.#append(this.#others.push(tell) - 1, OTHER, 0)
  }

  positionOf(begin: HeldBegin): Nanos {
    return this.#positions.values[begin]
  }

  isWaiting(begin: HeldBegin): boolean {
    return (this.#kinds.values[begin] & 7) >= WAITING
  }

  /** The begin is to be told, under its name or the one that it has got. */
  decide(begin: HeldBegin, func?: FunctionId): void {
    const kind = this.#kinds.values[begin]
    this.#kinds.values[begin] = (func ?? kind >> 3) * 8 + ((kind & 7) - WAITING)
  }

  drop(begin: HeldBegin): void {
    if (begin < this.#kinds.length - 1) {
      this.#kinds.values[begin] = DROPPED
      return
    }
    for (const column of [this.#kinds, this.#positions, this.#lines]) column.length--
  }

  /** Tells what waits for nothing any more. */
  tell(sink: CallSink, track: TrackId): void {
    const place = this.#place
    const outerLine = place.heldLine
    const { values, length } = this.#kinds
    let next = this.#told
    while (next < length && (values[next] & 7) < WAITING) {
      place.heldLine = this.#lines.values[next]
      this.#tell(next++, sink, track)
    }
    place.heldLine = outerLine
    this.#told = next
    if (next === length) this.#clear()
  }

  #tell(event: number, sink: CallSink, track: TrackId): void {
    const kind = this.#kinds.values[event]
    const operand = kind >> 3
    const at = this.#positions.values[event]
    switch (kind & 7) {
      case BEGIN:
        sink.begin(track, operand, at, true)
        break
      case LATE:
        sink.begin(track, operand, at, false)
        break
      case END: {
        const index = this.#toldEnds++
        const duration = this.#durations.values[index]
        sink.end(track, operand, at, duration, this.#notes.get(index))
        break
      }
      case MIGRATE:
        sink.migrate(track, operand, at)
        break
      case OTHER:
        this.#others[operand]?.(sink, track)
    }
  }

  #append(operand: number, kind: number, at: Nanos): number {
    append(this.#positions, at)
    append(this.#lines, this.#place.line)
    return append(this.#kinds, operand * 8 + kind)
  }

  #clear(): void {
    for (const column of [this.#kinds, this.#positions, this.#lines, this.#durations]) {
      column.length = 0
    }
    this.#notes.clear()
    this.#others.length = 0
    this.#told = 0
    this.#toldEnds = 0
  }
}
