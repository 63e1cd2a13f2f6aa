/** Begins and ends of calls as text: the module behind the class in call-lines.ts. */
import { NUMBERS, TIMES } from '../../../timeline/event-layout'

const UNNAMED: i32 = 0
const UNMEASURED: f64 = -1

// The kinds of lines.
const BEGIN: u32 = 0
const END: u32 = 1
const MARK: u32 = 2

/** `000` to `999`, four bytes each. */
const TRIPLES: usize = 1024
/** The digits of the last time's milliseconds. */
const MILLIS: usize = 5120
/** Room for the digits of a time, and for the bytes that `copy` writes too many. */
const ROOM: usize = 64

// A prepared text, padded to sixteen bytes.
const PLACE: usize = 0
const LENGTH: usize = 4
const PART_BITS: usize = 3

// A track: for each kind of line the text before the time, and how many calls are open.
const LEVEL: usize = 24
// The open calls that began UNNAMED, and the level of the innermost, or -1.
const LATE_LEVEL: usize = 28
const LATE: usize = 32
const LATE_LENGTH: usize = 36
const LATE_CAPACITY: usize = 40
const TRACK_BITS: usize = 6
// One of these calls.
const LATE_AT: usize = 8
const LATE_BITS: usize = 4
// A function: for each kind of line the text behind the time.
const FUNCTION_BITS: usize = 5

let tracks: usize = 0
let trackCapacity: u32 = 0
let functions: usize = heap.alloc(1024 << FUNCTION_BITS)
let functionCapacity: u32 = 1024

/** The text that was written last, and its length. */
export let text: usize = heap.alloc(65536)
export let length: usize = 0
/** Up to the last end in the text, inclusive. */
export let lengthToEnd: usize = 0
let capacity: usize = 65536
let longestHead: usize = 0
let longestTail: usize = 0

/** How many calls have been written, and how many of them were UNMEASURED. */
export let ended: f64 = 0
export let unmeasured: f64 = 0

let originNanos: i64 = 0
let originMillis: i64 = 0
let hasMicros = false
/** The start of the last time's millisecond, in nanoseconds. */
let base: i64 = i64.MIN_VALUE
let millisLength: usize = 0

for (let value: u32 = 0; value < 1000; value++) {
  const digits = (value / 100) | (((value / 10) % 10) << 8) | ((value % 10) << 16)
  store<u32>(TRIPLES + ((<usize>value) << 2), digits + 0x303030)
}

/** Times are nanoseconds, or microseconds with three decimals or none; the origin is added to them. */
export function setTimes(areMicros: bool, nanos: f64, millis: f64): void {
  hasMicros = areMicros
  originNanos = <i64>nanos
  originMillis = <i64>millis
  base = i64.MIN_VALUE
}

/** Returns where to put the text before the time, in a line of the track. */
export function head(track: u32, line: u32, size: usize): usize {
  while (track >= trackCapacity) addTracks()
  longestHead = max(longestHead, size)
  return newPart(headOf(trackAt(track), line), size)
}

/** Returns where to put the text behind the time, in a line of the function. */
export function tail(func: i32, line: u32, size: usize): usize {
  while (<u32>func >= functionCapacity) {
    functionCapacity *= 2
    functions = heap.realloc(functions, (<usize>functionCapacity) << FUNCTION_BITS)
  }
  longestTail = max(longestTail, size)
  return newPart(tailOf(func, line), size)
}

/** Doubles the tracks. */
function addTracks(): void {
  const from = trackCapacity
  trackCapacity = max(16, from * 2)
  const size = (<usize>trackCapacity) << TRACK_BITS
  tracks = from === 0 ? heap.alloc(size) : heap.realloc(tracks, size)
  memory.fill(trackAt(from), 0, size - ((<usize>from) << TRACK_BITS))
  for (let track = from; track < trackCapacity; track++) {
    store<i32>(trackAt(track), -1, LATE_LEVEL)
  }
}

function newPart(part: usize, size: usize): usize {
  if (most() * 2 > capacity) {
    capacity = most() * 4
    text = heap.realloc(text, capacity)
  }
  const place = heap.alloc((size + 15) & ~15)
  store<usize>(part, place, PLACE)
  store<usize>(part, size, LENGTH)
  return place
}

/** The longest text of one event. */
function most(): usize {
  return 3 * (longestHead + longestTail + ROOM)
}

