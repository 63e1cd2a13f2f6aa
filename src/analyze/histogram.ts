import type { Nanos } from '../timeline/sink.js'
import { type Bucket, Distribution } from './distribution.js'

/** A distribution that also counts in bins of equal width, exactly. */
export class LinearDistribution extends Distribution {
  readonly #width: Nanos
  /** By number of the bin. */
  readonly #bins = new Map<number, number>()

  constructor(width: Nanos) {
    super()
    this.#width = width
  }

  override add(value: Nanos): void {
    super.add(value)
    this.#count(Math.floor(value / this.#width), 1)
  }

  override merge(other: Distribution): void {
    super.merge(other)
    if (!(other instanceof LinearDistribution)) return
    for (const [bin, count] of other.#bins) this.#count(bin, count)
  }

  /** The bins in use, in ascending order. */
  bins(): Bucket[] {
    return [...this.#bins]
      .sort(([a], [b]) => a - b)
      .map(([bin, count]) => ({ from: bin * this.#width, to: (bin + 1) * this.#width, count }))
  }

  #count(bin: number, count: number): void {
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + count)
  }
}

/** The bins of a histogram: those of equal width, or one for each doubling. */
export function binsOf(distribution: Distribution): Bucket[] {
  return distribution instanceof LinearDistribution ? distribution.bins() : doublings(distribution)
}

/** Adds the empty bins between others; more than `most` in a row become one. */
export function withGaps(bins: readonly Bucket[], most: number): Bucket[] {
  return bins.flatMap((bin, index) => {
    const before = bins[index - 1]
    return before ? [...emptyBetween(before, bin, most), bin] : [bin]
  })
}

function emptyBetween(before: Bucket, after: Bucket, most: number): Bucket[] {
  const width = before.to - before.from
  const isLinear = width === after.to - after.from
  const empty: Bucket[] = []
  for (let from = before.to; from < after.from; ) {
    if (empty.length === most) return [{ from: before.to, to: after.from, count: 0 }]
    const to = isLinear ? from + width : from * 2
    empty.push({ from, to, count: 0 })
    from = to
  }
  return empty
}

/** Joins buckets. None of them crosses a power of two. */
function doublings(distribution: Distribution): Bucket[] {
  const bins: { from: Nanos; to: Nanos; count: number }[] = []
  for (const { from, count } of distribution.buckets()) {
    const last = bins.at(-1)
    if (last && from < last.to) {
      last.count += count
      continue
    }
    const start = from < 1 ? 0 : 2 ** (from.toString(2).length - 1)
    bins.push({ from: start, to: Math.max(start * 2, 1), count })
  }
  return bins
}
