import type { Options, TimeSample } from './options.js'

const SECOND = 1_000_000_000

/**
 * The time of the records of one cpu. A page has a timestamp of 64 bits, which a record is some ticks behind:
 * the first is turned into time exactly, the rest in fractions of a tick.
 */
export class CpuClock {
  /** The time come to: whole seconds, and nanoseconds within the second. */
  seconds = 0
  nanos = 0
  readonly #offset: bigint
  readonly #cycles: Options['cycles']
  readonly #samples: readonly TimeSample[]
  readonly #interpolates: boolean
  /** Nanoseconds of a tick. */
  readonly #scale: number
  /** The timestamp that time is measured from, and the time of it. */
  #base = 0n
  #baseSeconds = 0
  #baseNanos = 0
  #fraction = 0
  /** Ticks since then. */
  #ticks = 0

  constructor({ offset, cycles, timeShift }: Options, cpu: number) {
    this.#offset = offset
    this.#cycles = cycles
    this.#samples = timeShift?.cpus[cpu] ?? []
    this.#interpolates = timeShift?.interpolates ?? false
    this.#scale = cycles ? cycles.multiplier / 2 ** cycles.shift : 1
  }

  /** The timestamp as the tracer's clock counts it. */
  get timestamp(): bigint {
    return this.#base + BigInt(this.#ticks)
  }

  /** Comes to a timestamp. */
  start(timestamp: bigint): void {
    this.#base = timestamp
    const ticks = hostTime(timestamp, this.#samples, this.#interpolates)
    const cycles = this.#cycles
    const scaled = cycles ? ticks * BigInt(cycles.multiplier) : ticks
    const shift = BigInt(cycles?.shift ?? 0)
    const moved = (scaled >> shift) + this.#offset
    const nanos = moved < 0n ? 0n : moved
    this.#fraction = Number(scaled - ((scaled >> shift) << shift)) / 2 ** Number(shift)
    this.#baseSeconds = Number(nanos / BigInt(SECOND))
    this.#baseNanos = Number(nanos % BigInt(SECOND))
    this.#ticks = 0
    this.#tell()
  }

  /** Comes so many ticks further. */
  advance(ticks: number): void {
    this.#ticks += ticks
    if (this.#ticks > FURTHEST) this.start(this.timestamp)
    else this.#tell()
  }

  #tell(): void {
    const nanos = this.#baseNanos + Math.floor(this.#fraction + this.#ticks * this.#scale)
    if (nanos < SECOND) {
      this.seconds = this.#baseSeconds
      this.nanos = nanos
    } else {
      this.seconds = this.#baseSeconds + Math.floor(nanos / SECOND)
      this.nanos = nanos % SECOND
    }
  }
}

/** Up to so many ticks, a number multiplies them exactly enough. */
const FURTHEST = 2 ** 40

/**
 * The time of the host at a time of its guest: timestamp_host_sync in trace-cmd's trace-input.c. Guests of
 * one sample are apart by its offset alone.
 */
function hostTime(time: bigint, samples: readonly TimeSample[], interpolates: boolean): bigint {
  const first = samples[0]
  if (!first) return time
  if (samples.length === 1) return time + first.offset
  let index = samples.findLastIndex(sample => sample.time <= time)
  index = Math.min(Math.max(index, 0), samples.length - 2)
  const [from, to] = [samples[index] as TimeSample, samples[index + 1] as TimeSample]
  const scaled = (time * from.scaling) >> from.fraction
  return scaled + (interpolates ? correctionBetween(from, to, time) : from.offset)
}

function correctionBetween(from: TimeSample, to: TimeSample, time: bigint): bigint {
  const length = to.time - from.time
  return from.offset + ((time - from.time) * (to.offset - from.offset) + length / 2n) / length
}
