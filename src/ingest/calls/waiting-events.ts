import type { CallEvents, TimelineSink } from '../../timeline/sink.js'
import { sendCallEvents } from '../../timeline/sinks/index.js'
import type { Engine, MemoryView } from '../engine.js'
import { joinedNotes } from '../lines/call-notes.js'
import type { KeptNotes } from '../lines/kept-notes.js'

// Kinds of events (../assembly/events.ts).
const IS_END = 1
const IS_OTHER = 2

/** With migrations, and ends of calls with notes: of each, the numbers of those of its entry and of its exit. */
interface NotedEvents extends CallEvents {
  readonly notes: Int32Array
}

/** The events that wait in the engine until they are sent. */
export class WaitingEvents {
  readonly #engine: Engine
  readonly #sink: TimelineSink
  readonly #keptNotes: KeptNotes
  readonly #numbers: MemoryView<Int32Array>
  readonly #times: MemoryView<Float64Array>
  readonly #notes: MemoryView<Int32Array>
  readonly #lines: MemoryView<Int32Array>
  /** Of the lines that are followed, the number of the first in the trace; undefined where nobody asks for `line`. */
  firstLine: number | undefined
  #line: number | undefined

  constructor(engine: Engine, sink: TimelineSink, keptNotes: KeptNotes) {
    this.#engine = engine
    this.#sink = sink
    this.#keptNotes = keptNotes
    this.#numbers = engine.view(
      (buffer, m) => new Int32Array(buffer, m.eventNumbers.value, 2 * m.MOST_EVENTS.value),
    )
    this.#times = engine.view(
      (buffer, m) => new Float64Array(buffer, m.eventTimes.value, 2 * m.MOST_EVENTS.value),
    )
    this.#notes = engine.view(
      (buffer, m) => new Int32Array(buffer, m.eventNotes.value, 2 * m.MOST_EVENTS.value),
    )
    this.#lines = engine.view(
      (buffer, m) => new Int32Array(buffer, m.eventLines.value, m.MOST_EVENTS.value),
    )
  }

  /** The line that told the event which is being sent, if it is one of those followed from `firstLine` on. */
  get line(): number | undefined {
    return this.#line
  }

  /** Sends begins and ends without notes in columns, any other event by itself. */
  send(): void {
    const { module } = this.#engine
    const count = module.takeEvents()
    if (count === 0) return
    const [numbers, times, notes] = [this.#numbers.array, this.#times.array, this.#notes.array]
    const events = { numbers, times, notes }
    const { firstLine } = this
    const areCallsOnly = module.tookCallsOnly()
    if (firstLine !== undefined) this.#sendByLine(events, count, firstLine)
    else if (areCallsOnly) sendCallEvents(events, 0, count, this.#sink)
    else this.#sendInTurn(events, 0, count)
  }

  /** Sends events one by one, so that each has its line. */
  #sendByLine(events: NotedEvents, count: number, firstLine: number): void {
    const lines = this.#lines.array
    for (let index = 0; index < count; index++) {
      this.#line = firstLine + lines[index]
      this.#sendInTurn(events, index, index + 1)
    }
    this.#line = undefined
  }

  #sendInTurn(events: NotedEvents, start: number, end: number): void {
    const { numbers } = events
    let from = start
    for (let index = start; index < end; index++) {
      if ((numbers[2 * index] & IS_OTHER) === 0) continue
      if (from < index) sendCallEvents(events, from, index, this.#sink)
      this.#sendOther(events, 2 * index)
      from = index + 1
    }
    if (from < end) sendCallEvents(events, from, end, this.#sink)
  }

  /** A migration, or the end of a call with notes. */
  #sendOther({ numbers, times, notes }: NotedEvents, place: number): void {
    const what = numbers[place]
    const track = what >> 2
    const at = times[place]
    if ((what & IS_END) === 0) {
      this.#sink.migrate(track, numbers[place + 1], at)
      return
    }
    const kept = this.#keptNotes
    const both = joinedNotes(kept.take(notes[place]), kept.take(notes[place + 1]))
    this.#sink.end(track, numbers[place + 1], at, times[place + 1], both)
  }
}
