import { isDigit, PAREN_CLOSE, PAREN_OPEN, SPACE, startsWith } from '../../base/ascii.js'
import type { Interner } from '../../base/interner.js'
import { decimal } from '../text/scanning.js'
import { skipBlanks } from './event-head.js'
import { ABSENT, ENTRY, EXIT, type TraceLine } from './trace-line.js'

/**
 * Reads the fields of a record as libtraceevent prints them (src/event-parse.c): by their names,
 * for `trace-cmd report -R`, or without plugins in the words of the kernel (trace_entries.h). Every
 * exit is there, with the times between which its duration lies, in hexadecimal nanoseconds.
 */
export class GraphFields {
  readonly #functions: Interner

  constructor(functions: Interner) {
    this.#functions = functions
  }

  // func=foo depth=1
  // func=foo (0xffffffff97d0c4e4) depth=1 overrun=0 calltime=33360f0480 rettime=33360f1c1a
  // --> foo (1) <- bar
  // <-- foo (1) (start: 33360f0480  end: 33360f1c1a) over: 1
  /** Reads the fields from `at` to `end`; false if they are none of a call. */
  scan(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
    line.depth = ABSENT
    const isComplete = startsWith(bytes, at, 'func=')
      ? this.#scanNamed(bytes, at, end, line)
      : this.#scanWorded(bytes, at, end, line)
    return isComplete && line.func !== 0 && line.depth >= 0
  }

  #scanNamed(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
    let call = 0
    let callEnd = 0
    let returned = 0
    let returnedEnd = 0
    for (let p = at; p < end; ) {
      let stop = p
      while (stop < end && bytes[stop] !== SPACE) stop++
      if (startsWith(bytes, p, 'func=')) {
        this.#readFunction(bytes, p + 5, stop, line)
      } else if (startsWith(bytes, p, 'depth=')) {
        line.depth = number(bytes, p + 6, stop)
      } else if (startsWith(bytes, p, 'calltime=')) {
        call = p + 9
        callEnd = stop
      } else if (startsWith(bytes, p, 'rettime=')) {
        returned = p + 8
        returnedEnd = stop
      } else if (startsWith(bytes, p, 'retval=')) {
        line.returnedStart = p + 7
        line.returnedEnd = stop
        line.hasNotes = true
      } else if (startsWith(bytes, p, 'retaddr=')) {
        line.callerStart = p + 8
        line.callerEnd = stop
        line.hasNotes = true
      }
      p = skipBlanks(bytes, stop)
    }
    line.kind = call === 0 && returned === 0 ? ENTRY : EXIT
    if (line.kind === ENTRY) return true
    line.duration = hexDifference(bytes, call, callEnd, returned, returnedEnd)
    return line.duration >= 0
  }

  /** `func= (0xffffffffc0a1b2c3)`: a symbol that is not known has its address alone. */
  #readFunction(bytes: Uint8Array, at: number, stop: number, line: TraceLine): void {
    if (stop > at) {
      line.func = this.#functions.intern(bytes, at, stop)
    } else if (startsWith(bytes, at, ' (0x')) {
      let close = at + 2
      while (bytes[close] !== PAREN_CLOSE && bytes[close] !== SPACE) close++
      line.func = this.#functions.intern(bytes, at + 2, close)
    }
  }

  #scanWorded(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
    const isEntry = startsWith(bytes, at, '--> ')
    if (!isEntry && !startsWith(bytes, at, '<-- ')) return false
    let p = at + 4
    while (p < end && bytes[p] !== SPACE) p++
    line.func = this.#functions.intern(bytes, at + 4, p)
    const depth = p + 2
    if (bytes[p + 1] !== PAREN_OPEN) return false
    for (p = depth; isDigit(bytes[p]); ) p++
    line.depth = number(bytes, depth, p)
    line.kind = isEntry ? ENTRY : EXIT
    return isEntry
      ? scanCallerWord(bytes, p + 1, end, line)
      : scanTimeWords(bytes, p + 1, end, line)
  }
}

//  <- bar
function scanCallerWord(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
  if (at >= end) return true
  if (!startsWith(bytes, at, ' <- ')) return false
  line.callerStart = at + 4
  line.callerEnd = end
  line.hasNotes = true
  return true
}

//  (start: 33360f0480  end: 33360f1c1a) over: 1 retval: 0
function scanTimeWords(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
  if (!startsWith(bytes, at, ' (start: ')) return false
  const call = at + 9
  let callEnd = call
  while (callEnd < end && bytes[callEnd] !== SPACE) callEnd++
  if (!startsWith(bytes, callEnd, '  end: ')) return false
  const returned = callEnd + 7
  let p = returned
  while (p < end && bytes[p] !== PAREN_CLOSE) p++
  line.duration = hexDifference(bytes, call, callEnd, returned, p)
  for (; p < end; p++) {
    if (!startsWith(bytes, p, ' retval: ')) continue
    line.returnedStart = p + 9
    line.returnedEnd = end
    line.hasNotes = true
  }
  return line.duration >= 0
}

/** ABSENT if that is no number. */
function number(bytes: Uint8Array, start: number, end: number): number {
  for (let p = start; p < end; p++) if (!isDigit(bytes[p])) return ABSENT
  return end > start ? decimal(bytes, start, end) : ABSENT
}

/** How many hexadecimal digits 32 bits have. */
const HALF = 8

/**
 * The second hexadecimal number less the first: modulo 2^64, as the kernel
 * subtracts; exact where that is a duration. ABSENT if they are no such numbers.
 */
function hexDifference(
  bytes: Uint8Array,
  start: number,
  end: number,
  laterStart: number,
  laterEnd: number,
): number {
  const from = startsWith(bytes, start, '0x') ? start + 2 : start
  const laterFrom = startsWith(bytes, laterStart, '0x') ? laterStart + 2 : laterStart
  if (end <= from || laterEnd <= laterFrom) return ABSENT
  const split = Math.max(from, end - HALF)
  const laterSplit = Math.max(laterFrom, laterEnd - HALF)
  const high = hex(bytes, laterFrom, laterSplit) - hex(bytes, from, split)
  const low = hex(bytes, laterSplit, laterEnd) - hex(bytes, split, end)
  const difference = high * 2 ** 32 + low
  if (Number.isNaN(difference)) return ABSENT
  return difference < 0 ? difference + 2 ** 64 : difference
}

/** NaN if these are no hexadecimal digits. */
function hex(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let p = start; p < end; p++) {
    const byte = bytes[p]
    const letter = (byte | 0x20) - 0x61
    if (isDigit(byte)) value = value * 16 + byte - 0x30
    else if (letter >= 0 && letter < 6) value = value * 16 + 10 + letter
    else return Number.NaN
  }
  return value
}
