/**
 * The calls and migrations of tracks, as bytes: the module behind the classes in call-log.ts. An event
 * is a head with its kind and its function or cpu, then the distance to the event before. An end may
 * go on with the difference between its duration and the call's length. All are varints, seven bits to
 * a byte, the lowest first.
 */
import { BEGINS, BYTES, NUMBERS, TIMES } from '../../event-layout'

const UNNAMED: i32 = 0
const UNMEASURED: f64 = -1

// Kinds of events, two bits of a head.
const BEGIN: i32 = 0
const END: i32 = 1

// The duration of an end: the call's length, none, longer or shorter by a number that follows.
const AS_LONG: u64 = 0
const NOT_MEASURED: u64 = 1
const LONGER: u64 = 2
const SHORTER: u64 = 3

// A log. The state of encoding:
const LAST: usize = 0
const BUSY: usize = 8
const ENDED: usize = 16
const LEVEL: usize = 24
/** 1 if a call has a name. */
const IS_NAMED: usize = 28
/** The late names of calls that began UNNAMED, in the order of their begins. */
const LATES: usize = 32
const LATE_LENGTH: usize = 36
const LATE_CAPACITY: usize = 40
// The state of decoding:
const READ_AT: usize = 48
const READ_LEVEL: usize = 56
const READ_LATES: usize = 60
// The open calls, of encoding and of decoding:
const OPEN: usize = 64
const OPEN_CAPACITY: usize = 68
const READ_OPEN: usize = 72
const READ_CAPACITY: usize = 76
const LOG_SIZE: usize = 80

// An open call: where it began, and its place among the late names plus 1, or its function.
const BEGUN: usize = 0
const LATE: usize = 8
const FUNCTION: usize = 8
const OPEN_BITS: usize = 4

let logs: usize = 0
let capacity: u32 = 0

/** The number of bytes that were encoded or decoded last. */
export let length: usize = 0

export function open(log: u32): void {
  while (log >= capacity) {
    const from = capacity
    capacity = max(16, from * 2)
    logs = grown(logs, from, capacity, LOG_SIZE)
  }
}

export function last(log: u32): f64 {
  return load<f64>(logAt(log), LAST)
}

export function busy(log: u32): f64 {
  return load<f64>(logAt(log), BUSY)
}

export function ended(log: u32): f64 {
  return load<f64>(logAt(log), ENDED)
}

export function isNamed(log: u32): bool {
  return load<i32>(logAt(log), IS_NAMED) !== 0
}

/** Encodes the events from `from` on that are of one log; returns the first of another log. */
export function encode(from: u32, to: u32): u32 {
  const number = load<u32>(numbersAt(from)) >> 2
  const log = logAt(number)
  let out: usize = BYTES
  let event = from
  for (; event < to; event++) {
    const what = load<i32>(numbersAt(event))
    if (<u32>what >> 2 !== number) break
    const operand = load<i32>(numbersAt(event), 4)
    const at = load<f64>(timesAt(event))
    const gap = <u64>(at - load<f64>(log, LAST))
    store<f64>(log, at, LAST)
    const kind = what & 3
    if (kind === BEGIN) {
      begin(log, operand, at)
      out = put(put(out, ((<u64>operand) << 2) | BEGIN), gap)
    } else if (kind === END) {
      out = end(out, log, operand, at, load<f64>(timesAt(event), 8), gap)
    } else {
      out = put(put(out, ((<u64>operand) << 2) | kind), gap)
    }
  }
  length = out - BYTES
  return event
}

function begin(log: usize, func: i32, at: f64): void {
  const level = load<u32>(log, LEVEL)
  store<u32>(log, level + 1, LEVEL)
  const place = openAt(log, level, OPEN, OPEN_CAPACITY)
  store<f64>(place, at, BEGUN)
  store<i32>(place, func === UNNAMED ? addLate(log) : 0, LATE)
}

function end(out: usize, log: usize, func: i32, at: f64, duration: f64, gap: u64): usize {
  const level = load<u32>(log, LEVEL) - 1
  store<u32>(log, level, LEVEL)
  const place = openAt(log, level, OPEN, OPEN_CAPACITY)
  const span = at - load<f64>(place, BEGUN)
  const late = load<u32>(place, LATE)
  store<f64>(log, load<f64>(log, ENDED) + 1, ENDED)
  if (late > 0) store<i32>(lateAt(log, late - 1), func)
  if (func !== UNNAMED) store<i32>(log, 1, IS_NAMED)
  if (level === 0) store<f64>(log, load<f64>(log, BUSY) + span, BUSY)
  const excess = duration - span
  // NaN, in place of a duration, is neither more nor less.
  if (duration === UNMEASURED) return put(put(out, (NOT_MEASURED << 2) | END), gap)
  if (excess > 0) return put(put(put(out, (LONGER << 2) | END), gap), <u64>excess)
  if (excess < 0) return put(put(put(out, (SHORTER << 2) | END), gap), <u64>-excess)
  return put(put(out, (AS_LONG << 2) | END), gap)
}

