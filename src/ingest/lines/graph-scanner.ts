import {
  BAR,
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  CR,
  DOLLAR,
  DOT,
  EQUALS,
  HASH,
  isDigit,
  LETTER_S,
  LETTER_U,
  LF,
  NINE,
  PAREN_CLOSE,
  PAREN_OPEN,
  SEMICOLON,
  SLASH,
  SPACE,
  STAR,
  startsWith,
  ZERO,
} from '../../base/ascii.js'
import { HASH_SEED, type Interner } from '../../base/interner.js'
import type { Layout } from './layouts.js'
import { RecentCells, type Tasks } from './task-cells.js'
import { ABSENT, COMMENT, ENTRY, EXIT, LEAF, type TraceLine } from './trace-line.js'

/** What a scan returns where the line is not what was looked for. */
export const NO_MATCH = -1

/** Eight spaces, read as one number: deep calls are mostly indentation. */
const EIGHT_SPACES = new DataView(new Uint8Array(8).fill(SPACE).buffer).getFloat64(0, true)

/** Bytes that may be read behind a line, though not looked at. */
export const SCAN_AHEAD = 16

/** Longer names are no symbols of a kernel (KSYM_NAME_LEN is 512). */
const LONGEST_NAME = 4096

/** A task cell holds 7 bytes of the name, a dash and the pid. */
const LONGEST_TASK = 20

/**
 * Reads the lines of the call graph in one layout: cells from left to right, each found by its own
 * separators, for every width the kernel prints is a minimum. All of kernel/trace/
 * trace_functions_graph.c from 2.6.30 to 7.2 prints this form.
 *
 * The bytes must hold whole lines, each with its line feed: no scan looks past one. Behind the last
 * line their buffer must have SCAN_AHEAD bytes more, whatever is in them.
 */
export class GraphScanner {
  readonly #functions: Interner
  readonly #tasks: Tasks
  readonly #recent = new RecentCells()
  layout: Layout
  /** Which function came last time after the two before it: four of five guesses are right. */
  readonly #guesses = new Int32Array(1 << 16)
  #last = 0
  #lastButOne = 0
  /** Of the name scanned last. */
  #hash = 0
  /** The bytes seen last, and a view of them by eight. */
  #bytes: Uint8Array = new Uint8Array(0)
  #words: DataView = new DataView(new ArrayBuffer(0))

  constructor(layout: Layout, functions: Interner, tasks: Tasks) {
    this.layout = layout
    this.#functions = functions
    this.#tasks = tasks
  }

