/** Begins and ends of calls as text: the module behind the class in call-lines.ts. */
import { MOST_EVENTS, NUMBERS, TIMES } from '../../../timeline/event-layout'

const UNNAMED: i32 = 0
const UNMEASURED: f64 = -1

// The kinds of lines.
const BEGIN: u32 = 0
const END: u32 = 1

// The parts of the arguments at the end of a call, in the order in which they are written.
const OPENING: u32 = 0
const NO_ENTRY: u32 = 1
const INCOMPLETE: u32 = 2
const DURATION: u32 = 3
const PARTS: u32 = 4
const COMMA: u8 = 0x2c
const BRACES: u16 = 0x7d7d

/** Timestamps have microseconds: a difference up to one between extent and duration means nothing. */
const ROUNDING: f64 = 1000

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

// A track: the text before the time in each of its lines, and its open calls.
const OPEN: usize = 16
const OPEN_LENGTH: usize = 20
const OPEN_CAPACITY: usize = 24
const TRACK_BITS: usize = 5
// An open call: its function, and where it began.
const OPEN_AT: usize = 8
const OPEN_BITS: usize = 4
// A function: the text behind the time.
const FUNCTION_BITS: usize = 4

let tracks: usize = 0
let trackCapacity: u32 = 0
let functions: usize = heap.alloc(1024 << FUNCTION_BITS)
let functionCapacity: u32 = 1024

const parts: usize = heap.alloc((<usize>PARTS) << PART_BITS)
memory.fill(parts, 0, (<usize>PARTS) << PART_BITS)
let partsLength: usize = 0
let longestNotes: usize = 0
/** Of each event, the prepared text of what is noted on it, each argument with a comma; 0 for none. */
export const notes: usize = heap.alloc((<usize>MOST_EVENTS) << PART_BITS)
memory.fill(notes, 0, (<usize>MOST_EVENTS) << PART_BITS)

/** Where the text stands that was written last, and how much of it there is. */
export let text: usize = heap.alloc(65536)
export let length: usize = 0
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

/** Where to put a part of the arguments: what opens them, one of them with a comma, or the key of DURATION. */
export function argumentPart(part: u32, size: usize): usize {
  partsLength += size
  return newPart(partOf(part), size)
}

/** Returns where to put the text of notes, which is there until it is freed. */
export function defineNotes(size: usize): usize {
  longestNotes = max(longestNotes, size)
  reserve()
  return heap.alloc((size + 15) & ~15)
}

export function freeNotes(place: usize): void {
  heap.free(place)
}

/** As many as there are, or a few. */
function addTracks(): void {
  const from = trackCapacity
  trackCapacity = max(16, from * 2)
  const size = (<usize>trackCapacity) << TRACK_BITS
  tracks = from === 0 ? heap.alloc(size) : heap.realloc(tracks, size)
  memory.fill(trackAt(from), 0, size - ((<usize>from) << TRACK_BITS))
}

function newPart(part: usize, size: usize): usize {
  reserve()
  const place = heap.alloc((size + 15) & ~15)
  store<usize>(part, place, PLACE)
  store<usize>(part, size, LENGTH)
  return place
}

function reserve(): void {
  if (most() * 2 <= capacity) return
  capacity = most() * 4
  text = heap.realloc(text, capacity)
}

/** The longest text of one event. */
function most(): usize {
  return 2 * (longestHead + longestTail + ROOM) + partsLength + longestNotes + ROOM
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
    if ((what & 1) === BEGIN) {
      open(track, func, at)
      if (func !== UNNAMED) out = line(out, track, BEGIN, func, at)
      continue
    }
    const call = close(track)
    // A call that is never named is not shown, nor what is noted on it.
    if (func === UNNAMED) continue
    const begin = load<f64>(call, OPEN_AT)
    const hasEntry = load<i32>(call) !== UNNAMED
    if (!hasEntry) out = line(out, track, BEGIN, func, begin)
    out = line(out, track, END, func, at)
    out = endArguments(out, event, hasEntry, at - begin, load<f64>(times, 8))
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

/** The arguments of a call, inside the brace that ends its line. */
function endArguments(out: usize, event: u32, hasEntry: bool, extent: f64, duration: f64): usize {
  const isIncomplete = duration === UNMEASURED
  const isAnotherLength = !isIncomplete && abs(extent - duration) > ROUNDING
  ended++
  if (isIncomplete) unmeasured++
  if (partsLength === 0) return out
  const noted = notes + ((<usize>event) << PART_BITS)
  const hasNotes = load<usize>(noted, LENGTH) > 0
  const hasDuration = isAnotherLength && load<usize>(partOf(DURATION), LENGTH) > 0
  if (hasEntry && !isIncomplete && !hasNotes && !hasDuration) return out
  out = copy(out - 1, partOf(OPENING))
  if (hasNotes) out = copy(out, noted)
  if (!hasEntry) out = copy(out, partOf(NO_ENTRY))
  if (isIncomplete) out = copy(out, partOf(INCOMPLETE))
  if (hasDuration) {
    out = integer(copy(out, partOf(DURATION)), <i64>duration)
    store<u8>(out++, COMMA)
  }
  // In place of the last comma.
  store<u16>(out - 1, BRACES)
  return out + 1
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

function open(track: usize, func: i32, at: f64): void {
  const count = load<u32>(track, OPEN_LENGTH)
  if (count === load<u32>(track, OPEN_CAPACITY)) {
    const larger = max(16, count * 2)
    const size = (<usize>larger) << OPEN_BITS
    const calls = load<usize>(track, OPEN)
    store<usize>(track, calls === 0 ? heap.alloc(size) : heap.realloc(calls, size), OPEN)
    store<u32>(track, larger, OPEN_CAPACITY)
  }
  const call = openAt(track, count)
  store<i32>(call, func)
  store<f64>(call, at, OPEN_AT)
  store<u32>(track, count + 1, OPEN_LENGTH)
}

/** The call that ends, until another one begins. */
function close(track: usize): usize {
  const count = load<u32>(track, OPEN_LENGTH) - 1
  store<u32>(track, count, OPEN_LENGTH)
  return openAt(track, count)
}

function openAt(track: usize, index: u32): usize {
  return load<usize>(track, OPEN) + ((<usize>index) << OPEN_BITS)
}

function partOf(part: u32): usize {
  return parts + ((<usize>part) << PART_BITS)
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
