/** Where lines stand in time: nanoseconds since the first moment of the trace. */
import { IMPOSSIBLE_TIMES } from './counted'
import { count } from './counts'
import { Line } from './line'
import { Stack } from './stack'

/** Timestamps are cut to the microsecond: an event happened up to this much after its time. */
export const WITHIN_MICRO: f64 = 999

/** Positions beyond 104 days are not exact to the nanosecond. */
const LARGEST: f64 = 9007199254740991

/** A kernel's clock has 64 bits: it prints no more seconds than that. */
const LAST_SECOND: f64 = 18446744073

/** Whether lines have timestamps that tell time. */
export let hasTime = false
/** The factor from timestamps to nanoseconds. */
let scale: f64 = 1
/** Whether positions are measured from a timestamp, and whether this one is right for the capture. */
let hasOrigin = false
let isOriginSet = false

/** The first timestamp as printed, if the trace begins with one; negative seconds otherwise. */
export let firstSeconds: f64 = -1
export let firstNanos: f64 = 0
/** That of the capture. */
export let captureSeconds: f64 = -1
export let captureNanos: f64 = 0

/** The origin of positions: seconds, and nanoseconds behind them. */
let originSeconds: f64 = 0
let originNanos: f64 = 0

/** The first position of the capture, -1 before there is one; and the latest of the trace. */
export let earliest: f64 = -1
export let latest: f64 = 0
/** Where the trace had come to when the capture began. */
let start: f64 = 0

/** Another capture begins: it continues in time where the one before came to. */
export function startClock(time: bool, clockScale: f64): void {
  hasTime = time
  scale = clockScale
  isOriginSet = false
  captureSeconds = -1
  earliest = -1
  start = latest
}

/** The time of a line; without timestamps, no bound at all. */
export function timeOf(line: Line): f64 {
  return hasTime ? timestampOf(line) : Infinity
}

/** A line whose timestamp tells nothing stands where the trace has come to. */
function timestampOf(line: Line): f64 {
  if (!(line.seconds <= LAST_SECOND)) return unknownTime()
  if (!isOriginSet) setOrigin(line)
  const time = sinceOrigin(line)
  return abs(time) <= LARGEST ? time : unknownTime()
}

function unknownTime(): f64 {
  count(IMPOSSIBLE_TIMES)
  return latest
}

function sinceOrigin(line: Line): f64 {
  const time = (line.seconds - originSeconds) * 1e9 + line.nanos
  return (scale === 1 ? time : Math.round(time * scale)) - originNanos
}

function setOrigin(line: Line): void {
  captureSeconds = line.seconds
  captureNanos = line.nanos
  if (!hasOrigin && latest === 0) {
    firstSeconds = line.seconds
    firstNanos = line.nanos
  }
  if (!hasOrigin || sinceOrigin(line) < latest - WITHIN_MICRO) {
    originSeconds = line.seconds
    originNanos = 0
    originNanos = sinceOrigin(line) - latest
  }
  hasOrigin = true
  isOriginSet = true
}

/**
 * Where time has come to for a track of a trace without timestamps. A task that goes on inside of
 * open calls has not seen what other cpus did meanwhile.
 */
export function now(stack: Stack): f64 {
  return stack.open > 0 || stack.isInterrupts ? stack.cursor : latest
}

/** A track comes to a position, or as far as positions go. */
export function reach(stack: Stack, at: f64): void {
  stack.cursor = min(at, LARGEST)
  if (stack.cursor > latest) latest = stack.cursor
  if (earliest < 0) earliest = max(stack.cursor, start)
}
