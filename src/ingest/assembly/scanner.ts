/**
 * Reads what most of a trace is made of: lines of calls whose names are known. Any other line is left to
 * `GraphScanner`, which has the whole grammar, from the same sources; both read the same bytes in the
 * same way.
 *
 * Written in AssemblyScript. Each of the functions below reads a cell at `at` into a record and
 * returns where the next one starts, or OTHER.
 */
import { DEEPEST, isFlag, isInterruptFlag, isMark, LONGEST_TASK } from '../lines/marks'
import { behindBlanks, bitsOf } from './chunks'
import { takeLine } from './host'
import { ABSENT, ENTRY, EXIT, LEAF, Line, lineAt, MOST_LINES } from './line'
import { Names, UNKNOWN } from './names'
import { endLine, scanArguments, scanExitNote, startLines, takeNotes } from './notes'

/** Bytes of text that there is room for. */
export const TEXT_ROOM: i32 = 4 * 1024 * 1024
/** Bytes that may be looked at behind a text. */
const AHEAD: i32 = 1024

export const text: usize = memory.data(TEXT_ROOM + AHEAD, 16)

/** Longer names are left to others (KSYM_NAME_LEN is 512). */
export const LONGEST_NAME: i32 = 511
/** Where a name is put that is to be learned. */
export const name: usize = memory.data(LONGEST_NAME + 1, 16)

/** Cases that this scanner leaves to the other one. */
const OTHER: usize = 0

const functions = new Names(1 << 16, 2 << 20)
const tasks = new Names(1 << 14, 16 << 13)

// The layout, as in layout.ts.
let hasAbsoluteTime = false
let hasRelativeTime = false
let hasCpu = false
let hasTask = false
let hasFlagsCell = false
let hasGluedFlags = false
let hasDuration = false

export function setLayout(
  absoluteTime: bool,
  relativeTime: bool,
  cpu: bool,
  task: bool,
  flagsCell: bool,
  gluedFlags: bool,
  duration: bool,
): void {
  hasAbsoluteTime = absoluteTime
  hasRelativeTime = relativeTime
  hasCpu = cpu
  hasTask = task
  hasFlagsCell = flagsCell
  hasGluedFlags = gluedFlags
  hasDuration = duration
}

/** From here on the bytes at `name` mean this function, as a line has it: `foo [module]`. */
export function learnFunction(length: u32, id: u32): void {
  functions.learn(name, length, id)
}

/** ...this task, as a cell has it without the blanks around: `foo-12`. */
export function learnTask(length: u32, id: u32): void {
  tasks.learn(name, length, id)
}

/** Scans lines from `start` on; returns how many, up to one that is left to others or to `end`. */
export function scan(start: usize, end: usize): i32 {
  let at = start
  let index = 0
  startLines()
  for (; at < end && index < MOST_LINES; index++) {
    const line = lineAt(index)
    const cell = scanPrefix(at, line)
    if (cell === OTHER) break
    const next = scanCall(cell, line)
    if (next === OTHER) break
    line.begin = <u32>(at - text)
    line.end = <u32>(next - text)
    endLine(line, index)
    at = next
  }
  return index
}

/** Where line number `index` of those that were scanned lies in the text, */
export function lineBegin(index: i32): u32 {
  return lineAt(index).begin
}

/** and where the next one does. */
export function lineEnd(index: i32): u32 {
  return lineAt(index).end
}

/** Shows TypeScript one of the lines that were scanned. Its notes are TypeScript's from here on. */
export function showLine(index: i32): void {
  const line = lineAt(index)
  takeLine(
    line.kind,
    line.isInInterrupt,
    line.depth,
    line.func,
    line.duration,
    line.cpu,
    line.task,
    line.seconds,
    line.nanos,
    takeNotes(index),
  )
}

