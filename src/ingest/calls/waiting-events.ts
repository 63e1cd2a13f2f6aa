import type { TimelineSink } from '../../timeline/sink.js'
import { sendCallEvents } from '../../timeline/sinks/index.js'
import type { Engine, MemoryView } from '../engine.js'
import { joinedNotes } from '../lines/call-notes.js'
import type { KeptNotes } from './kept-notes.js'

// Kinds of events (../assembly/events.ts).
const IS_END = 1
const IS_OTHER = 2

/** The events that wait in the engine until they are sent. */
export class WaitingEvents {
  readonly #engine: Engine
  readonly #sink: TimelineSink
  readonly #keptNotes: KeptNotes
  readonly #numbers: MemoryView<Int32Array>
  readonly #times: MemoryView<Float64Array>
  readonly #notes: MemoryView<Int32Array>

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
  }

  /** Sends begins and ends without notes in columns, any other event by itself. */
  send(): void {
    const { module } = this.#engine
    const count = module.takeEvents()
    if (count === 0) return
    const events = { numbers: this.#numbers.array, times: this.#times.array }
    let from = 0
    if (!module.tookCallsOnly()) {
      for (let index = 0; index < count; index++) {
        if ((events.numbers[2 * index] & IS_OTHER) === 0) continue
        if (from < index) sendCallEvents(events, from, index, this.#sink)
        this.#sendOther(index)
        from = index + 1
      }
    }
    if (from < count) sendCallEvents(events, from, count, this.#sink)
  }

  /** A migration, or the end of a call with notes. */
  #sendOther(index: number): void {
    const numbers = this.#numbers.array
    const times = this.#times.array
    const what = numbers[2 * index]
    const track = what >> 2
    const at = times[2 * index]
    if ((what & IS_END) === 0) {
      this.#sink.migrate(track, numbers[2 * index + 1], at)
      return
    }
    const [entry, exit] = this.#notes.array.subarray(2 * index, 2 * index + 2)
    const notes = joinedNotes(this.#keptNotes.take(entry), this.#keptNotes.take(exit))
    this.#sink.end(track, numbers[2 * index + 1], at, times[2 * index + 1], notes)
  }
}
