import type { Nanos } from '../timeline/sink.js'
import { type Bucket, Distribution } from './distribution.js'

/** Bins without gaps between them, from 0 on, by number. */
export interface Bins {
  /** The number of the bin of a value. */
  numberOf(value: Nanos): number
  /** The least value of a bin. It ends where the next one begins. */
  from(bin: number): Nanos
}

export function equalBins(width: Nanos): Bins {
  return { numberOf: value => Math.floor(value / width), from: bin => bin * width }
}

/** Bins that begin at 0, 1, 2, 5, 10, 20, 50 and so on. */
export const roundBins: Bins = {
  numberOf(value) {
    let bin = value < 1 ? 0 : 3 * Math.floor(Math.log10(value))
    while (value >= roundBins.from(bin + 1)) bin++
    return bin
  },
  from(bin) {
    if (bin === 0) return 0
    const step = bin - 1
    return ([1, 2, 5][step % 3] as number) * 10 ** Math.floor(step / 3)
  },
}

/** A distribution that also counts in the bins of a histogram, exactly. */
export class BinnedDistribution extends Distribution {
  readonly #bins: Bins
  /** By number of the bin. */
  readonly #counts = new Map<number, number>()

  constructor(bins: Bins) {
    super()
    this.#bins = bins
  }

  override add(value: Nanos): void {
    super.add(value)
    this.#count(this.#bins.numberOf(value), 1)
  }

  override merge(other: Distribution): void {
    super.merge(other)
    if (!(other instanceof BinnedDistribution)) return
    for (const [bin, count] of other.#counts) this.#count(bin, count)
  }

  /**
   * The bins in use in ascending order, with up to `mostEmpty` empty ones between two of them; more
   * than these become one.
   */
  bins(mostEmpty = 0): Bucket[] {
    const used = [...this.#counts].sort(([a], [b]) => a - b)
    const buckets: Bucket[] = []
    for (const [index, [bin, count]] of used.entries()) {
      const before = index > 0 ? (used[index - 1] as [number, number])[0] : bin - 1
      const empty = bin - before - 1
      if (empty > mostEmpty) {
        if (mostEmpty > 0) buckets.push(this.#bucket(before + 1, bin, 0))
      } else {
        for (let gap = before + 1; gap < bin; gap++) buckets.push(this.#bucket(gap, gap + 1, 0))
      }
      buckets.push(this.#bucket(bin, bin + 1, count))
    }
    return buckets
  }

  #bucket(first: number, end: number, count: number): Bucket {
    return { from: this.#bins.from(first), to: this.#bins.from(end), count }
  }

  #count(bin: number, count: number): void {
    this.#counts.set(bin, (this.#counts.get(bin) ?? 0) + count)
  }
}

/** `BinnedDistribution.bins` of durations, which must be of that class. */
export function binsOf(durations: Distribution, mostEmpty = 0): Bucket[] {
  if (durations instanceof BinnedDistribution) return durations.bins(mostEmpty)
  throw new TypeError('these durations were not counted in bins')
}
