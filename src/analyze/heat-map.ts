import type { FunctionPattern } from '../timeline/function-pattern.js'
import { type KernelFunction, type Nanos, type TimelineSink, UNMEASURED } from '../timeline/sink.js'
import { type FinishedCall, finishedCalls, ignored } from '../timeline/sinks/index.js'

/** Calls that began within some time and took about as long. */
export interface HeatCell {
  readonly fromTime: Nanos
  readonly toTime: Nanos
  /** As a number of steps: a doubling of the duration has four. */
  readonly step: number
  readonly calls: number
}

/** So many columns at most, and at least half as many of a trace that is long enough. */
const COLUMNS = 240
const STEPS = 4
/** More steps than any duration has. */
const ROWS = 256

/** How long the calls of functions take over time, in memory that does not grow with the trace. */
export class HeatMap {
  readonly #matches: FunctionPattern
  readonly #matching: boolean[] = []
  /** Of a column. */
  #width: Nanos = 1
  /** By column and step. */
  #calls = new Map<number, number>()

  constructor(matches: FunctionPattern) {
    this.#matches = matches
  }

  /** What is to be told the timeline. */
  sink(): TimelineSink {
    return finishedCalls({
      ...ignored,
      defineFunction: (id, func: KernelFunction) => {
        this.#matching[id] = this.#matches(func)
      },
      take: call => this.#take(call),
    })
  }

  /** Those with calls, in no order that means anything. */
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

  /** Makes one column of two. */
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

/** The shortest duration of a step; what took no time is in the first one. */
export function startOfStep(step: number): Nanos {
  return 2 ** (step / STEPS)
}

function stepOf(duration: Nanos): number {
  return Math.floor(Math.log2(Math.max(duration, 1)) * STEPS)
}
