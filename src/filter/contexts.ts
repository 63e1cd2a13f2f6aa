import { weightOf } from '../timeline/call-weight.js'
import { type Context, servesSoftirqs } from '../timeline/interrupt-functions.js'
import { type Nanos, UNMEASURED } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink, Removal } from './call-sink.js'

/**
 * `--context`: only the calls of one context. Needs a reader that puts interrupts on tracks of
 * their own. The time of other contexts is taken out of the durations of the calls around them.
 */
export function inContext(sink: CallSink, context: Context, removal: Removal): CallSink {
  const isSoftirq: boolean[] = []
  const rows: Row[] = []
  const isShown = ({ isInterrupts, softirqLevel }: Row) =>
    context === 'softirq'
      ? softirqLevel > 0
      : softirqLevel === 0 && isInterrupts === (context === 'irq')
  return {
    ...forwarding(sink),
    defineFunction(id, definition) {
      isSoftirq[id] = servesSoftirqs(definition)
      sink.defineFunction(id, definition)
    },
    defineTrack(id, track) {
      rows[id] ??= {
        isInterrupts: track.isInterrupts === true,
        level: 0,
        softirqLevel: 0,
        inside: [0],
        taken: [0],
      }
      sink.defineTrack(id, track)
    },
    begin(track, func, at, hasEntry) {
      const row = rows[track]
      const level = ++row.level
      row.inside[level] = 0
      row.taken[level] = 0
      if (row.softirqLevel === 0 && isSoftirq[func]) row.softirqLevel = level
      if (isShown(row)) sink.begin(track, func, at, hasEntry)
    },
    end(track, func, at, duration, notes) {
      const row = rows[track]
      const { inside, taken } = row
      const wasShown = isShown(row)
      const level = row.level--
      if (row.softirqLevel === level) row.softirqLevel = 0
      const weight = weightOf(duration, inside[level])
      inside[level - 1] = inside[level - 1] + weight
      const away = wasShown ? taken[level] : weight
      taken[level - 1] = taken[level - 1] + away
      if (!wasShown) {
        removal.calls++
        return
      }
      const own = duration === UNMEASURED ? UNMEASURED : Math.max(duration - away, 0)
      sink.end(track, func, at, own, notes)
    },
    instant(track, at, name, text, frames) {
      if (isShown(rows[track])) sink.instant(track, at, name, text, frames)
    },
    count(track, at, name, value) {
      if (isShown(rows[track])) sink.count(track, at, name, value)
    },
  }
}

interface Row {
  readonly isInterrupts: boolean
  level: number
  /** The level of the call that runs softirqs, or 0. */
  softirqLevel: number
  /** By level: nanoseconds of all callees, and of those in another context. */
  readonly inside: Nanos[]
  readonly taken: Nanos[]
}
