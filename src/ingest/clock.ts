import { Interner } from '../base/interner.js'
import type { Dialect } from './dialects.js'
import { Tasks } from './tasks.js'
import { ABSENT, ENTRY, EXIT, emptyLine } from './trace-line.js'

/** Shorter calls are mostly rounding: a timestamp is cut to a microsecond. */
const LEAST_DURATION = 30_000
/** Fewer calls do not tell. */
const LEAST_CALLS = 5
/** Below, a clock does not tell time: it counts events, or jiffies. */
const SLOWEST = 0.1
/** Above, it counts faster than nanoseconds go by... */
const FASTEST = 1.25
/** ...if it does so for every call. A call that has slept was long by the clock alone. */
const WIDEST_SPREAD = 1.15

/**
 * By how much timestamps are to be multiplied to be nanoseconds: 1 for most clocks, 0 for those
 * that only order events (counter, uptime), less than 1 for the cycles of x86-tsc.
 *
 * The kernel prints every clock as if it counted nanoseconds (print_graph_abs_time in
 * trace_functions_graph.c), but measures durations with a clock of their own. So it shows in how
 * far the entry and the exit of long calls stand apart.
 */
export function clockScale(sample: Uint8Array, dialect: Dialect): number {
  const ratios = ratiosIn(sample, dialect).sort((a, b) => a - b)
  if (ratios.length < LEAST_CALLS) return 1
  const quarter = ratios[ratios.length >> 2] as number
  const half = ratios[ratios.length >> 1] as number
  const threeQuarters = ratios[(ratios.length * 3) >> 2] as number
  if (threeQuarters < SLOWEST) return 0
  return quarter > FASTEST && threeQuarters < quarter * WIDEST_SPREAD ? 1 / half : 1
}

/** Of each long call in the sample, the time between its lines by its duration. */
function ratiosIn(sample: Uint8Array, dialect: Dialect): number[] {
  const reader = dialect.recognize(sample, new Interner(() => {}), new Tasks())
  if (!reader || 'skip' in reader) return []
  const ratios: number[] = []
  const line = emptyLine()
  /** By task or cpu, the time of the open entry at each depth. */
  const entries = new Map<number, number[]>()
  const first = { seconds: Number.NaN, nanos: 0 }
  for (let at = 0; at < sample.length; ) {
    at = reader.read(sample, at, line)
    if (line.kind !== ENTRY && line.kind !== EXIT) continue
    if (Number.isNaN(first.seconds)) Object.assign(first, line)
    const time = (line.seconds - first.seconds) * 1e9 + line.nanos - first.nanos
    const key = line.task === ABSENT ? -1 - line.cpu : line.task
    const open = entries.get(key) ?? []
    entries.set(key, open)
    const begin = open[line.depth]
    open.length = Math.min(open.length, line.depth)
    if (line.kind === ENTRY) open[line.depth] = time
    else if (begin !== undefined && line.duration >= LEAST_DURATION) {
      ratios.push((time - begin) / line.duration)
    }
  }
  return ratios
}
