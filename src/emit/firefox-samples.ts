import { append, float64Column, grown, int32Column } from '../base/columns.js'
import type { CallTree, NodeId } from '../timeline/call-tree.js'
import { type FunctionId, type Nanos, UNMEASURED } from '../timeline/sink.js'

/**
 * One track as samples: for each time in which nothing begins or ends, where it starts, the
 * innermost call, and its weight. The samples of a call weigh together what it took itself by its
 * measured duration. As far as that allows it is the sample's length: what is too much is taken
 * from the last samples, what is missing goes to the last one. An incomplete call weighs nothing.
 */
export class Samples {
  readonly begins = float64Column()
  readonly nodes = int32Column()
  readonly weights = float64Column()
  /** For each sample the one before of the same call, or some older one. */
  readonly #before = int32Column()
  /** What has been sampled so far, -1 before anything began. */
  #cursor = -1
  #level = 0
  // By level; at level 0 is what stands around all calls.
  #open = new Int32Array(64)
  #beginOf = new Float64Array(64)
  #lastCallee = new Int32Array(64)
  #lastSample = new Int32Array(64)
  /** Of the call's samples. */
  #length = new Float64Array(64)
  /** Of measured callees. */
  #inside = new Float64Array(64)

  constructor(root: NodeId) {
    this.#open[0] = root
    this.#lastCallee[0] = -1
    this.#lastSample[0] = -1
  }

  /** The innermost open call, or the root. */
  get node(): NodeId {
    return this.#open[this.#level] as number
  }

  /** Nanoseconds of the outermost calls. */
  get measured(): Nanos {
    return this.#inside[0] as number
  }

  get beginOfNode(): Nanos {
    return this.#beginOf[this.#level] as number
  }

  begin(func: FunctionId, tree: CallTree, at: Nanos): void {
    this.#advance(at)
    const around = this.#level++
    const node = tree.child(this.#open[around] as number, func, this.#lastCallee[around] as number)
    this.#lastCallee[around] = node
    const level = around + 1
    if (level === this.#open.length) this.#grow()
    this.#open[level] = node
    this.#beginOf[level] = at
    this.#lastCallee[level] = -1
    this.#lastSample[level] = this.#lastSample[around] as number
    this.#length[level] = 0
    this.#inside[level] = 0
  }

  end(at: Nanos, duration: Nanos): void {
    this.#advance(at)
    const level = this.#level--
    const inside = this.#inside[level] as number
    const isMeasured = duration !== UNMEASURED
    this.#settle(level, isMeasured ? Math.max(duration - inside, 0) : 0, at)
    this.#addInside(level - 1, isMeasured ? duration : inside)
  }

  /** Ends what was no call: its samples are those of what is around it. */
  endGap(at: Nanos): void {
    this.#advance(at)
    const level = this.#level--
    const around = level - 1
    this.#addInside(around, this.#inside[level] as number)
    if (around === 0) {
      this.#settle(level, 0, at)
      return
    }
    this.#lastSample[around] = this.#lastSample[level] as number
    this.#length[around] = (this.#length[around] as number) + (this.#length[level] as number)
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
      this.#length[level] = (this.#length[level] as number) + length
    }
    this.#cursor = at
  }

  #append(level: number, begin: Nanos, weight: Nanos): void {
    append(this.begins, begin)
    append(this.nodes, this.#open[level] as number)
    append(this.#before, this.#lastSample[level] as number)
    this.#lastSample[level] = append(this.weights, weight)
  }

  /** Makes the samples of the call at `level`, which ends, weigh `self` nanoseconds. */
  #settle(level: number, self: Nanos, at: Nanos): void {
    const weights = this.weights.values
    let excess = (this.#length[level] as number) - self
    let sample = this.#lastSample[level] as number
    if (excess < 0 && this.#length[level] === 0) {
      // By their positions its callees leave it no time, by their durations they do.
      this.#append(level, at, self)
    } else if (excess < 0) {
      weights[sample] = (weights[sample] as number) - excess
    }
    while (excess > 0) {
      const taken = Math.min(excess, weights[sample] as number)
      weights[sample] = (weights[sample] as number) - taken
      excess -= taken
      sample = this.#before.values[sample] as number
    }
  }

  #addInside(level: number, duration: Nanos): void {
    this.#inside[level] = (this.#inside[level] as number) + duration
  }

  #grow(): void {
    this.#open = grown(this.#open)
    this.#beginOf = grown(this.#beginOf)
    this.#lastCallee = grown(this.#lastCallee)
    this.#lastSample = grown(this.#lastSample)
    this.#length = grown(this.#length)
    this.#inside = grown(this.#inside)
  }
}
