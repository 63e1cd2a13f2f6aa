/** Rows as text: numbers between prepared texts. */
import {
  BEGINS,
  CPU,
  CPUS,
  DEPTHS,
  DURATION,
  DURATIONS,
  END,
  FUNCTIONS,
  IDS,
  MISSING,
  NO_NOTES,
  NOTES,
  PARENT,
  PARENTS,
  PARTS,
  SELF,
  SELVES,
  TRACKS,
  TS,
  UNKNOWN,
} from '../row-layout'

/** `0000` to `9999`, four bytes each. */
const QUADS: usize = heap.alloc(40_000)
for (let value: u32 = 0; value < 10_000; value++) {
  const digits =
    (value / 1000) |
    (((value / 100) % 10) << 8) |
    (((value / 10) % 10) << 16) |
    ((value % 10) << 24)
  store<u32>(QUADS + ((<usize>value) << 2), digits + 0x30303030)
}

/** Room for the numbers of a row, and for the bytes that `copy` writes too many. */
const ROOM: usize = 256

// A prepared text, padded to sixteen bytes: where it is, and its length. Texts by number, which grow.
class Texts {
  private places: usize = 0
  private capacity: u32 = 0
  longest: usize = 0

  /** Returns where to put a text of so many bytes. */
  define(index: u32, size: usize): usize {
    while (index >= this.capacity) this.grow()
    this.longest = max(this.longest, size)
    const at = this.at(index)
    if (load<usize>(at) !== 0) heap.free(load<usize>(at))
    const place = heap.alloc((size + 15) & ~15)
    store<usize>(at, place)
    store<usize>(at, size, 4)
    return place
  }

  @inline
  at(index: u32): usize {
    return this.places + ((<usize>index) << 3)
  }

  private grow(): void {
    const from = this.capacity
    this.capacity = max(16, from * 2)
    const size = (<usize>this.capacity) << 3
    this.places = from === 0 ? heap.alloc(size) : heap.realloc(this.places, size)
    memory.fill(this.at(from), 0, size - ((<usize>from) << 3))
  }
}

const parts = new Texts()
const tracks = new Texts()
const functions = new Texts()
const endings = new Texts()
let longestNotes: usize = 0

/** Where the text stands that was written last, and how much of it there is. */
export let text: usize = heap.alloc(32_768)
export let length: usize = 0
let capacity: usize = 32_768

let seconds: u64 = 0
let nanos: u64 = 0

/** Added to every time. */
export function setOrigin(ofSeconds: f64, ofNanos: f64): void {
  seconds = <u64>ofSeconds
  nanos = <u64>ofNanos
}

export function definePart(part: u32, size: usize): usize {
  return parts.define(part, size)
}

/** From behind a row's cpu to before its depth. */
export function defineTrack(track: u32, size: usize): usize {
  return tracks.define(track, size)
}

/** From behind the depth to before the id. */
export function defineFunction(func: u32, size: usize): usize {
  return functions.define(func, size)
}

/** What says which part of a call is missing. */
export function defineEnding(missing: u32, size: usize): usize {
  return endings.define(missing, size)
}

/** Returns where to put the text of notes, which is there until it is freed. */
export function defineNotes(size: usize): usize {
  longestNotes = max(longestNotes, size)
  return heap.alloc((size + 15) & ~15)
}

export function freeNotes(place: usize): void {
  heap.free(place)
}

/** Writes rows `from` up to `to`; returns the number of the first one that had no room. */
export function write(from: u32, to: u32): u32 {
  const names = tracks.longest + functions.longest + endings.longest
  const most: usize = <usize>PARTS * parts.longest + names + longestNotes + ROOM
  if (most * 2 > capacity) {
    capacity = most * 4
    text = heap.realloc(text, capacity)
  }
  const end = text + capacity - most
  let out = text
  let row = from
  for (; row < to && out <= end; row++) out = writeRow(out, row)
  length = out - text
  return row
}

function writeRow(out: usize, row: u32): usize {
  const wide = <usize>row * 8
  const narrow = <usize>row * 4
  out = copy(out, parts.at(TS))
  const at = <u64>load<f64>(<usize>BEGINS + wide) + nanos
  out = integer(out, at + seconds * 1_000_000_000)
  out = known(copy(out, parts.at(DURATION)), load<f64>(<usize>DURATIONS + wide))
  out = known(copy(out, parts.at(SELF)), load<f64>(<usize>SELVES + wide))
  out = known(copy(out, parts.at(CPU)), <f64>load<i32>(<usize>CPUS + narrow))
  out = copy(out, tracks.at(load<u32>(<usize>TRACKS + narrow)))
  out = integer(out, load<u32>(<usize>DEPTHS + narrow))
  out = copy(out, functions.at(load<u32>(<usize>FUNCTIONS + narrow)))
  out = integer(out, <u64>load<f64>(<usize>IDS + wide))
  const parent = load<f64>(<usize>PARENTS + wide)
  out = known(copy(out, parts.at(PARENT)), parent === 0 ? -1 : parent)
  out = copy(out, endings.at(load<u32>(<usize>MISSING + narrow)))
  const notes = <usize>NOTES + wide
  out = copy(out, load<usize>(notes) !== 0 ? notes : parts.at(NO_NOTES))
  return copy(out, parts.at(END))
}

function copy(out: usize, part: usize): usize {
  const from = load<usize>(part)
  const size = load<usize>(part, 4)
  for (let i: usize = 0; i < size; i += 16) v128.store(out + i, v128.load(from + i))
  return out + size
}

/** Less than 0 is unknown. */
function known(out: usize, value: f64): usize {
  return value < 0 ? copy(out, parts.at(UNKNOWN)) : integer(out, <u64>value)
}

function integer(out: usize, value: u64): usize {
  if (value < 100_000_000) return short(out, <u32>value)
  const high = value / 100_000_000
  const low = <u32>(value - high * 100_000_000)
  out = high < 100_000_000 ? short(out, <u32>high) : integer(out, high)
  const upper = low / 10_000
  store<u32>(out, quad(upper))
  store<u32>(out, quad(low - upper * 10_000), 4)
  return out + 8
}

/** Up to eight digits. */
function short(out: usize, value: u32): usize {
  if (value >= 10_000) {
    const upper = value / 10_000
    out = short(out, upper)
    store<u32>(out, quad(value - upper * 10_000))
    return out + 4
  }
  const digits: u32 = value >= 100 ? (value >= 1000 ? 4 : 3) : value >= 10 ? 2 : 1
  store<u32>(out, quad(value) >> ((4 - digits) * 8))
  return out + digits
}

function quad(value: u32): u32 {
  return load<u32>(QUADS + ((<usize>value) << 2))
}