  /**
   * Reads an entry, leaf, exit or comment at `at` into `line`; returns where the next line starts,
   * or NO_MATCH. Of a comment only the first line is read, `textEnd` is that line's end.
   */
  scan(bytes: Uint8Array, at: number, line: TraceLine): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#words = new DataView(bytes.buffer, bytes.byteOffset)
    }
    const cell = this.scanPrefix(bytes, at, line)
    return cell < 0 ? NO_MATCH : this.#scanCall(bytes, cell, line)
  }

  /** Reads the columns left of the duration; returns where they end, or NO_MATCH. */
  scanPrefix(bytes: Uint8Array, at: number, line: TraceLine): number {
    const layout = this.layout
    let p = at
    if (layout.time === 'absolute') p = this.#scanTime(bytes, p, line)
    else if (layout.time === 'relative') p = this.#scanRelativeTime(bytes, p, line)
    if (!layout.cpu) line.cpu = ABSENT
    else if (p >= 0) p = this.#scanCpu(bytes, p, line)
    if (layout.task && p >= 0) p = this.#scanTask(bytes, p, line)
    if (layout.flags !== 'none' && p >= 0) p = this.#scanFlags(bytes, p, line)
    return p
  }

  //   606.478818 |
  #scanTime(bytes: Uint8Array, at: number, line: TraceLine): number {
    let p = at
    while (bytes[p] === SPACE) p++
    const start = p
    let seconds = 0
    let digit = bytes[p] - ZERO
    while (digit >= 0 && digit <= 9) {
      seconds = seconds * 10 + digit
      digit = bytes[++p] - ZERO
    }
    if (p === start || bytes[p] !== DOT) return NO_MATCH
    let micros = 0
    const end = p + 7
    for (p++; p < end; p++) {
      digit = bytes[p] - ZERO
      if (!(digit >= 0 && digit <= 9)) return NO_MATCH
      micros = micros * 10 + digit
    }
    line.seconds = seconds
    line.nanos = micros * 1000
    return startsWith(bytes, p, ' |  ') ? p + 4 : NO_MATCH
  }

  //      3750 us |
  #scanRelativeTime(bytes: Uint8Array, at: number, line: TraceLine): number {
    let p = at
    while (bytes[p] === SPACE) p++
    const start = p
    let micros = 0
    while (isDigit(bytes[p])) micros = micros * 10 + bytes[p++] - ZERO
    if (p === start || !startsWith(bytes, p, ' us |  ')) return NO_MATCH
    line.seconds = Math.floor(micros / 1e6)
    line.nanos = (micros - line.seconds * 1e6) * 1000
    return p + 7
  }

  //  1)
  #scanCpu(bytes: Uint8Array, at: number, line: TraceLine): number {
    let p = at
    while (bytes[p] === SPACE) p++
    const start = p
    let cpu = 0
    let digit = bytes[p] - ZERO
    while (digit >= 0 && digit <= 9) {
      cpu = cpu * 10 + digit
      digit = bytes[++p] - ZERO
    }
    if (p === start || p > start + 5) return NO_MATCH
    if (bytes[p] !== PAREN_CLOSE || bytes[p + 1] !== SPACE) return NO_MATCH
    line.cpu = cpu
    return p + 2
  }

  //   python3-363   |
  #scanTask(bytes: Uint8Array, at: number, line: TraceLine): number {
    const cpu = this.layout.cpu ? line.cpu : ABSENT
    const recent = this.#recent.match(cpu, bytes, at)
    if (recent !== ABSENT) {
      line.task = recent
      return at + this.#recent.matched
    }
    // The name may hold bars: the cell ends at the first one, 14 bytes on, that follows a pid.
    const last = at + LONGEST_TASK
    for (let p = at; p <= last && bytes[p] !== LF; p++) {
      if (bytes[p] !== BAR || p < at + 15) continue
      if (bytes[p - 1] !== SPACE || bytes[p + 1] !== SPACE) continue
      const task = this.#tasks.idOf(bytes, at, p)
      if (task === ABSENT) continue
      line.task = task
      this.#recent.remember(cpu, bytes, at, p + 2, task)
      return p + 2
    }
    return NO_MATCH
  }

  //  d.h1. |
  #scanFlags(bytes: Uint8Array, at: number, line: TraceLine): number {
    if (bytes[at] !== SPACE) return NO_MATCH
    line.isInInterrupt = isServing(bytes[at + 3])
    let p = at + 1
    while (isFlag(bytes[p])) p++
    if (p < at + 5 || p > at + 9) return NO_MATCH
    if (this.layout.flags === 'glued') return p
    return startsWith(bytes, p, ' | ') ? p + 3 : NO_MATCH
  }

  #scanCall(bytes: Uint8Array, at: number, line: TraceLine): number {
    let p = at
    let measured = false
    if (this.layout.duration) {
      if (!isMark(bytes[p]) || bytes[p + 1] !== SPACE) return NO_MATCH
      measured = isDigit(bytes[p + 2])
      p = measured ? this.#scanDuration(bytes, p + 2, line) : this.#scanBlank(bytes, p)
      if (p < 0) return NO_MATCH
    } else {
      line.duration = ABSENT
    }
    const indent = p
    while (this.#words.getFloat64(p, true) === EIGHT_SPACES) p += 8
    while (bytes[p] === SPACE) p++
    line.depth = (p - indent) >> 1
    const byte = bytes[p]
    const withTime = measured || !this.layout.duration
    if (byte === BRACE_CLOSE) return withTime ? this.#scanExit(bytes, p, line) : NO_MATCH
    if (byte === SLASH) return measured ? NO_MATCH : this.#scanComment(bytes, p, line)
    const next = this.#scanFunction(bytes, p, line)
    if (next < 0 || !this.layout.duration) return next
    return measured === (line.kind === LEAF) ? next : NO_MATCH
  }

  //  12.370 us   |
  #scanDuration(bytes: Uint8Array, at: number, line: TraceLine): number {
    let p = at
    let micros = 0
    let digit = bytes[p] - ZERO
    while (digit >= 0 && digit <= 9) {
      micros = micros * 10 + digit
      digit = bytes[++p] - ZERO
    }
    let nanos = 0
    if (bytes[p] === DOT) {
      // Digits are cut, not rounded: 3 decimals below 10 ms, then 2, then 1.
      for (let unit = 100; isDigit(bytes[++p]); unit /= 10) {
        if (unit < 1) return NO_MATCH
        nanos += (bytes[p] - ZERO) * unit
      }
    }
    if (bytes[p] !== SPACE || bytes[p + 1] !== LETTER_U || bytes[p + 2] !== LETTER_S) {
      return NO_MATCH
    }
    p += 3
    while (bytes[p] === SPACE) p++
    line.duration = micros * 1000 + nanos
    return barAt(bytes, p)
  }

  //                |     and, with an interrupt in 2.6.29:   ==========> |
  #scanBlank(bytes: Uint8Array, at: number): number {
    const words = this.#words
    const isBlank =
      words.getFloat64(at, true) === EIGHT_SPACES && words.getFloat64(at + 6, true) === EIGHT_SPACES
    return isBlank || startsWith(bytes, at, '  ==========> ') ? barAt(bytes, at + 14) : NO_MATCH
  }

  // foo();   foo() {   foo [module]();   foo(a=1, b=0x2) {   foo(); /* ret=0x0 */
  #scanFunction(bytes: Uint8Array, at: number, line: TraceLine): number {
    const context = contextOf(this.#last, this.#lastButOne)
    let func = this.#guesses[context]
    let end = func === 0 ? NO_MATCH : this.#functions.endAt(func, bytes, this.#words, at)
    if (end < 0 || bytes[end] !== PAREN_OPEN) {
      end = this.#scanName(bytes, at)
      if (end < 0) return NO_MATCH
      func = 0
    }
    const next = this.#scanParens(bytes, end, line)
    if (next < 0) return NO_MATCH
    if (func === 0) {
      func = this.#functions.idOf(bytes, at, end, this.#hash)
      this.#guesses[context] = func
    }
    this.#lastButOne = this.#last
    this.#last = func
    line.func = func
    return next
  }

  /** From the first byte of a name to the parenthesis behind it, which it returns; sets the hash. */
  #scanName(bytes: Uint8Array, at: number): number {
    let p = at
    let hash = HASH_SEED
    let byte = bytes[p]
    // Of all bytes below `(` a symbol may hold `$` alone.
    while (byte > PAREN_OPEN || byte === DOLLAR) {
      hash = Math.imul(hash ^ byte, 0x01000193)
      byte = bytes[++p]
    }
    if (byte === SPACE && bytes[p + 1] === BRACKET_OPEN && p > at) {
      while (byte !== BRACKET_CLOSE) {
        if (byte === LF) return NO_MATCH
        hash = Math.imul(hash ^ byte, 0x01000193)
        byte = bytes[++p]
      }
      hash = Math.imul(hash ^ byte, 0x01000193)
      byte = bytes[++p]
    }
    if (byte !== PAREN_OPEN || p === at || p > at + LONGEST_NAME) return NO_MATCH
    this.#hash = hash
    return p
  }

  #scanParens(bytes: Uint8Array, open: number, line: TraceLine): number {
    if (bytes[open + 1] === PAREN_CLOSE) {
      line.hasNotes = false
      if (bytes[open + 2] === SEMICOLON && bytes[open + 3] === LF) {
        line.kind = LEAF
        return open + 4
      }
      if (bytes[open + 2] === SPACE && bytes[open + 3] === BRACE_OPEN && bytes[open + 4] === LF) {
        line.kind = ENTRY
        return open + 5
      }
    }
    return this.#scanArguments(bytes, open, line)
  }

  /** From the opening parenthesis: arguments may hold anything, so the line is read from its end. */
  #scanArguments(bytes: Uint8Array, open: number, line: TraceLine): number {
    const feed = bytes.indexOf(LF, open)
    let end = trimmedEnd(bytes, open, feed)
    clearNotes(line)
    if (startsWith(bytes, end - 3, ' */')) {
      const noteEnd = end - 3
      for (end = noteEnd; end > open && !startsWith(bytes, end, ' /*'); ) end--
      scanNote(bytes, end + 3, noteEnd, line)
      end = trimmedEnd(bytes, open, end)
    }
    if (startsWith(bytes, end - 2, ');')) line.kind = LEAF
    else if (startsWith(bytes, end - 3, ') {')) line.kind = ENTRY
    else return NO_MATCH
    line.argsStart = open + 1
    line.argsEnd = end - (line.kind === LEAF ? 2 : 3)
    if (line.argsEnd > line.argsStart) line.hasNotes = true
    return feed + 1
  }

  // }   } /* foo */   } /* foo [module] ret=0x0 */
  #scanExit(bytes: Uint8Array, at: number, line: TraceLine): number {
    line.kind = EXIT
    line.func = 0
    line.hasNotes = false
    if (bytes[at + 1] === LF) return at + 2
    if (!startsWith(bytes, at + 1, ' /* ')) {
      const feed = bytes.indexOf(LF, at)
      return trimmedEnd(bytes, at, feed) === at + 1 ? feed + 1 : NO_MATCH
    }
    const start = at + 5
    let p = start
    while (bytes[p] > SPACE) p++
    if (bytes[p] === SPACE && bytes[p + 1] === BRACKET_OPEN) {
      p += 2
      while (bytes[p] !== BRACKET_CLOSE && bytes[p] !== LF) p++
      p++
    }
    const feed = bytes.indexOf(LF, at)
    const end = trimmedEnd(bytes, at, feed)
    if (p >= end || p === start || !startsWith(bytes, end - 3, ' */')) return NO_MATCH
    // The kernel's documentation shows `} /* foo() */`.
    const parens = bytes[p - 1] === PAREN_CLOSE && bytes[p - 2] === PAREN_OPEN ? 2 : 0
    line.func = this.#functions.intern(bytes, start, p - parens)
    if (p < end - 3) {
      clearNotes(line)
      scanNote(bytes, p, end - 3, line)
    }
    return feed + 1
  }

  // /* sched_switch: prev_comm=bash ... */
  #scanComment(bytes: Uint8Array, at: number, line: TraceLine): number {
    if (bytes[at + 1] !== STAR || bytes[at + 2] !== SPACE) return NO_MATCH
    const feed = bytes.indexOf(LF, at)
    line.kind = COMMENT
    line.textStart = at + 3
    line.textEnd = Math.max(trimmedEnd(bytes, at, feed), at + 3)
    return feed + 1
  }
}