function scanPrefix(at: usize, line: Line): usize {
  let p = at
  line.isInInterrupt = false
  line.notes = 0
  if (hasAbsoluteTime) {
    p = scanTime(p, line)
    if (p === OTHER) return OTHER
  } else if (hasRelativeTime) {
    p = scanRelativeTime(p, line)
    if (p === OTHER) return OTHER
  }
  if (hasCpu) {
    p = scanCpu(p, line)
    if (p === OTHER) return OTHER
  } else line.cpu = ABSENT
  if (hasTask) {
    p = scanTask(p, line)
    if (p === OTHER) return OTHER
  } else line.task = ABSENT
  return hasFlagsCell || hasGluedFlags ? scanFlags(p, line) : p
}

//   606.478818 |
function scanTime(at: usize, line: Line): usize {
  const start = behindBlanks(at)
  let p = start
  let seconds: u32 = 0
  for (let digit = digitAt(p); digit < 10; digit = digitAt(++p)) seconds = seconds * 10 + digit
  if (p === start || p > start + 9 || load<u8>(p) !== 0x2e) return OTHER
  const word = load<u64>(p, 1)
  if (word >> 48 !== 0x7c20 || load<u16>(p, 9) !== 0x2020) return OTHER
  // Six digits at once: each less `0`, none above 9, then by two, then all.
  const digits = (word & 0xffffffffffff) ^ 0x303030303030
  if (((digits + 0x767676767676) & 0x808080808080) | (digits & 0xf0f0f0f0f0f0)) return OTHER
  const pairs = digits * 10 + (digits >> 8)
  const micros =
    <u32>(pairs & 0xff) * 10000 + <u32>((pairs >> 16) & 0xff) * 100 + <u32>((pairs >> 32) & 0xff)
  line.seconds = seconds
  line.nanos = micros * 1000
  return p + 11
}

//      3750 us |
function scanRelativeTime(at: usize, line: Line): usize {
  const start = behindBlanks(at)
  let p = start
  let micros: u32 = 0
  for (let digit = digitAt(p); digit < 10; digit = digitAt(++p)) micros = micros * 10 + digit
  if (p === start || p > start + 9) return OTHER
  if (load<u64>(p) << 8 !== 0x20207c2073752000) return OTHER
  line.seconds = micros / 1000000
  line.nanos = (micros % 1000000) * 1000
  return p + 7
}

//  1)
function scanCpu(at: usize, line: Line): usize {
  let start = at
  while (load<u8>(start) === 0x20) start++
  let p = start
  let cpu: u32 = 0
  for (let digit = digitAt(p); digit < 10; digit = digitAt(++p)) cpu = cpu * 10 + digit
  if (p === start || p > start + 5 || load<u16>(p) !== 0x2029) return OTHER
  line.cpu = cpu
  return p + 2
}

//   python3-363   |
function scanTask(at: usize, line: Line): usize {
  const bars = bitsOf(at + 15, 0x7c)
  if (bars === 0) return OTHER
  const bar = at + 15 + ctz(bars)
  if (bar > at + LONGEST_TASK) return OTHER
  if (load<u8>(bar - 1) !== 0x20 || load<u8>(bar, 1) !== 0x20) return OTHER
  const start = behindBlanks(at)
  let end = bar - 1
  while (load<u8>(end - 1) === 0x20) end--
  if (end <= start) return OTHER
  const task = tasks.find(start, <u32>(end - start))
  line.task = task
  return task === UNKNOWN ? OTHER : bar + 2
}

//  d.h1. |
function scanFlags(at: usize, line: Line): usize {
  if (load<u8>(at) !== 0x20) return OTHER
  let p = at + 1
  while (isFlag(load<u8>(p))) p++
  if (p < at + 5 || p > at + 9) return OTHER
  line.isInInterrupt = isInterruptFlag(load<u8>(at, 3))
  if (hasGluedFlags) return p
  return (load<u32>(p) & 0xffffff) === 0x207c20 ? p + 3 : OTHER
}

