/**
 * What most lines mean. `Stacks` has the whole of it, and says why. It goes on in the same memory with
 * any other line: also with one that was followed here up to where it turned out to be odd.
 */
import {
  CPU_SIZE,
  cpus,
  eventNumbers,
  eventTimes,
  followed,
  LEVELS,
  MOST_CPUS,
  MOST_EVENTS,
  MOST_STACKS,
  MOST_TASKS,
  records,
  STACK_SIZE,
  stacks,
  sums,
  taskTracks,
} from './memory'
import {
  ABSENT,
  CPU,
  DEPTH,
  DURATION,
  EXIT,
  FUNCTION,
  KIND,
  LEAF,
  NANOS,
  RECORD_SIZE,
  SECONDS,
  TASK,
} from './record'

// A stack: numbers of 32 bits, and from CURSOR on of 64.
const IS_FOLLOWED: usize = 0
const OPEN: usize = 4
const ITS_CPU: usize = 8
const LEAF_FUNCTION: usize = 12
const LEAF_DEPTH: usize = 16
const CURSOR: usize = 24
const LEAF_BEGIN: usize = 32
const LEAF_DURATION: usize = 40
// Its levels.
const FUNCTIONS: usize = 64
const DEPTHS: usize = FUNCTIONS + <usize>LEVELS * 4
const BEGINS: usize = DEPTHS + <usize>LEVELS * 4
const INSIDE: usize = BEGINS + <usize>LEVELS * 8

// A cpu.
const RUNNING: usize = 0
const LAST: usize = 4
const IDLE: usize = 8
const SLOTS: usize = 12
const NAMED_DEPTHS: u32 = 50

/** In place of a task's track: it has one on each cpu. */
const EACH_CPU: u32 = -1

// Sums.
const FIRST: usize = 0
const LATEST: usize = 8
const ROOTS: usize = 16
const WITHOUT_ENTRY: usize = 24
const WITHOUT_EXIT: usize = 32
const ORIGIN_SECONDS: usize = 40
const ORIGIN_NANOS: usize = 48

const UNNAMED: u32 = 0
const UNMEASURED: f64 = -1
// What an event is.
const CALL_BEGINS: u32 = 0
const CALL_ENDS: u32 = 1

/** As in stacks.ts. */
const WITHIN_MICRO: f64 = 999
const WRAP: f64 = 4294967296000

/** There is room for what one more line may mean: all levels end, and as many begin. */
const ENOUGH_EVENTS: u32 = <u32>MOST_EVENTS - 2 * LEVELS - 4

let hasTime = false
let hasSlots = false

// What the last `follow` has done.
const ENTRIES: usize = 0
const LEAVES: usize = 4
const EXITS: usize = 8
const ORPHANS: usize = 12
const INCOMPLETE: usize = 16
const EVENTS: usize = 20

let events: u32 = 0
let entries: u32 = 0
let leaves: u32 = 0
let exits: u32 = 0
let orphans: u32 = 0
let incomplete: u32 = 0

export function setCapture(time: bool, slots: bool): void {
  hasTime = time
  hasSlots = slots
}

/**
 * Follows the records from number `from` up to `end`, or to one that is left to others, which may
 * be one of the time that is given. Returns the number of the first one that was not followed.
 */
export function follow(from: u32, end: u32, seconds: u32, nanos: u32): u32 {
  events = 0
  entries = 0
  leaves = 0
  exits = 0
  orphans = 0
  incomplete = 0
  let index = from
  for (; index < end && events <= ENOUGH_EVENTS; index++) {
    const record = records + <usize>index * RECORD_SIZE
    if (hasTime && isAt(record, seconds, nanos)) break
    if (!followLine(record)) break
  }
  store<u32>(followed, entries, ENTRIES)
  store<u32>(followed, leaves, LEAVES)
  store<u32>(followed, exits, EXITS)
  store<u32>(followed, orphans, ORPHANS)
  store<u32>(followed, incomplete, INCOMPLETE)
  store<u32>(followed, events, EVENTS)
  return index
}