export function clearNotes(line: TraceLine): void {
  line.hasNotes = false
  line.argsStart = line.argsEnd = 0
  line.callerStart = line.callerEnd = 0
  line.returnedStart = line.returnedEnd = 0
}

/** A comment behind a call, ` <-foo+0x1d/0x40 [module] ret=-22`; ` = 0x0` from 6.5 to 6.12. */
function scanNote(bytes: Uint8Array, start: number, end: number, line: TraceLine): void {
  let returned = end
  while (returned > start && bytes[returned - 1] !== EQUALS) returned--
  let caller = end
  if (returned > start) {
    line.returnedStart = returned + (bytes[returned] === SPACE ? 1 : 0)
    line.returnedEnd = end
    line.hasNotes = true
    caller = returned - (startsWith(bytes, returned - 4, 'ret=') ? 5 : 1)
  }
  if (!startsWith(bytes, start, ' <-')) return
  line.callerStart = start + 3
  line.callerEnd = trimmedEnd(bytes, start + 3, caller)
  line.hasNotes = true
}

/** Where the text of a line ends that spans from `start` to `feed`, trailing blanks left out. */
export function trimmedEnd(bytes: Uint8Array, start: number, feed: number): number {
  let end = feed
  while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === CR)) end--
  return end
}

/** Sixteen bits of two function ids. */
function contextOf(last: number, lastButOne: number): number {
  return (Math.imul(last, 0x9e3779b1) + Math.imul(lastButOne, 0x85ebca6b)) >>> 16
}

/** `|` and the two columns that the kernel prints behind it. */
function barAt(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== BAR || bytes[at + 1] !== SPACE || bytes[at + 2] !== SPACE) return NO_MATCH
  return at + 3
}

/** Over 10 us `+`, 100 us `!`, 1 ms `#`, 10 ms `*`, 100 ms `@`, 1 s `$`. */
function isMark(byte: number | undefined): boolean {
  switch (byte) {
    case SPACE:
    case 0x2b:
    case 0x21:
    case HASH:
    case STAR:
    case 0x40:
    case DOLLAR:
      return true
    default:
      return false
  }
}

/** The third flag: NMI, hard interrupt, one inside of a soft interrupt, soft interrupt. */
function isServing(flag: number | undefined): boolean {
  return flag === 0x5a || flag === 0x7a || flag === 0x48 || flag === 0x68 || flag === LETTER_S
}

export function isFlag(byte: number | undefined): boolean {
  if (byte === undefined) return false
  if (byte === DOT || (byte >= ZERO && byte <= NINE)) return true
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x7a
}
