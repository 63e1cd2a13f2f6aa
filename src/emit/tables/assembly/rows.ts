/** Follows the open calls of each track, and makes a row of each call that ends: see `finishedCalls`. */
import { NUMBERS, TIMES } from '../../../timeline/event-layout'
import {
  BEGINS,
  CPUS,
  DEPTHS,
  DURATIONS,
  FUNCTIONS,
  IDS,
  MISSING,
  NOTES,
  PARENTS,
  SELVES,
  TRACKS,
} from '../row-layout'

const UNNAMED: i32 = 0
const UNMEASURED: f64 = -1

// The open calls of a track, by level; level 0 stands for the track.
const LEVEL: usize = 0
const CAPACITY: usize = 4
const CPU_NOW: usize = 8
const LEVELS: usize = 16
// A level.
const ID: usize = 0
const BEGIN: usize = 8
/** Measured nanoseconds of the callees. */
const INSIDE: usize = 16
const FUNCTION: usize = 24
const CPU: usize = 28
const LEVEL_BITS: usize = 5

let capacity: u32 = 16
let stacks: usize = heap.alloc(<usize>capacity * 4)
memory.fill(stacks, 0, <usize>capacity * 4)
let lastId: f64 = 0
let rows: u32 = 0

/** A track begins, or is defined again. */
export function open(track: u32, cpu: i32): void {
  while (track >= capacity) {
    stacks = heap.realloc(stacks, <usize>capacity * 8)
    memory.fill(stacks + <usize>capacity * 4, 0, <usize>capacity * 4)
    capacity *= 2
  }
  if (stackOf(track) !== 0) return
  const stack = heap.alloc(LEVELS + (64 << LEVEL_BITS))
  store<u32>(stack, 0, LEVEL)
  store<u32>(stack, 64, CAPACITY)
  store<i32>(stack, cpu, CPU_NOW)
  memory.fill(stack + LEVELS, 0, 1 << LEVEL_BITS)
  store<usize>(stacks + <usize>track * 4, stack)
}

/** From here on the calls of a track begin on this cpu. */
export function setCpu(track: u32, cpu: i32): void {
  store<i32>(stackOf(track), cpu, CPU_NOW)
}

/** Takes so many events; returns how many rows there are by then. */
export function take(events: u32): u32 {
  for (let event: u32 = 0; event < events; event++) {
    const numbers = <usize>NUMBERS + <usize>event * 8
    const times = <usize>TIMES + <usize>event * 16
    const what = load<u32>(numbers)
    const func = load<i32>(numbers, 4)
    if (what & 1) end(what >> 2, func, load<f64>(times, 8))
    else begin(what >> 2, func, load<f64>(times))
  }
  return rows
}

/** The rows have been written. */
export function clear(): void {
  memory.fill(NOTES, 0, <usize>rows * 8)
  rows = 0
}

function begin(track: u32, func: i32, at: f64): void {
  let stack = stackOf(track)
  const level = load<u32>(stack, LEVEL) + 1
  if (level === load<u32>(stack, CAPACITY)) stack = grown(track, stack)
  store<u32>(stack, level, LEVEL)
  const place = levelAt(stack, level)
  store<f64>(place, ++lastId, ID)
  store<f64>(place, at, BEGIN)
  store<f64>(place, 0, INSIDE)
  store<i32>(place, func, FUNCTION)
  store<i32>(place, load<i32>(stack, CPU_NOW), CPU)
}

function end(track: u32, func: i32, duration: f64): void {
  const stack = stackOf(track)
  const level = load<u32>(stack, LEVEL)
  store<u32>(stack, level - 1, LEVEL)
  const place = levelAt(stack, level)
  const caller = levelAt(stack, level - 1)
  const inside = load<f64>(place, INSIDE)
  // See `weightOf` in ../../../timeline/call-weight.ts.
  const weight = max(duration, inside)
  store<f64>(caller, load<f64>(caller, INSIDE) + weight, INSIDE)
  if (func === UNNAMED) return
  const isMeasured = duration !== UNMEASURED
  const wide = <usize>rows * 8
  store<f64>(<usize>IDS + wide, load<f64>(place, ID))
  store<f64>(<usize>PARENTS + wide, load<f64>(caller, ID))
  store<f64>(<usize>BEGINS + wide, load<f64>(place, BEGIN))
  store<f64>(<usize>DURATIONS + wide, duration)
  store<f64>(<usize>SELVES + wide, isMeasured ? weight - inside : UNMEASURED)
  const narrow = <usize>rows * 4
  store<u32>(<usize>TRACKS + narrow, track)
  store<i32>(<usize>FUNCTIONS + narrow, func)
  store<u32>(<usize>DEPTHS + narrow, level - 1)
  store<i32>(<usize>CPUS + narrow, load<i32>(place, CPU))
  const hasEntry = load<i32>(place, FUNCTION) !== UNNAMED
  store<u32>(<usize>MISSING + narrow, (hasEntry ? 0 : 1) + (isMeasured ? 0 : 2))
  rows++
}

function grown(track: u32, stack: usize): usize {
  const larger = load<u32>(stack, CAPACITY) * 2
  const moved = heap.realloc(stack, LEVELS + ((<usize>larger) << LEVEL_BITS))
  store<u32>(moved, larger, CAPACITY)
  store<usize>(stacks + <usize>track * 4, moved)
  return moved
}

function stackOf(track: u32): usize {
  return load<usize>(stacks + <usize>track * 4)
}

function levelAt(stack: usize, level: u32): usize {
  return stack + LEVELS + ((<usize>level) << LEVEL_BITS)
}