function isAt(record: usize, seconds: u32, nanos: u32): bool {
  return load<u32>(record, NANOS) === nanos && load<u32>(record, SECONDS) === seconds
}

function followLine(record: usize): bool {
  const cpuNumber = load<u32>(record, CPU)
  if (cpuNumber + 1 >= MOST_CPUS) return false
  const cpu = cpus + <usize>(cpuNumber + 1) * CPU_SIZE
  const track = trackOf(load<u32>(record, TASK), cpu)
  if (track >= MOST_STACKS) return false
  const stack = stackOf(track)
  if (!load<u32>(stack, IS_FOLLOWED) || load<u32>(stack, ITS_CPU) !== cpuNumber) return false
  const head = load<u32>(record)
  const depth = head >> DEPTH
  if (depth >= LEVELS - 1) return false
  const time = timeOf(record)
  if ((head & KIND) === EXIT) return exit(stack, track, cpu, record, depth, time)
  const isLeaf = (head & KIND) === LEAF
  if (isLeaf && depth === 0 && load<f64>(record, DURATION) === 0) return false
  if (!settle(stack, track, cpu, time)) return false
  const at = positionOf(stack, time)
  if (at > time + WITHIN_MICRO) return false
  reach(stack, at)
  const next = nextDepth(stack)
  if (depth !== next) {
    if (depth < next) unwind(stack, track, depth)
    bridge(stack, track, depth)
  }
  const func = load<u32>(record, FUNCTION)
  if (depth < NAMED_DEPTHS) store<u32>(cpu + <usize>depth * 4, isLeaf ? UNNAMED : func, SLOTS)
  if (isLeaf) leaf(stack, track, func, depth, load<f64>(record, DURATION))
  else entry(stack, track, func, depth)
  return true
}

function entry(stack: usize, track: u32, func: u32, depth: u32): void {
  entries++
  push(stack, track, func, depth)
}

function leaf(stack: usize, track: u32, func: u32, depth: u32, duration: f64): void {
  const at = load<f64>(stack, CURSOR)
  leaves++
  tell(track, CALL_BEGINS, func, at, 0)
  store<u32>(stack, func, LEAF_FUNCTION)
  store<u32>(stack, depth, LEAF_DEPTH)
  store<f64>(stack, at, LEAF_BEGIN)
  store<f64>(stack, duration, LEAF_DURATION)
  if (!hasTime) endLeaf(stack, track, Infinity)
}

function exit(stack: usize, track: u32, cpu: usize, record: usize, depth: u32, time: f64): bool {
  const named = nameOfExit(cpu, record, depth)
  const duration = load<f64>(record, DURATION)
  if (!settle(stack, track, cpu, time)) return false
  unwind(stack, track, depth + 1)
  const open = load<u32>(stack, OPEN)
  if (depth + 1 === nextDepth(stack)) {
    const func = load<u32>(stack + <usize>(open - 1) * 4, FUNCTIONS)
    if (func === UNNAMED ? named !== UNNAMED : named === UNNAMED || named === func) {
      return close(stack, track, cpu, func || named, depth, time, duration)
    }
    // Which of them is right depends on more than the two.
    if (func === UNNAMED || isNameless(record)) return false
    unwind(stack, track, depth)
  }
  if (named === UNNAMED) return false
  // Neither the entry nor anything that it called is in the trace.
  const earliest = hasTime ? time - max(duration, 0) : positionOf(stack, time)
  reach(stack, max(load<f64>(stack, CURSOR), earliest))
  bridge(stack, track, depth)
  push(stack, track, UNNAMED, depth)
  return close(stack, track, cpu, named, depth, time, duration)
}

