/** The events that lines were found to mean, in columns that TypeScript reads. */
import { sendEvents } from './host'

// As in ../calls/call-events.ts.
export const BEGIN: i32 = 0
export const END: i32 = 1
const MIGRATE: i32 = 2
const NOTED_END: i32 = 3

export const MOST_EVENTS: i32 = 512

/** Of each event, four times the track and what it is; and its function, or the cpu. */
export const eventNumbers: usize = memory.data(MOST_EVENTS * 8, 8)
/** Of each event, its position; and the duration of a call that ends. */
export const eventTimes: usize = memory.data(MOST_EVENTS * 16, 8)
/** Of a call with notes that ends, those of its entry and of its exit. */
export const eventNotes: usize = memory.data(MOST_EVENTS * 8, 8)
/** Of each event, the number among the lines that were scanned of the one that told it. */
export const eventLines: usize = memory.data(MOST_EVENTS * 4, 8)

let count: i32 = 0
let areCallsOnly = true
let line: i32 = 0

/** Events are told by this line from here on. */
export function setLine(index: i32): void {
  line = index
}

/** How many events there are. They are TypeScript's from here on, until the next one is added. */
export function takeEvents(): i32 {
  const taken = count
  count = 0
  return taken
}

/** Whether all of them are begins and ends without notes, since it was last asked. */
export function tookCallsOnly(): bool {
  const result = areCallsOnly
  areCallsOnly = true
  return result
}

export function addBegin(track: i32, func: u32, at: f64): void {
  add(track * 4 + BEGIN, func, at, 0)
}

export function addEnd(
  track: i32,
  func: u32,
  at: f64,
  duration: f64,
  entryNotes: i32,
  exitNotes: i32,
): void {
  if ((entryNotes | exitNotes) === 0) {
    add(track * 4 + END, func, at, duration)
    return
  }
  areCallsOnly = false
  const notes = eventNotes + <usize>count * 8
  store<i32>(notes, entryNotes)
  store<i32>(notes, exitNotes, 4)
  add(track * 4 + NOTED_END, func, at, duration)
}

export function addMigration(track: i32, cpu: i32, at: f64): void {
  areCallsOnly = false
  add(track * 4 + MIGRATE, cpu, at, 0)
}

function add(what: i32, operand: u32, at: f64, duration: f64): void {
  const numbers = eventNumbers + <usize>count * 8
  const times = eventTimes + <usize>count * 16
  store<i32>(numbers, what)
  store<u32>(numbers, operand, 4)
  store<f64>(times, at)
  store<f64>(times, duration, 8)
  store<i32>(eventLines + <usize>count * 4, line)
  if (++count === MOST_EVENTS) sendEvents()
}
