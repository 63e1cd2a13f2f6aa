import type { BlockStore } from '../../base/block-store.js'
import { append, float64Column, grown, int32Column } from '../../base/columns.js'
import { VarintLog, VarintReader } from '../../base/varint-log.js'
import { weightOf } from '../../timeline/call-weight.js'
import type { FunctionId, Nanos } from '../../timeline/sink.js'
import type { CallTree, NodeId } from '../../timeline/stacks/index.js'

/**
 * One track as samples: one for each interval between two events, with its start, its innermost call,
 * and its weight. The weights of a call's samples add up to its measured self time. A weight is the
 * length of the interval if possible; an excess is taken from the last samples, a lack is added to
 * the last one. An incomplete call weighs nothing.
 *
 * Weights are settled when the outermost call ends; settled samples take some four bytes each.
 */
export class Samples {
  length = 0
  readonly #stacks: CallTree
  /** Distances to the sample before. */
  readonly #gaps: VarintLog
  readonly #nodes: VarintLog
  readonly #weights: VarintLog
  #lastBegin = 0
  /** The samples of the open outermost call, which are not settled. */
  readonly #open = { weights: float64Column(), before: int32Column() }
  /** Up to where time has been sampled, -1 before the first event. */
  #cursor = -1
  #level = 0
  // By level; level 0 is the track.
  #nodeOf = new Int32Array(64)
  #lastCallee = new Int32Array(64)
  /** Index into the unsettled samples. */
  #lastSample = new Int32Array(64)
  /** The total length of the call's samples. */
  #lengthOf = new Float64Array(64)
  /** The durations of measured callees. */
  #inside = new Float64Array(64)

  constructor(stacks: CallTree, root: NodeId, store: BlockStore) {
    this.#stacks = stacks
    this.#gaps = new VarintLog(store)
    this.#nodes = new VarintLog(store)
    this.#weights = new VarintLog(store)
    this.#nodeOf[0] = root
    this.#lastCallee[0] = -1
    this.#lastSample[0] = -1
  }

  /** The distance of each sample to the one before. */
  get gaps(): VarintReader {
    return new VarintReader(this.#gaps.blocks())
  }

  get nodes(): VarintReader {
    return new VarintReader(this.#nodes.blocks())
  }

  get weights(): VarintReader {
    return new VarintReader(this.#weights.blocks())
  }

  /** Nanoseconds of the outermost calls. */
  get measured(): Nanos {
    return this.#inside[0]
  }

  begin(func: FunctionId, at: Nanos): void {
    this.#advance(at)
    const around = this.#level++
    const node = this.#stacks.child(this.#nodeOf[around], func, this.#lastCallee[around])
    this.#lastCallee[around] = node
    const level = around + 1
    if (level === this.#nodeOf.length) this.#grow()
    this.#nodeOf[level] = node
    this.#lastCallee[level] = -1
    this.#lastSample[level] = this.#lastSample[around]
    this.#lengthOf[level] = 0
    this.#inside[level] = 0
  }

  end(at: Nanos, duration: Nanos): void {
    this.#advance(at)
    const level = this.#level--
    const inside = this.#inside[level]
    const weight = weightOf(duration, inside)
    this.#settle(level, weight - inside, at)
    this.#addInside(level - 1, weight)
  }

  /** Ends the track with a last sample, even if it has no calls. */
  finish(): void {
    this.#append(0, Math.max(this.#cursor, 0), 0)
  }

  /** Samples the time since the last event, if any has passed. */
  #advance(at: Nanos): void {
    const length = this.#cursor < 0 ? 0 : at - this.#cursor
    if (length > 0) {
      const level = this.#level
      this.#append(level, this.#cursor, level === 0 ? 0 : length)
      this.#lengthOf[level] = this.#lengthOf[level] + length
    }
    this.#cursor = at
  }

  #append(level: number, begin: Nanos, weight: Nanos): void {
    this.length++
    this.#gaps.write(begin - this.#lastBegin)
    this.#lastBegin = begin
    this.#nodes.write(this.#nodeOf[level])
    if (level === 0) {
      this.#weights.write(weight)
      return
    }
    append(this.#open.before, this.#lastSample[level])
    this.#lastSample[level] = append(this.#open.weights, weight)
  }

  /** Makes the samples of the ending call at `level` weigh `self` nanoseconds. */
  #settle(level: number, self: Nanos, at: Nanos): void {
    const { weights: column, before } = this.#open
    let excess = this.#lengthOf[level] - self
    let sample = this.#lastSample[level]
    if (excess < 0 && this.#lengthOf[level] === 0) {
      // Its callees fill it by their positions, but not by their durations.
      this.#append(level, at, self)
    } else if (excess < 0) {
      column.values[sample] = column.values[sample] - excess
    }
    while (excess > 0) {
      const taken = Math.min(excess, column.values[sample])
      column.values[sample] = column.values[sample] - taken
      excess -= taken
      sample = before.values[sample]
    }
    if (level === 1) this.#keepSettled()
  }

  #keepSettled(): void {
    const { weights, before } = this.#open
    for (let i = 0; i < weights.length; i++) this.#weights.write(weights.values[i])
    weights.length = 0
    before.length = 0
  }

  #addInside(level: number, duration: Nanos): void {
    this.#inside[level] = this.#inside[level] + duration
  }

  #grow(): void {
    this.#nodeOf = grown(this.#nodeOf)
    this.#lastCallee = grown(this.#lastCallee)
    this.#lastSample = grown(this.#lastSample)
    this.#lengthOf = grown(this.#lengthOf)
    this.#inside = grown(this.#inside)
  }
}
