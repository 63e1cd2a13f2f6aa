import type { BlockStore } from '../../base/block-store.js'
import { unzigzag, VarintLog, VarintReader, zigzag } from '../../base/varint-log.js'
import { type Nanos, UNMEASURED } from '../../timeline/sink.js'

/** A kept line: its kind and its call. The record is reused for the next line. */
export interface Line {
  index: number
  head: number
  operand: number
  depth: number
  at: Nanos
  /** Or UNMEASURED. */
  duration: Nanos
}

/** Lines in order, some eight bytes each. A line's kind may change, mostly that of the last line. */
export class LineLog {
  readonly #log: VarintLog
  /** Not in the log yet. */
  readonly #last = newLine()
  #lastAt: Nanos = 0
  /** Changes of lines that were no longer the last. */
  readonly #changes = new Map<number, { readonly head: number; readonly duration: Nanos }>()

  constructor(store: BlockStore) {
    this.#log = new VarintLog(store)
  }

  get length(): number {
    return this.#last.index + 1
  }

  /** Returns the index of the line. */
  append(head: number, operand: number, depth: number, at: Nanos, duration: Nanos): number {
    this.#keepLast()
    const last = this.#last
    last.index++
    last.head = head
    last.operand = operand
    last.depth = depth
    last.at = at
    last.duration = duration
    return last.index
  }

  change(index: number, head: number, duration: Nanos): void {
    if (index < this.#last.index) this.#changes.set(index, { head, duration })
    else Object.assign(this.#last, { head, duration })
  }

  /** To be called once, at the end. */
  *read(): Generator<Line> {
    this.#keepLast()
    const log = new VarintReader(this.#log.blocks())
    const line = newLine()
    while (log.more) {
      line.index++
      line.head = log.read()
      line.operand = log.read()
      line.depth = log.read()
      line.at += unzigzag(log.read())
      line.duration = log.read() - 1
      const change = this.#changes.get(line.index)
      if (change) Object.assign(line, change)
      yield line
    }
  }

  #keepLast(): void {
    const { index, head, operand, depth, at, duration } = this.#last
    if (index < 0) return
    this.#log.write(head)
    this.#log.write(operand)
    this.#log.write(depth)
    // Times of different cpus are not in order.
    this.#log.write(zigzag(at - this.#lastAt))
    this.#log.write(duration + 1)
    this.#lastAt = at
  }
}

function newLine(): Line {
  return { index: -1, head: 0, operand: 0, depth: 0, at: 0, duration: UNMEASURED }
}