/** Writes events, `from` up to `to`; returns the number of the first one that had no room. */
export function write(from: u32, to: u32): u32 {
  const end = text + capacity - most()
  let out = text
  let event = from
  for (; event < to && out <= end; event++) {
    const numbers = <usize>NUMBERS + ((<usize>event) << 3)
    const times = <usize>TIMES + ((<usize>event) << 4)
    const what = load<u32>(numbers)
    // Neither a begin nor an end.
    if ((what & 2) !== 0) continue
    const func = load<i32>(numbers, 4)
    const at = load<f64>(times)
    const track = trackAt(what >> 2)
    const level = load<i32>(track, LEVEL)
    if ((what & 1) === BEGIN) {
      store<i32>(track, level + 1, LEVEL)
      if (func !== UNNAMED) out = line(out, track, BEGIN, func, at)
      else addLate(track, level, at)
    } else {
      store<i32>(track, level - 1, LEVEL)
      if (level - 1 === load<i32>(track, LATE_LEVEL)) {
        const begin = takeLate(track)
        if (func === UNNAMED) continue
        out = line(out, track, BEGIN, func, begin)
      }
      ended++
      out = line(out, track, END, func, at)
      lengthToEnd = out - text
      if (load<f64>(times, 8) === UNMEASURED) {
        unmeasured++
        if (load<usize>(headOf(track, MARK), LENGTH) > 0) out = line(out, track, MARK, func, at)
      }
    }
  }
  length = out - text
  return event
}

/** Writes a time by itself. */
export function writeTime(at: f64): void {
  length = time(text, at) - text
}

function line(out: usize, track: usize, line: u32, func: i32, at: f64): usize {
  out = copy(out, headOf(track, line))
  out = time(out, at)
  return copy(out, tailOf(func, line))
}

function copy(out: usize, part: usize): usize {
  const from = load<usize>(part, PLACE)
  const size = load<usize>(part, LENGTH)
  for (let i: usize = 0; i < size; i += 16) v128.store(out + i, v128.load(from + i))
  return out + size
}

/** Most times are in the same millisecond as the one before. */
function time(out: usize, at: f64): usize {
  const nanos = <i64>at + originNanos
  if (<u64>(nanos - base) >= 1_000_000) setMillis(nanos / 1_000_000)
  const rest = <u32>(nanos - base)
  const micros = rest / 1000
  const fraction = rest - micros * 1000
  if (millisLength === 0) {
    out = integer(out, hasMicros ? micros : rest)
  } else {
    v128.store(out, v128.load(MILLIS))
    out += millisLength
    store<u32>(out, triple(micros))
    out += 3
    if (!hasMicros) {
      store<u32>(out, triple(fraction))
      return out + 3
    }
  }
  if (!hasMicros || fraction === 0) return out
  store<u32>(out, (triple(fraction) << 8) | 0x2e)
  return out + 4
}

/** 0 milliseconds have no digits. */
function setMillis(millis: i64): void {
  base = millis * 1_000_000
  const all = millis + originMillis
  millisLength = all === 0 ? 0 : integer(MILLIS, all) - MILLIS
}

function integer(out: usize, value: i64): usize {
  let digits = 1
  for (let bound: i64 = 10; value >= bound; bound *= 10) digits++
  let rest = value
  for (let place = out + digits; place > out; rest /= 10) store<u8>(--place, 0x30 + <u8>(rest % 10))
  return out + digits
}

function triple(value: u32): u32 {
  return load<u32>(TRIPLES + ((<usize>value) << 2))
}

function addLate(track: usize, level: i32, at: f64): void {
  const count = load<u32>(track, LATE_LENGTH)
  const room = load<u32>(track, LATE_CAPACITY)
  if (count === room) {
    const larger = max(8, room * 2)
    const size = (<usize>larger) << LATE_BITS
    const late = load<usize>(track, LATE)
    store<usize>(track, late === 0 ? heap.alloc(size) : heap.realloc(late, size), LATE)
    store<u32>(track, larger, LATE_CAPACITY)
  }
  const place = lateAt(track, count)
  store<i32>(place, level)
  store<f64>(place, at, LATE_AT)
  store<u32>(track, count + 1, LATE_LENGTH)
  store<i32>(track, level, LATE_LEVEL)
}

/** Takes the innermost one off; returns where it began. */
function takeLate(track: usize): f64 {
  const count = load<u32>(track, LATE_LENGTH) - 1
  store<u32>(track, count, LATE_LENGTH)
  store<i32>(track, count === 0 ? -1 : load<i32>(lateAt(track, count - 1)), LATE_LEVEL)
  return load<f64>(lateAt(track, count), LATE_AT)
}

function lateAt(track: usize, index: u32): usize {
  return load<usize>(track, LATE) + ((<usize>index) << LATE_BITS)
}

function trackAt(track: u32): usize {
  return tracks + ((<usize>track) << TRACK_BITS)
}

function headOf(track: usize, line: u32): usize {
  return track + ((<usize>line) << PART_BITS)
}

function tailOf(func: i32, line: u32): usize {
  return functions + ((<usize>func) << FUNCTION_BITS) + ((<usize>line) << PART_BITS)
}
