import type { BlockStore } from '../../base/block-store.js'
import { append, float64Column, grown, int32Column } from '../../base/columns.js'
import { VarintLog, VarintReader } from '../../base/varint-log.js'
import type { CallTree, NodeId } from '../../timeline/call-tree.js'
import { type FunctionId, type Nanos, UNMEASURED } from '../../timeline/sink.js'

/**
 * One track as samples: for each time in which nothing begins or ends, where it starts, the
 * innermost call, and its weight. The samples of a call weigh together what it took itself by its
 * measured duration. As far as that allows it is the sample's length: what is too much is taken
 * from the last samples, what is missing goes to the last one. An incomplete call weighs nothing.
 *
 * Weights are settled when the outermost call ends; what is settled takes some four bytes a sample.
 */
export class Samples {
  length = 0
  readonly #stacks: CallTree
  /** From the sample before. */
  readonly #gaps: VarintLog
  readonly #nodes: VarintLog
  readonly #weights: VarintLog
  #lastBegin = 0
  /** Of the outermost call, if one is open: what is not settled. */
  readonly #open = { weights: float64Column(), before: int32Column() }
  /** What has been sampled so far, -1 before anything began. */
  #cursor = -1
  #level = 0
  // By level; at level 0 is what stands around all calls.
  #nodeOf = new Int32Array(64)
  #lastCallee = new Int32Array(64)
  /** Among those that are not settled. */
  #lastSample = new Int32Array(64)
  /** Of the call's samples. */
  #lengthOf = new Float64Array(64)
  /** Of measured callees. */
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

  /** From the one before to each sample. */
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
    const isMeasured = duration !== UNMEASURED
    this.#settle(level, isMeasured ? Math.max(duration - inside, 0) : 0, at)
    this.#addInside(level - 1, isMeasured ? duration : inside)
  }

  /** The track is at its end: a last sample says where, also for a track without calls. */
  finish(): void {
    this.#append(0, Math.max(this.#cursor, 0), 0)
  }

  /** Samples the time since the last event, if there is some. */
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

  /** Makes the samples of the call at `level`, which ends, weigh `self` nanoseconds. */
  #settle(level: number, self: Nanos, at: Nanos): void {
    const { weights: column, before } = this.#open
    let excess = this.#lengthOf[level] - self
    let sample = this.#lastSample[level]
    if (excess < 0 && this.#lengthOf[level] === 0) {
      // By their positions its callees leave it no time, by their durations they do.
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