/** Ends the innermost call with its printed duration, unless there is something odd about it. */
function close(
  stack: usize,
  track: u32,
  cpu: usize,
  func: u32,
  depth: u32,
  time: f64,
  printed: f64,
): bool {
  const level = <usize>(load<u32>(stack, OPEN) - 1)
  const begin = load<f64>(stack + level * 8, BEGINS)
  const inside = load<f64>(stack + level * 8, INSIDE)
  const cursor = load<f64>(stack, CURSOR)
  const hasEntry = load<u32>(stack + level * 4, FUNCTIONS) !== UNNAMED
  let end = begin + printed
  if (hasTime) {
    if (hasEntry && time - begin > WRAP) return false
    if (!hasEntry || printed < 0) end = time
    else if (end > time + WITHIN_MICRO) end = time + WITHIN_MICRO
    else if (end < time - WITHIN_MICRO) end = time
  } else if (printed < 0) end = cursor + 1
  end = max(end, cursor)
  const duration = printed < 0 ? end - begin : printed
  if (inside > duration) return false
  exits++
  if (!hasEntry) {
    orphans++
    addTo(WITHOUT_ENTRY, duration - inside)
  }
  if (depth < NAMED_DEPTHS) store<u32>(cpu + <usize>depth * 4, UNNAMED, SLOTS)
  store<u32>(stack, <u32>level, OPEN)
  reach(stack, end)
  tell(track, CALL_ENDS, func, end, duration)
  addInside(stack, duration)
  return true
}

/** Ends what is open at `depth` and deeper: the exits are not in the trace. */
function unwind(stack: usize, track: u32, depth: u32): void {
  while (nextDepth(stack) > depth) {
    const level = <usize>(load<u32>(stack, OPEN) - 1)
    const func = load<u32>(stack + level * 4, FUNCTIONS)
    const inside = load<f64>(stack + level * 8, INSIDE)
    const cursor = load<f64>(stack, CURSOR)
    store<u32>(stack, <u32>level, OPEN)
    if (func !== UNNAMED) {
      incomplete++
      addTo(WITHOUT_EXIT, cursor - load<f64>(stack + level * 8, BEGINS) - inside)
    }
    tell(track, CALL_ENDS, func, cursor, UNMEASURED)
    addInside(stack, inside)
  }
}

/** Begins an UNNAMED call for each level between the innermost open call and `depth`. */
function bridge(stack: usize, track: u32, depth: u32): void {
  for (let level = nextDepth(stack); level < depth; level++) {
    push(stack, track, UNNAMED, level)
    reach(stack, load<f64>(stack, CURSOR) + 1)
  }
}

/** Begins a call where the track has come to. */
function push(stack: usize, track: u32, func: u32, depth: u32): void {
  const level = <usize>load<u32>(stack, OPEN)
  const at = load<f64>(stack, CURSOR)
  store<u32>(stack, <u32>level + 1, OPEN)
  store<u32>(stack + level * 4, func, FUNCTIONS)
  store<u32>(stack + level * 4, depth, DEPTHS)
  store<f64>(stack + level * 8, at, BEGINS)
  store<f64>(stack + level * 8, 0, INSIDE)
  tell(track, CALL_BEGINS, func, at, 0)
}

/** The track whose stack a line belongs to, or one beyond all. */
function trackOf(task: u32, cpu: usize): u32 {
  if (task === ABSENT) return load<u32>(cpu, RUNNING) - 1
  if (task >= MOST_TASKS) return ABSENT
  const track = load<u32>(taskTracks + <usize>task * 4)
  return (track === EACH_CPU ? load<u32>(cpu, IDLE) : track) - 1
}

function stackOf(track: u32): usize {
  return stacks + <usize>track * STACK_SIZE
}

/** One more than the depth of the innermost open call. */
function nextDepth(stack: usize): u32 {
  const open = <usize>load<u32>(stack, OPEN)
  return open === 0 ? 0 : load<u32>(stack + (open - 1) * 4, DEPTHS) + 1
}

