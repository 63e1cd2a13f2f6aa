import { COLON, isDigit, LF, startsWith } from '../../base/ascii.js'
import type { LineReader } from '../lines/line-reader.js'
import { trimmedEnd } from '../text/scanning.js'
import { EventHead } from './event-head.js'
import type { Tasks } from './task-cells.js'
import {
  ABSENT,
  CAPTURE,
  COMMENT,
  CONTINUATION,
  ENTRY,
  EXIT,
  LEAF,
  type LineKind,
  LOST,
  OTHER,
  type TraceLine,
  UNRECOGNIZED,
} from './trace-line.js'

/** Reads the calls among the events. */
export interface CallReader {
  /**
   * Reads what stands behind the head of an event from `at` to `end`: a call, or what belongs to
   * one. The line has task, cpu and time. Returns false for any other event.
   */
  read(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean
  /** Events of the cpu are missing. */
  lost(cpu: number): void
}

/** An event that never ends is given up after so many lines. */
const LONGEST_EVENT = 256

/**
 * Reads the kernel's text of other tracers than function_graph: a line for each event, with who,
 * where and when in front, and calls among them.
 */
export class EventLinesReader implements LineReader {
  readonly columns: readonly string[]
  readonly hasSlots = false
  readonly #head: EventHead
  readonly #kernel: LineReader
  readonly #calls: CallReader
  /** Where and when the last event was. */
  #cpu = ABSENT
  #task = ABSENT
  #seconds = Number.NaN
  #nanos = Number.NaN
  /** Nothing but headers has been read. */
  #isFresh = true
  /** How many lines the event may still have; 0 behind a call. */
  #eventLines = 0

  /** `kernel` reads the lines without a head. */
  constructor(columns: readonly string[], tasks: Tasks, kernel: LineReader, calls: CallReader) {
    this.columns = columns
    this.#head = new EventHead(tasks)
    this.#kernel = kernel
    this.#calls = calls
  }

  read(bytes: Uint8Array, at: number, line: TraceLine): number {
    const feed = bytes.indexOf(LF, at)
    const end = trimmedEnd(bytes, at, feed)
    const head = this.#head.scan(bytes, at, end, line)
    if (head < 0) return this.#readOther(bytes, at, end, line)
    this.#isFresh = false
    this.#eventLines = 0
    this.#cpu = line.cpu
    this.#task = line.task
    this.#seconds = line.seconds
    this.#nanos = line.nanos
    const event = Math.min(head + 1, end)
    if (startsWith(bytes, event, '<stack trace>')) this.#kernel.read(bytes, at, line)
    else if (!this.#calls.read(bytes, event, end, line)) {
      line.kind = this.#kindOfEvent(bytes, event, end, line)
    }
    this.#place(line)
    return feed + 1
  }

  #place(line: TraceLine): void {
    line.cpu = this.#cpu
    line.task = this.#task
    line.seconds = this.#seconds
    line.nanos = this.#nanos
  }

  // sched_switch: prev_comm=bash   vfs_write <-ksys_write
  #kindOfEvent(bytes: Uint8Array, event: number, end: number, line: TraceLine): LineKind {
    if (!isNamed(bytes, event)) return isOfFunctionTracer(bytes, event, end) ? OTHER : UNRECOGNIZED
    this.#eventLines = LONGEST_EVENT
    line.textStart = event
    line.textEnd = end
    return COMMENT
  }

  #readOther(bytes: Uint8Array, at: number, end: number, line: TraceLine): number {
    const next = this.#kernel.read(bytes, at, line)
    switch (line.kind) {
      case ENTRY:
      case LEAF:
      case EXIT:
        // Where the task has changed, the block that says so stands between head and call.
        this.#place(line)
        break
      case LOST:
        this.#calls.lost(line.cpu)
        break
      case UNRECOGNIZED:
        if (this.#eventLines === 0) break
        this.#eventLines--
        line.kind = CONTINUATION
        line.textStart = at
        line.textEnd = end
        break
      default:
        if (!this.#isFresh && startsWith(bytes, at, '# tracer:')) line.kind = CAPTURE
    }
    return next
  }
}

/** Whether the name of an event stands there: a word and a colon. */
export function isNamed(bytes: Uint8Array, at: number): boolean {
  let p = at
  while (isWord(bytes[p])) p++
  return p > at && bytes[p] === COLON
}

function isWord(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const letter = (byte | 0x20) - 0x61
  return byte === 0x5f || isDigit(byte) || (letter >= 0 && letter < 26)
}

function isOfFunctionTracer(bytes: Uint8Array, at: number, end: number): boolean {
  for (let p = at; p < end; p++) if (startsWith(bytes, p, ' <-')) return true
  return false
}
