import type { Nanos } from '../timeline/sink.js'

/** How many buckets each doubling is cut into, as a power of two. */
const BITS = 6
/** Below this, every value has a bucket of its own. */
const EXACT = 2 ** (BITS + 1)
/** Where the integers of the fast path end. */
const WORD = 2 ** 31

/** Some values between two bounds. */
export interface Bucket {
  readonly from: Nanos
  /** Exclusive. */
  readonly to: Nanos
  readonly count: number
}

/**
 * How a set of durations is spread: count, sum, extremes and deviation exactly, percentiles within
 * 1 %, in memory that grows with the logarithm of the longest.
 *
 * Buckets are those of HdrHistogram: 64 in each doubling, so that no value is further than 1/128
 * from the middle of its bucket. It is written here for its speed: 4 M durations over 2,000
 * functions take 36 ns each, 125 in @datadog/sketches-js and 250 in hdr-histogram-js, while all of
 * `convert -f folded` takes 400 for a call.
 */
export class Distribution {
  count = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = 0
  /** What deviations are summed up from: any value of about their size keeps the digits. */
  #pivot = -1
  #squares = 0
  /** The values as long as they are few: most rows that are made for a moment hold one or two. */
  #few: Nanos[] = []
  /** How many there are in each bucket, of more than a few. */
  #buckets = NO_BUCKETS

  add(value: Nanos): void {
    if (this.count++ === 0) this.#pivot = value
    this.sum += value
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    const deviation = value - this.#pivot
    this.#squares += deviation * deviation
    if (this.count > FEW) this.#fill(value)
    else this.#few.push(value)
  }

  merge(other: Distribution): void {
    if (other.count === 0) return
    if (this.count === 0) this.#pivot = other.#pivot
    const shift = other.#pivot - this.#pivot
    const deviations = other.sum - other.count * other.#pivot
    this.#squares += other.#squares + shift * (2 * deviations + other.count * shift)
    this.count += other.count
    this.sum += other.sum
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
    if (this.count > FEW) {
      for (const value of other.#few) this.#fill(value)
    } else {
      this.#few.push(...other.#few)
    }
    other.#buckets.forEach((count, bucket) => {
      if (count > 0) this.#addTo(bucket, count)
    })
  }

  get mean(): number {
    return this.sum / this.count
  }

  /** Of just these values; not an estimate for others. */
  get deviation(): number {
    const shift = this.mean - this.#pivot
    return Math.sqrt(Math.max(this.#squares / this.count - shift * shift, 0))
  }

  /** The smallest value that `share` of all do not exceed (nearest rank), within 1 %. */
  quantile(share: number): Nanos {
    const rank = Math.max(Math.ceil(share * this.count), 1)
    // The ends are known exactly.
    if (rank <= 1) return this.min
    if (rank >= this.count) return this.max
    let seen = 0
    for (const { from, to, count } of this.buckets()) {
      seen += count
      if (seen >= rank) return Math.min(Math.max(middleOf(from, to), this.min), this.max)
    }
    return this.max
  }

  /** What is in use, from the shortest to the longest; no bucket reaches over a power of two. */
  *buckets(): Generator<Bucket> {
    this.#spill()
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      const count = this.#buckets[bucket]
      if (count > 0) yield { from: startOf(bucket), to: startOf(bucket + 1), count }
    }
  }

  #fill(value: Nanos): void {
    if (this.#few.length > 0) this.#spill()
    this.#addTo(bucketOf(value), 1)
  }

  #spill(): void {
    for (const value of this.#few.splice(0)) this.#addTo(bucketOf(value), 1)
  }

  #addTo(bucket: number, count: number): void {
    if (bucket >= this.#buckets.length) {
      const larger = new Uint32Array(((bucket >> BITS) + 1) << BITS)
      larger.set(this.#buckets)
      this.#buckets = larger
    }
    this.#buckets[bucket] = this.#buckets[bucket] + count
  }
}

const FEW = 8
const NO_BUCKETS = new Uint32Array(0)

/** The first value whose bucket this is. */
function startOf(bucket: number): Nanos {
  if (bucket < EXACT) return bucket
  const doublings = (bucket >> BITS) - 1
  return (bucket - (doublings << BITS)) * 2 ** doublings
}

function bucketOf(value: Nanos): number {
  if (value < EXACT) return value
  if (value >= WORD) return (16 << BITS) + bucketOf(Math.floor(value / 2 ** 16))
  const doublings = 31 - BITS - Math.clz32(value)
  return (doublings << BITS) + (value >>> doublings)
}

/** Of the integers between them. */
function middleOf(from: Nanos, to: Nanos): Nanos {
  return Math.round((from + to - 1) / 2)
}
