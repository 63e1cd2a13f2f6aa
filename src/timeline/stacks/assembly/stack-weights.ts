/** Adds up the calls of tracks into a tree: the module behind the class in stack-weights.ts. */
import { CALLS, NUMBERS, TIMES } from '../layout'
import { add, child, fail, functionOf, move, NAMED_LATER, NONE, name, parentOf } from './call-tree'

const UNNAMED: i32 = 0
const UNMEASURED: f64 = -1

// The open calls of a track, by level; level 0 is the root of its group.
const LEVEL: usize = 0
const CAPACITY: usize = 4
/** 1 if its events must come one by one. */
const IS_WATCHED: usize = 8
const LEVELS: usize = 16
// A level.
const NODE: usize = 0
/** The node of the last callee. */
const LAST_CHILD: usize = 4
/** Measured nanoseconds of the callees. */
const INSIDE: usize = 8
/** 1 if the call has had an UNNAMED callee. */
const HAS_UNNAMED: usize = 16
const LEVEL_SIZE: usize = 24

let capacity: u32 = 16
let stacks: usize = heap.alloc(<usize>capacity * 4)

export function open(track: u32, root: i32): void {
  while (track >= capacity) {
    capacity *= 2
    stacks = heap.realloc(stacks, <usize>capacity * 4)
  }
  const stack = heap.alloc(LEVELS + 64 * LEVEL_SIZE)
  store<u32>(stack, 0, LEVEL)
  store<u32>(stack, 64, CAPACITY)
  store<u32>(stack, 0, IS_WATCHED)
  enter(stack + LEVELS, root)
  store<usize>(stacks + <usize>track * 4, stack)
}

export function watch(track: u32, isWatched: bool): void {
  store<u32>(stackOf(track), isWatched, IS_WATCHED)
}

export function levelOf(track: u32): u32 {
  return load<u32>(stackOf(track), LEVEL)
}

export function nodeAt(track: u32, level: u32): i32 {
  return load<i32>(levelAt(stackOf(track), level), NODE)
}

/** Makes the call at this level count at another node from here on. */
export function replace(track: u32, level: u32, node: i32): void {
  const place = levelAt(stackOf(track), level)
  store<i32>(place, node, NODE)
  store<i32>(place, NONE, LAST_CHILD)
}

/** Nanoseconds of all that a track has called. */
export function inside(track: u32): f64 {
  return load<f64>(levelAt(stackOf(track), 0), INSIDE)
}

/** Takes events from `from` until `to` or the first of a watched track; returns where it stopped. */
export function take(from: u32, to: u32): u32 {
  for (let event = from; event < to; event++) {
    const numbers = <usize>NUMBERS + <usize>event * 8
    const times = <usize>TIMES + <usize>event * 16
    const what = load<u32>(numbers)
    const func = load<i32>(numbers, 4)
    const track = what >> 2
    if (load<u32>(stackOf(track), IS_WATCHED)) return event
    if (what & 1) end(track, func, load<f64>(times, 8), false)
    else if (event + 1 < to && func !== UNNAMED && load<u32>(numbers, 8) === what + 1) {
      leaf(track, func, load<f64>(times, 24))
      event++
    } else begin(track, func)
  }
  return to
}

/** A call that ends before anything else happens on its track. */
function leaf(track: u32, func: i32, duration: f64): void {
  const stack = stackOf(track)
  const place = levelAt(stack, load<u32>(stack, LEVEL))
  const node = child(load<i32>(place, NODE), func, load<i32>(place, LAST_CHILD))
  store<i32>(place, node, LAST_CHILD)
  count(place, node, 0, duration)
}

export function begin(track: u32, func: i32): void {
  let stack = stackOf(track)
  const level = load<u32>(stack, LEVEL)
  if (level + 1 === load<u32>(stack, CAPACITY)) stack = grown(track, stack)
  const place = levelAt(stack, level)
  const caller = load<i32>(place, NODE)
  const key = func === UNNAMED ? keyOfUnnamed(place, caller, track) : func
  const node = child(caller, key, load<i32>(place, LAST_CHILD))
  store<i32>(place, node, LAST_CHILD)
  store<u32>(stack, level + 1, LEVEL)
  enter(place + LEVEL_SIZE, node)
}

export function end(track: u32, func: i32, duration: f64, hasFailed: bool): void {
  const stack = stackOf(track)
  const level = load<u32>(stack, LEVEL)
  store<u32>(stack, level - 1, LEVEL)
  const place = levelAt(stack, level)
  let node = load<i32>(place, NODE)
  if (functionOf(node) < 0) node = settle(node, func)
  count(place - LEVEL_SIZE, node, load<f64>(place, INSIDE), duration)
  if (hasFailed) fail(node, 1)
}

/** Counts a call of the one at `caller`. See `weightOf` in ../call-weight.ts. */
function count(caller: usize, node: i32, inside: f64, duration: f64): void {
  const weight = max(duration, inside)
  if (duration !== UNMEASURED) {
    store<f64>(CALLS, load<f64>(CALLS) + 1)
    add(node, 1, weight - inside)
  }
  store<f64>(caller, load<f64>(caller, INSIDE) + weight, INSIDE)
}

/**
 * Moves the weights below an UNNAMED call to its function, or to its caller if it has none; returns the
 * node that the call counts at.
 */
export function settle(node: i32, func: i32): i32 {
  if (functionOf(node) === NAMED_LATER) {
    name(node, func)
    return node
  }
  const caller = parentOf(node)
  const into = func === UNNAMED ? caller : child(caller, func, NONE)
  move(node, into)
  return into
}

/** The key of an UNNAMED call: NAMED_LATER, or a key of the track's own. */
function keyOfUnnamed(place: usize, caller: i32, track: u32): i32 {
  const isFirst = !load<u32>(place, HAS_UNNAMED)
  store<u32>(place, 1, HAS_UNNAMED)
  return isFirst && functionOf(caller) < 0 ? NAMED_LATER : -2 - <i32>track
}

function enter(place: usize, node: i32): void {
  store<i32>(place, node, NODE)
  store<i32>(place, NONE, LAST_CHILD)
  store<f64>(place, 0, INSIDE)
  store<u32>(place, 0, HAS_UNNAMED)
}

function grown(track: u32, stack: usize): usize {
  const capacity = load<u32>(stack, CAPACITY) * 2
  const larger = heap.realloc(stack, LEVELS + <usize>capacity * LEVEL_SIZE)
  store<u32>(larger, capacity, CAPACITY)
  store<usize>(stacks + <usize>track * 4, larger)
  return larger
}

function stackOf(track: u32): usize {
  return load<usize>(stacks + <usize>track * 4)
}

function levelAt(stack: usize, level: u32): usize {
  return stack + LEVELS + <usize>level * LEVEL_SIZE
}
