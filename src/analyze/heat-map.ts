import type { FunctionPattern } from '../timeline/function-pattern.js'
import { type KernelFunction, type Nanos, type TimelineSink, UNMEASURED } from '../timeline/sink.js'
import { type FinishedCall, finishedCalls, ignored } from '../timeline/sinks/index.js'

/** Calls that began in the same interval and took about equally long. */
export interface HeatCell {
  readonly fromTime: Nanos
  readonly toTime: Nanos
  /** The duration on a logarithmic scale: four steps for each doubling. */
  readonly step: number
  readonly calls: number
}

/** The largest number of columns. A trace that is long enough has at least half as many. */
const COLUMNS = 240
const STEPS = 4
/** More than the steps of any duration. */
const ROWS = 256

/** The durations of calls over time. Memory does not grow with the trace. */
export class HeatMap {
  readonly #matches: FunctionPattern
  readonly #matching: boolean[] = []
  /** The time that a column covers. */
  #width: Nanos = 1
  /** By column * ROWS + step. */
  #calls = new Map<number, number>()

  constructor(matches: FunctionPattern) {
    this.#matches = matches
  }

  /** The sink for the timeline. */
  sink(): TimelineSink {
    return finishedCalls({
      ...ignored,
      defineFunction: (id, func: KernelFunction) => {
        this.#matching[id] = this.#matches(func)
      },
      take: call => this.#take(call),
    })
  }

  /** The cells that have calls, in no particular order. */
  cells(): HeatCell[] {
    return [...this.#calls].map(([key, calls]) => {
      const column = Math.floor(key / ROWS)
      const fromTime = column * this.#width
      return { fromTime, toTime: fromTime + this.#width, step: key % ROWS, calls }
    })
  }

  #take({ func, begin, duration }: Readonly<FinishedCall>): void {
    if (duration === UNMEASURED || !this.#matching[func]) return
    while (begin >= COLUMNS * this.#width) this.#halve()
    const column = Math.floor(begin / this.#width)
    this.#add(column * ROWS + stepOf(duration), 1)
  }

  /** Joins columns in pairs. */
  #halve(): void {
    const calls = this.#calls
    this.#calls = new Map()
    this.#width *= 2
    for (const [key, count] of calls) {
      this.#add(Math.floor(key / ROWS / 2) * ROWS + (key % ROWS), count)
    }
  }

  #add(key: number, count: number): void {
    this.#calls.set(key, (this.#calls.get(key) ?? 0) + count)
  }
}

/** The shortest duration of a step. The first step also holds durations of 0. */
export function startOfStep(step: number): Nanos {
  return 2 ** (step / STEPS)
}

/** Where a duration is on the scale of steps. */
export function placeOf(duration: Nanos): number {
  return Math.log2(Math.max(duration, 1)) * STEPS
}

function stepOf(duration: Nanos): number {
  return Math.floor(placeOf(duration))
}
