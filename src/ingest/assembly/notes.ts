/**
 * What lines note on their calls beside the name: arguments, the caller, the value returned. Most values
 * are returned by many calls: they have numbers. Other notes are read by TypeScript, from where they
 * lie. ../lines/note-scanner.ts finds the same notes in the same bytes.
 */
import { bitsOf } from './chunks'
import { ENTRY, LEAF, Line, lineAt, MOST_LINES } from './line'
import { Names, UNKNOWN } from './names'

/** In place of the number of notes that TypeScript has to read first. */
const UNREAD: i32 = <i32>UNKNOWN

/** Of each line with such notes, its number, and the six places below. */
export const unreadNotes: usize = memory.data(MOST_LINES * 28, 8)
let unread: i32 = 0

/** Where the notes of the last line lie: begin and end, both 0 for what it does not note. */
let args: usize = 0
let argsEnd: usize = 0
let caller: usize = 0
let callerEnd: usize = 0
let returned: usize = 0
let returnedEnd: usize = 0

const values = new Names(1 << 14, 16 << 14)
let isWanted = false
let areValuesAll = false

/** From here on notes are read, or of them only values; before, lines are as if they had none. */
export function wantNotes(valuesOnly: bool): void {
  isWanted = true
  areValuesAll = valuesOnly
}

/** From here on notes of these bytes, a value returned, have this number. */
export function learnValue(start: usize, end: usize, number: i32): void {
  values.learn(start, <u32>(end - start), <u32>number)
}

/** How many lines of those that were scanned have notes to be read. */
export function countUnread(): i32 {
  return unread
}

/** Those of line number `index` have been read: TypeScript keeps them under this number. */
export function setNotes(index: i32, number: i32): void {
  lineAt(index).notes = number
}

/** The number of the notes of a line that is not followed after all. */
export function takeNotes(index: i32): i32 {
  const line = lineAt(index)
  const notes = line.notes
  line.notes = 0
  return notes
}

/** Lines are scanned from here on. */
export function startLines(): void {
  unread = 0
}

/** Line number `index` has been scanned. */
export function endLine(line: Line, index: i32): void {
  if (line.notes !== UNREAD) return
  const row = unreadNotes + <usize>unread * 28
  unread++
  store<u32>(row, index)
  store<u32>(row, <u32>args, 4)
  store<u32>(row, <u32>argsEnd, 8)
  store<u32>(row, <u32>caller, 12)
  store<u32>(row, <u32>callerEnd, 16)
  store<u32>(row, <u32>returned, 20)
  store<u32>(row, <u32>returnedEnd, 24)
}

// (a=1, b=0x2) {   (); /* <-foo+0x1d/0x40 ret=0x0 */
// Arguments may hold anything, so the line is read from its end; returns where the next one begins, or 0.
export function scanArguments(open: usize, line: Line): usize {
  const feed = feedBehind(open)
  let end = feed
  clear()
  if (endsComment(feed)) {
    end = feed - 3
    while (end > open && threeAt(end) !== 0x2a2f20) end--
    scanComment(end + 3, feed - 3)
    while (end > open && load<u8>(end - 1) === 0x20) end--
  }
  if (load<u16>(end - 2) === 0x3b29) line.kind = LEAF
  else if (threeAt(end - 3) === 0x7b2029) line.kind = ENTRY
  else return 0
  args = open + 1
  argsEnd = end - (line.kind === LEAF ? 2 : 3)
  findNotes(line)
  return feed + 1
}

//  ret=0x0 */    = 0x0 */
// The first word ends at `word`; returns where the next line begins, or 0.
export function scanExitNote(start: usize, word: usize, line: Line): usize {
  const feed = feedBehind(start)
  if (word > feed - 3 || !endsComment(feed)) return 0
  clear()
  scanComment(start, feed - 3)
  if (returned === 0 && caller === 0) return 0
  findNotes(line)
  return feed + 1
}

//  <-foo+0x1d/0x40 [module] ret=-22    = 0x0
function scanComment(start: usize, end: usize): void {
  let value = end
  while (value > start && load<u8>(value - 1) !== 0x3d) value--
  let behind = end
  const sign = value - (load<u32>(value - 4) === 0x3d746572 ? 5 : 2)
  if (value > start && load<u8>(sign) === 0x20) {
    returned = value + (load<u8>(value) === 0x20 ? 1 : 0)
    returnedEnd = end
    behind = max(sign, start)
  }
  if (threeAt(start) !== 0x2d3c20) return
  caller = start + 3
  callerEnd = behind
  while (callerEnd > caller && load<u8>(callerEnd - 1) === 0x20) callerEnd--
}

/** Sets the number of the notes that were found. */
function findNotes(line: Line): void {
  if (!isWanted) return
  if (areValuesAll) argsEnd = args = caller = 0
  if (argsEnd > args || caller !== 0) line.notes = UNREAD
  else if (returnedEnd > returned) line.notes = values.find(returned, <u32>(returnedEnd - returned))
  else if (returned !== 0) line.notes = UNREAD
}

function clear(): void {
  args = argsEnd = 0
  caller = callerEnd = 0
  returned = returnedEnd = 0
}

/** Whether a comment ends before a line feed. */
function endsComment(feed: usize): bool {
  return threeAt(feed - 3) === 0x2f2a20
}

function threeAt(at: usize): u32 {
  return load<u32>(at) & 0xffffff
}

/** The next line feed: there is one behind every line. */
function feedBehind(at: usize): usize {
  let p = at
  let bits = bitsOf(p, 0x0a)
  while (bits === 0) {
    p += 16
    bits = bitsOf(p, 0x0a)
  }
  return p + ctz(bits)
}