function scanCall(at: usize, line: Line): usize {
  let indent = at
  let isMeasured = false
  if (hasDuration) {
    isMeasured = !isBlank(at)
    indent = isMeasured ? scanDuration(at, line) : at + 17
    if (indent === OTHER) return OTHER
  }
  if (!isMeasured) line.duration = ABSENT
  const p = behindBlanks(indent)
  line.depth = <i32>((p - indent) >> 1)
  if (line.depth > DEEPEST) return OTHER
  if (load<u8>(p) === 0x7d) return isMeasured || !hasDuration ? scanExit(p, line) : OTHER
  const next = scanFunction(p, line)
  if (next === OTHER || !hasDuration) return next
  return isMeasured === (line.kind === LEAF) ? next : OTHER
}

//                |
function isBlank(at: usize): bool {
  return bitsOf(at, 0x20) === 0xbfff && load<u8>(at, 14) === 0x7c && load<u8>(at, 16) === 0x20
}

// + 12.370 us   |
function scanDuration(at: usize, line: Line): usize {
  if (!isMark(load<u8>(at)) || load<u8>(at, 1) !== 0x20) return OTHER
  const start = at + 2
  let p = start
  let micros: u64 = 0
  let digit = digitAt(p)
  for (; digit < 10; digit = digitAt(++p)) micros = micros * 10 + digit
  if (p === start || p > start + 12) return OTHER
  let nanos: u32 = 0
  if (load<u8>(p) === 0x2e) {
    let unit: u32 = 100
    digit = digitAt(++p)
    for (; digit < 10 && unit > 0; digit = digitAt(++p), unit /= 10) nanos += digit * unit
  }
  if ((load<u32>(p) & 0xffffff) !== 0x737520) return OTHER
  p += 3
  while (load<u8>(p) === 0x20) p++
  if ((load<u32>(p) & 0xffffff) !== 0x20207c) return OTHER
  line.duration = <f64>(micros * 1000 + nanos)
  return p + 3
}

// foo();   foo [module]() {   foo(a=1) {   foo(); /* ret=0x0 */
function scanFunction(at: usize, line: Line): usize {
  const open = find(at, 0x28)
  if (open === OTHER) return OTHER
  const func = functions.find(at, <u32>(open - at))
  if (func === UNKNOWN) return OTHER
  line.func = func
  const word = load<u32>(open)
  if (word === 0x0a3b2928) {
    line.kind = LEAF
    return open + 4
  }
  if (word !== 0x7b202928 || load<u8>(open, 4) !== 0x0a) return scanArguments(open, line)
  line.kind = ENTRY
  return open + 5
}

// }   } /* foo [module] */   } /* foo ret=0x0 */   } /* = 0x0 */
function scanExit(at: usize, line: Line): usize {
  line.kind = EXIT
  line.func = 0
  if (load<u8>(at, 1) === 0x0a) return at + 2
  if ((load<u64>(at) & 0xffffffffff) !== 0x202a2f207d) return OTHER
  const start = at + 5
  let end = find(start, 0x20)
  if (end <= start) return OTHER
  if (load<u8>(end - 1) === 0x3d || load<u32>(start) === 0x3d746572) {
    return scanExitNote(start - 1, end, line)
  }
  if (load<u8>(end, 1) === 0x5b) {
    end = find(end, 0x5d) + 1
    if (end <= start) return OTHER
  }
  const func = functions.find(start, <u32>(end - start))
  line.func = func
  if (func === UNKNOWN) return OTHER
  return load<u32>(end) === 0x0a2f2a20 ? end + 4 : scanExitNote(end, end, line)
}

/** Where a byte stands that is to be found within the longest name, or OTHER. */
function find(at: usize, byte: u8): usize {
  for (let p = at; p < at + 512; p += 16) {
    const bits = bitsOf(p, byte)
    if (bits !== 0) return p + ctz(bits)
  }
  return OTHER
}

function digitAt(at: usize): u32 {
  return <u32>load<u8>(at) - 0x30
}