/** Returns its place plus 1. */
function addLate(log: usize): u32 {
  const place = load<u32>(log, LATE_LENGTH)
  const room = load<u32>(log, LATE_CAPACITY)
  if (place === room) {
    store<u32>(log, max(8, room * 2), LATE_CAPACITY)
    store<usize>(log, grown(load<usize>(log, LATES), room, max(8, room * 2), 4), LATES)
  }
  store<u32>(log, place + 1, LATE_LENGTH)
  return place + 1
}

/** Starts decoding at the log's begin. */
export function rewind(log: u32): void {
  store<f64>(logAt(log), 0, READ_AT)
  store<u32>(logAt(log), 0, READ_LEVEL)
  store<u32>(logAt(log), 0, READ_LATES)
}

/**
 * Decodes up to `most` events that begin in the first `size` bytes; returns how many. Calls that began
 * UNNAMED have a duration of 1 at their begin.
 */
export function decode(number: u32, size: usize, most: u32): u32 {
  const log = logAt(number)
  const to = <usize>BYTES + size
  place = BYTES
  let event: u32 = 0
  for (; event < most && place < to; event++) {
    const head = take()
    const operand = <i32>(head >> 2)
    const kind = <i32>head & 3
    const at = load<f64>(log, READ_AT) + <f64>take()
    store<f64>(log, at, READ_AT)
    const numbers = numbersAt(event)
    store<i32>(numbers, (number << 2) | kind)
    store<i32>(numbers, operand, 4)
    store<f64>(timesAt(event), at)
    if (kind === BEGIN) readBegin(log, event, operand, at)
    else if (kind === END) readEnd(log, event, operand, at)
  }
  length = place - BYTES
  return event
}

function readBegin(log: usize, event: u32, func: i32, at: f64): void {
  const level = load<u32>(log, READ_LEVEL)
  store<u32>(log, level + 1, READ_LEVEL)
  let name = func
  if (func === UNNAMED) {
    const late = load<u32>(log, READ_LATES)
    store<u32>(log, late + 1, READ_LATES)
    name = load<i32>(lateAt(log, late))
    store<i32>(numbersAt(event), name, 4)
  }
  store<f64>(timesAt(event), func === UNNAMED ? 1 : 0, 8)
  const place = openAt(log, level, READ_OPEN, READ_CAPACITY)
  store<f64>(place, at, BEGUN)
  store<i32>(place, name, FUNCTION)
}

function readEnd(log: usize, event: u32, operand: u64, at: f64): void {
  const level = load<u32>(log, READ_LEVEL) - 1
  store<u32>(log, level, READ_LEVEL)
  const place = openAt(log, level, READ_OPEN, READ_CAPACITY)
  const begun = load<f64>(place, BEGUN)
  let duration = at - begun
  if (operand === NOT_MEASURED) duration = UNMEASURED
  else if (operand === LONGER) duration += <f64>take()
  else if (operand === SHORTER) duration -= <f64>take()
  store<i32>(numbersAt(event), load<i32>(place, FUNCTION), 4)
  store<f64>(timesAt(event), duration, 8)
  store<f64>(<usize>BEGINS + ((<usize>event) << 3), begun)
}

function put(out: usize, value: u64): usize {
  let rest = value
  let at = out
  for (; rest > 0x7f; rest >>= 7) store<u8>(at++, <u8>(rest | 0x80))
  store<u8>(at, <u8>rest)
  return at + 1
}

/** Where the next value begins. */
let place: usize = 0

function take(): u64 {
  let byte: u64 = load<u8>(place++)
  let value = byte & 0x7f
  for (let shift: u64 = 7; byte > 0x7f; shift += 7) {
    byte = load<u8>(place++)
    value |= (byte & 0x7f) << shift
  }
  return value
}

function openAt(log: usize, level: u32, list: usize, room: usize): usize {
  const had = load<u32>(log + room)
  if (level >= had) {
    const wanted = max(16, had * 2)
    store<usize>(log + list, grown(load<usize>(log + list), had, wanted, 1 << OPEN_BITS))
    store<u32>(log + room, wanted)
  }
  return load<usize>(log + list) + ((<usize>level) << OPEN_BITS)
}

/** Grows a list, which may be empty, and fills the new part with 0. */
function grown(list: usize, from: usize, to: usize, size: usize): usize {
  const larger = list === 0 ? heap.alloc(to * size) : heap.realloc(list, to * size)
  memory.fill(larger + from * size, 0, (to - from) * size)
  return larger
}

function lateAt(log: usize, index: u32): usize {
  return load<usize>(log, LATES) + ((<usize>index) << 2)
}

function numbersAt(event: u32): usize {
  return <usize>NUMBERS + ((<usize>event) << 3)
}

function timesAt(event: u32): usize {
  return <usize>TIMES + ((<usize>event) << 4)
}

function logAt(log: u32): usize {
  return logs + <usize>log * LOG_SIZE
}
