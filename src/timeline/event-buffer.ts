import { MOST_EVENTS, NUMBERS, TIMES } from './event-layout.js'
import type { CallEvents, Nanos } from './sink.js'

/** Collects events in the memory of a WebAssembly module, which takes them by the hundred. */
export class EventBuffer {
  /** The whole memory. */
  bytes = new Uint8Array(0)
  numbers = new Int32Array(0)
  times = new Float64Array(0)
  readonly #memory: WebAssembly.Memory
  readonly #take: (length: number) => void
  #length = 0

  /** How many events are collected. */
  get length(): number {
    return this.#length
  }

  /** `take` gets the number of events. */
  constructor(memory: WebAssembly.Memory, take: (length: number) => void) {
    this.#memory = memory
    this.#take = take
    this.refreshViews()
  }

  add(what: number, operand: number, at: Nanos, duration: Nanos): void {
    this.put(this.#length, what, operand, at, duration)
    this.#added(1)
  }

  put(event: number, what: number, operand: number, at: Nanos, duration: Nanos): void {
    this.numbers[2 * event] = what
    this.numbers[2 * event + 1] = operand
    this.times[2 * event] = at
    this.times[2 * event + 1] = duration
  }

  addAll({ numbers, times }: CallEvents, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const end = Math.min(to, at + MOST_EVENTS - this.#length)
      this.numbers.set(numbers.subarray(2 * at, 2 * end), 2 * this.#length)
      this.times.set(times.subarray(2 * at, 2 * end), 2 * this.#length)
      this.#added(end - at)
      at = end
    }
  }

  /** Has the collected events taken. */
  flush(): void {
    const length = this.#length
    this.#length = 0
    if (length > 0) this.#take(length)
  }

  /** To be called whenever the module may have grown its memory, which detaches all views. */
  refreshViews(): void {
    const { buffer } = this.#memory
    if (this.bytes.buffer === buffer) return
    this.bytes = new Uint8Array(buffer)
    this.numbers = new Int32Array(buffer, NUMBERS, 2 * MOST_EVENTS)
    this.times = new Float64Array(buffer, TIMES, 2 * MOST_EVENTS)
  }

  #added(count: number): void {
    this.#length += count
    if (this.#length === MOST_EVENTS) this.flush()
  }
}
