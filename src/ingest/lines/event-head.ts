import {
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  DOT,
  isDigit,
  LF,
  MINUS,
  PAREN_CLOSE,
  PAREN_OPEN,
  SPACE,
  startsWith,
  ZERO,
} from '../../base/ascii.js'
import { decimal, NO_MATCH } from '../text/scanning.js'
import { isFlag } from './marks.js'
import type { Tasks } from './task-cells.js'
import { ABSENT, type TraceLine } from './trace-line.js'

/** A task's name is right-aligned in so many columns, 8 in latency format: it has 15 bytes at most. */
const TASK_WIDTH = 16
const LATENCY_TASK_WIDTH = 8

/** `%12llu`, where the clock has another unit. */
const RAW_TIME_WIDTH = 12

/** The flags of a kernel since 5.x: what else has no blank between flags and time cannot be told. */
const FLAGS_WIDTH = 5
const LEAST_FLAGS = 3
const MOST_FLAGS = 8

/**
 * Reads what stands before an event: who, where, when. kernel/trace/trace_output.c prints it, and
 * trace-cmd (tracecmd/trace-read.c) in its own words:
 *
 *             bash-1234    [001] d..2.   140.291452: name: text
 *             bash-1234    ( 1230) [001] d..2   140.291452: name: text
 *             bash-1234  [001]   140.291452001: name: text
 *             bash-1234  [001]140289463409: name: text
 *             bash-1234  [001]-0x1   140.291452: name: text
 *         bash-1234    1d..2.   140.291452: name: text
 *
 * A name may hold anything, brackets and dashes too, but it is too short to hold all of a head.
 */
export class EventHead {
  readonly #tasks: Tasks
  /** Whether the head scanned last has flags. */
  hasFlags = false
  #isLatency = false

  constructor(tasks: Tasks) {
    this.#tasks = tasks
  }

  /**
   * Reads the head of the line from `at` to `feed`: task, cpu and time. Returns what follows the
   * colon behind the time, or NO_MATCH.
   */
  scan(bytes: Uint8Array, at: number, feed: number, line: TraceLine): number {
    for (let dash = at + 1; dash < feed; dash++) {
      if (bytes[dash] !== MINUS || !isDigit(bytes[dash + 1])) continue
      let p = dash + 1
      while (isDigit(bytes[p])) p++
      const after = bytes[p] === SPACE ? this.#scanPlace(bytes, p, line) : NO_MATCH
      if (after < 0) continue
      const width = this.#isLatency ? LATENCY_TASK_WIDTH : TASK_WIDTH
      // Before the name may stand the name of the file or of the instance.
      line.task = this.#tasks.idOf(bytes, Math.max(at, dash - width), p)
      return line.task === ABSENT ? NO_MATCH : after
    }
    return NO_MATCH
  }

  //   [001] d..2.   140.291452:     (1230) [001]   140.291452:      1d..2.   140.291452:
  #scanPlace(bytes: Uint8Array, at: number, line: TraceLine): number {
    let p = skipBlanks(bytes, at)
    if (bytes[p] === PAREN_OPEN) {
      p = endOfTgid(bytes, p)
      if (p < 0) return NO_MATCH
      p = skipBlanks(bytes, p)
    }
    this.#isLatency = bytes[p] !== BRACKET_OPEN
    const start = this.#isLatency ? p : p + 1
    for (p = start; isDigit(bytes[p]); ) p++
    if (p === start || p > start + 5) return NO_MATCH
    line.cpu = decimal(bytes, start, p)
    if (this.#isLatency) return this.#scanFlags(bytes, p, line)
    if (bytes[p] !== BRACKET_CLOSE) return NO_MATCH
    const cell = skipBlanks(bytes, p + 1)
    this.hasFlags = false
    return isDigit(bytes[cell])
      ? scanTime(bytes, p + 1, cell, line)
      : this.#scanFlags(bytes, cell, line)
  }

  // d..2.   140.291452:    d..2.140289463409:    -0x1   140.291452:
  #scanFlags(bytes: Uint8Array, at: number, line: TraceLine): number {
    this.hasFlags = true
    if (startsWith(bytes, at, '-0x')) {
      let p = at + 3
      while (bytes[p] !== SPACE && bytes[p] !== LF) p++
      return scanTime(bytes, p, skipBlanks(bytes, p), line)
    }
    let p = at
    while (isFlag(bytes[p])) p++
    if (bytes[p] === COLON) return scanTime(bytes, at + FLAGS_WIDTH, at + FLAGS_WIDTH, line)
    if (p < at + LEAST_FLAGS || p > at + MOST_FLAGS) return NO_MATCH
    return scanTime(bytes, p, skipBlanks(bytes, p), line)
  }
}

/** Reads a time whose digits start at `at`; its column starts at `column`. */
function scanTime(bytes: Uint8Array, column: number, at: number, line: TraceLine): number {
  let p = at
  let seconds = 0
  while (isDigit(bytes[p])) seconds = seconds * 10 + bytes[p++] - ZERO
  if (p === at) return NO_MATCH
  if (bytes[p] !== DOT) {
    const split = Math.max(at, p - 9)
    line.seconds = decimal(bytes, at, split)
    line.nanos = decimal(bytes, split, p)
    return p - column >= RAW_TIME_WIDTH ? afterColon(bytes, p) : NO_MATCH
  }
  const point = p++
  while (isDigit(bytes[p])) p++
  const digits = p - point - 1
  if (digits !== 6 && digits !== 9) return NO_MATCH
  line.seconds = seconds
  line.nanos = decimal(bytes, point + 1, p) * (digits === 6 ? 1000 : 1)
  return afterColon(bytes, p)
}

function afterColon(bytes: Uint8Array, at: number): number {
  return bytes[at] === COLON && bytes[at + 1] === SPACE ? at + 1 : NO_MATCH
}

// ( 1230)   (-----)
function endOfTgid(bytes: Uint8Array, at: number): number {
  let p = at + 1
  while (isDigit(bytes[p]) || bytes[p] === SPACE || bytes[p] === MINUS) p++
  return bytes[p] === PAREN_CLOSE ? p + 1 : NO_MATCH
}

export function skipBlanks(bytes: Uint8Array, at: number): number {
  let p = at
  while (bytes[p] === SPACE) p++
  return p
}