function timeOf(record: usize): f64 {
  if (!hasTime) return Infinity
  const seconds = <f64>load<u32>(record, SECONDS) - load<f64>(sums, ORIGIN_SECONDS)
  return seconds * 1e9 + <f64>load<u32>(record, NANOS) - load<f64>(sums, ORIGIN_NANOS)
}

function positionOf(stack: usize, time: f64): f64 {
  const cursor = load<f64>(stack, CURSOR)
  if (hasTime) return max(time, cursor)
  return load<u32>(stack, OPEN) > 0 ? cursor : load<f64>(sums, LATEST)
}

/** Ends what the line bounds: a leaf of its stack, and one of the task that its cpu ran before. */
function settle(stack: usize, track: u32, cpu: usize, time: f64): bool {
  if (!hasTime) return true
  settleLeaf(stack, track, time)
  const last = load<u32>(cpu, LAST) - 1
  if (last !== track) {
    if (last !== ABSENT) {
      if (last >= MOST_STACKS) return false
      const other = stackOf(last)
      if (!load<u32>(other, IS_FOLLOWED)) return false
      if (load<u32>(other, ITS_CPU) === load<u32>(stack, ITS_CPU)) settleLeaf(other, last, time)
    }
    store<u32>(cpu, track + 1, LAST)
  }
  return true
}

function settleLeaf(stack: usize, track: u32, time: f64): void {
  if (load<u32>(stack, LEAF_FUNCTION) !== UNNAMED) endLeaf(stack, track, time)
}

function endLeaf(stack: usize, track: u32, time: f64): void {
  const begin = load<f64>(stack, LEAF_BEGIN)
  let duration = load<f64>(stack, LEAF_DURATION)
  let end = begin + duration
  if (duration < 0) {
    end = hasTime ? max(time, begin) : begin + 1
    duration = end - begin
  } else if (end > time + WITHIN_MICRO) end = max(time + WITHIN_MICRO, begin)
  reach(stack, end)
  tell(track, CALL_ENDS, load<u32>(stack, LEAF_FUNCTION), end, duration)
  store<u32>(stack, UNNAMED, LEAF_FUNCTION)
  addInside(stack, duration)
}

/** The note names it; without one the kernel has found the function in its slot. */
function nameOfExit(cpu: usize, record: usize, depth: u32): u32 {
  const func = load<u32>(record, FUNCTION)
  if (func !== UNNAMED || !hasSlots || depth >= NAMED_DEPTHS) return func
  return load<u32>(cpu + <usize>depth * 4, SLOTS)
}

/** The task column says whose exit it is, but nothing says of which function. */
function isNameless(record: usize): bool {
  return load<u32>(record, FUNCTION) === UNNAMED && load<u32>(record, TASK) !== ABSENT
}

function addInside(stack: usize, duration: f64): void {
  const open = <usize>load<u32>(stack, OPEN)
  const sum = open === 0 ? sums + ROOTS : stack + INSIDE + (open - 1) * 8
  store<f64>(sum, load<f64>(sum) + duration)
}

function addTo(sum: usize, nanos: f64): void {
  if (nanos > 0) store<f64>(sums + sum, load<f64>(sums + sum) + nanos)
}

function reach(stack: usize, at: f64): void {
  store<f64>(stack, at, CURSOR)
  if (at > load<f64>(sums, LATEST)) store<f64>(sums, at, LATEST)
  if (load<f64>(sums, FIRST) < 0) store<f64>(sums, at, FIRST)
}

function tell(track: u32, what: u32, func: u32, at: f64, duration: f64): void {
  const event = <usize>events
  store<u32>(eventNumbers + event * 8, track * 4 + what)
  store<u32>(eventNumbers + event * 8, func, 4)
  store<f64>(eventTimes + event * 16, at)
  store<f64>(eventTimes + event * 16, duration, 8)
  events++
}
