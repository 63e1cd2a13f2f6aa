import { weightOf } from '../call-weight.js'
import { InterruptBegins } from '../interrupt-functions.js'
import { type Nanos, type TimelineSink, UNMEASURED } from '../sink.js'
import { idles, OFF_CPU, sleeps } from '../sleep-functions.js'
import { forwarding } from './forwarding.js'

/** A call that has slept takes longer than that by itself. */
const SHORTEST_SLEEP: Nanos = 10_000

/** What `withoutSleep` has taken out. */
export interface LeftOut {
  asleep: Nanos
  idle: Nanos
}

/** A sink, and what does not reach it. */
export interface AwakeSink extends TimelineSink {
  readonly leftOut: Readonly<LeftOut>
}

/**
 * Passes on what cpus did: time asleep is taken out of the durations of all calls around it, and so are
 * the calls of idle cpus. Interrupts stay. A task sleeps in calls `[off-cpu]`, and in the own time of
 * `schedule` and its like, unless that is short.
 */
export function withoutSleep(sink: TimelineSink): AwakeSink {
  const leftOut: LeftOut = { asleep: 0, idle: 0 }
  const kinds: Kind[] = []
  const interrupts = new InterruptBegins()
  const rows: Row[] = []
  return {
    ...forwarding(sink),
    leftOut,
    defineFunction(id, definition) {
      kinds[id] = kindOf(definition)
      interrupts.defineFunction(id, definition)
      sink.defineFunction(id, definition)
    },
    defineTrack(id, track) {
      interrupts.defineTrack(id, track)
      const isIdle = track.pid === 0 && !track.isInterrupts
      rows[id] ??= { level: 0, isIdle: [], isHidden: [false], inside: [0], shown: [0] }
      rows[id].isIdle[0] = isIdle
      sink.defineTrack(id, track)
    },
    begin(track, func, at) {
      const row = rows[track]
      const around = row.level++
      const { level } = row
      row.inside[level] = row.shown[level] = 0
      const isIdle = row.isIdle[around] || kinds[func] === 'idle'
      row.isIdle[level] = isIdle && !interrupts.isAt(track, func)
      row.isHidden[level] = row.isIdle[level] || kinds[func] === 'off-cpu'
      if (!row.isHidden[level]) sink.begin(track, func, at)
    },
    end(track, func, at, duration, notes) {
      const row = rows[track]
      const level = row.level--
      const inside = row.inside[level]
      const weight = weightOf(duration, inside)
      const own = weight - inside
      const isHidden = row.isHidden[level]
      const isAway = isHidden || (kinds[func] !== undefined && own > SHORTEST_SLEEP)
      if (isAway) leftOut[row.isIdle[level] || kinds[func] === 'idle' ? 'idle' : 'asleep'] += own
      const shown = row.shown[level] + (isAway ? 0 : own)
      row.inside[level - 1] += weight
      row.shown[level - 1] += shown
      if (isHidden) return
      const awake = Math.max(duration - (weight - shown), 0)
      sink.end(track, func, at, duration === UNMEASURED ? UNMEASURED : awake, notes)
    },
  }
}

/** How time passes in a function without use of the cpu; undefined if it does not. */
type Kind = 'off-cpu' | 'asleep' | 'idle' | undefined

function kindOf(func: Parameters<typeof idles>[0]): Kind {
  if (func.name === OFF_CPU) return 'off-cpu'
  if (idles(func)) return 'idle'
  return sleeps(func) ? 'asleep' : undefined
}

/** The open calls of a track, by level; level 0 is outside of all. */
interface Row {
  level: number
  readonly isIdle: boolean[]
  readonly isHidden: boolean[]
  /** Nanoseconds of callees, and the part of them that is passed on. */
  readonly inside: Nanos[]
  readonly shown: Nanos[]
}
