import {
  BAR,
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  DOT,
  EQUALS,
  isDigit,
  LETTER_S,
  LETTER_U,
  LF,
  PAREN_CLOSE,
  PAREN_OPEN,
  SEMICOLON,
  SLASH,
  SPACE,
  STAR,
  startsWith,
  ZERO,
} from '../../base/ascii.js'
import type { Interner } from '../../base/interner.js'
import { NO_MATCH, trimmedEnd } from '../text/scanning.js'
import type { Layout } from './layouts.js'
import { isMark } from './marks.js'
import { NameScanner } from './name-scanner.js'
import { scanArguments, scanNote } from './note-scanner.js'
import { PrefixScanner } from './prefix-scanner.js'
import type { Tasks } from './task-cells.js'
import { ABSENT, COMMENT, clearNotes, ENTRY, EXIT, LEAF, type TraceLine } from './trace-line.js'

/** Eight spaces, read as one number: deep calls are mostly indentation. */
const EIGHT_SPACES = new DataView(new Uint8Array(8).fill(SPACE).buffer).getFloat64(0, true)

/**
 * Reads the lines of the call graph in one layout: cells from left to right, each found by its own
 * separators, for every width the kernel prints is a minimum. All of kernel/trace/
 * trace_functions_graph.c from 2.6.30 to 7.2 prints this form.
 *
 * The bytes must hold whole lines, each with its line feed: no scan looks past one. Behind the last
 * line their buffer must go on (`scanBuffer`).
 */
export class GraphScanner {
  #layout: Layout
  readonly #functions: Interner
  readonly #prefix: PrefixScanner
  readonly #names: NameScanner
  /** The bytes seen last, and a view of them by eight. */
  #bytes: Uint8Array = new Uint8Array(0)
  #words: DataView = new DataView(new ArrayBuffer(0))

  constructor(layout: Layout, functions: Interner, tasks: Tasks) {
    this.#layout = layout
    this.#functions = functions
    this.#prefix = new PrefixScanner(layout, tasks)
    this.#names = new NameScanner(functions)
  }

  set layout(layout: Layout) {
    this.#layout = layout
    this.#prefix.layout = layout
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
    return this.#prefix.scan(bytes, at, line)
  }

  #scanCall(bytes: Uint8Array, at: number, line: TraceLine): number {
    let p = at
    let measured = false
    if (this.#layout.duration) {
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
    const withTime = measured || !this.#layout.duration
    if (byte === BRACE_CLOSE) return withTime ? this.#scanExit(bytes, p, line) : NO_MATCH
    if (byte === SLASH) return measured ? NO_MATCH : this.#scanComment(bytes, p, line)
    const next = this.#scanFunction(bytes, p, line)
    if (next < 0 || !this.#layout.duration) return next
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
    const end = this.#names.scan(bytes, this.#words, at)
    if (end < 0) return NO_MATCH
    const next = scanParens(bytes, end, line)
    if (next >= 0) line.func = this.#names.intern(bytes, at, end)
    return next
  }

  // }   } /* foo */   } /* foo [module] ret=0x0 */   } /* ret=0x0 */   } /* somebody's remark */
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
    const isNameless = isValue(bytes, start, p)
    if (isNameless || p < end - 3) {
      clearNotes(line)
      scanNote(bytes, isNameless ? start - 1 : p, end - 3, line)
    }
    if (isNameless || (p < end - 3 && !line.hasNotes)) return feed + 1
    // The kernel's documentation shows `} /* foo() */`.
    const parens = bytes[p - 1] === PAREN_CLOSE && bytes[p - 2] === PAREN_OPEN ? 2 : 0
    line.func = this.#functions.intern(bytes, start, p - parens)
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

/** Whether a word is `ret=0x0` or `=`: no function has such a name. */
function isValue(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes.subarray(start, end).includes(EQUALS)
}

function scanParens(bytes: Uint8Array, open: number, line: TraceLine): number {
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
  return scanArguments(bytes, open, line)
}

/** `|` and the two columns that the kernel prints behind it. */
function barAt(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== BAR || bytes[at + 1] !== SPACE || bytes[at + 2] !== SPACE) return NO_MATCH
  return at + 3
}
