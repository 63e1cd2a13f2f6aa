import { LookAhead } from '../calls/look-ahead.js'
import type { Stacks } from '../calls/stacks.js'
import { type NotesWanted, readNotes } from '../lines/call-notes.js'
import type { FastScanner } from '../lines/fast-scanner.js'
import { type LineReader, readLine } from '../lines/line-reader.js'
import { DEEPEST } from '../lines/marks.js'
import {
  ARROW,
  CAPTURE,
  COMMENT,
  CONTINUATION,
  EXIT,
  emptyLine,
  HEADER,
  LOST,
  moveSpans,
  OTHER,
  STACK,
  SWITCH,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { isDamaged } from '../posted/trace-form.js'
import { LONGEST_LINE } from '../text/line-buffer.js'
import { WIDEST_PREFIX } from '../text/mangled-line.js'
import { isCaptureMark } from './capture-marks.js'
import { type Suspicion, suspicionOf } from './capture-starts.js'
import type { LineCounter } from './line-counter.js'
import { PendingEvent } from './pending-event.js'
import type { Recognizer } from './recognizer.js'
import { RepeatedLines } from './repeated-lines.js'

export interface CaptureOptions {
  /** Whether arguments, return values and callers are read. */
  readonly notes: NotesWanted
  /** Each event is told by itself, with its line. */
  readonly lineByLine: boolean
}

/** So many suspicions at most are passed over, for looking into one takes long. */
const MOST_PASSES = 63

/**
 * The hot loop of reading: takes a capture's lines from the buffer, most of them by the hundred, and
 * hands them to the engine.
 */
export class CaptureReader {
  readonly #scanner: FastScanner
  readonly #stacks: Stacks
  readonly #recognizer: Recognizer
  readonly #counter: LineCounter
  readonly #notesWanted: NotesWanted
  readonly #isLineByLine: boolean
  readonly #line = emptyLine()
  readonly #repeated = new RepeatedLines()
  readonly #event: PendingEvent
  readonly #lookAhead: LookAhead
  #reader: LineReader | undefined
  #hasTime = false
  /** Lines of the capture have been taken. */
  #hasLines = false
  /** Calls of the capture have been read. */
  #hasCalls = false
  /** The line at which another capture may begin: read, and not yet taken for one of this capture. */
  #held: { readonly at: number; readonly length: number } | undefined
  #suspicion: Suspicion | undefined
  /** After suspicions that came to nothing, how many are passed over, and how many next time. */
  #passes = 0
  #mostPasses = 0

  constructor(
    scanner: FastScanner,
    stacks: Stacks,
    recognizer: Recognizer,
    counter: LineCounter,
    { notes, lineByLine }: CaptureOptions,
  ) {
    this.#scanner = scanner
    this.#stacks = stacks
    this.#recognizer = recognizer
    this.#counter = counter
    this.#notesWanted = notes
    this.#isLineByLine = lineByLine
    this.#lookAhead = new LookAhead(stacks, counter)
    this.#event = new PendingEvent((line, ...event) => {
      this.#lookAhead.other(line, line => stacks.event(line, ...event))
    })
  }

  /** The number of the line that is being told, of all that were read. */
  get line(): number {
    return this.#stacks.line ?? this.#lookAhead.line
  }

  /** A capture begins; `hasTime` if its timestamps tell time. */
  start(reader: LineReader, hasTime: boolean): void {
    this.#lookAhead.end()
    this.#reader = reader
    this.#hasTime = hasTime
    this.#hasLines = false
    this.#hasCalls = false
    this.#passes = this.#mostPasses = 0
    this.drop()
    this.#repeated.reset()
    if (reader.layout) this.#scanner.layout = reader.layout
  }

  /** Why another capture may begin at the line that comes next; undefined if it does not. */
  get suspicion(): Suspicion | undefined {
    return this.#suspicion
  }

  /** The suspicion has been looked into. The line is one of this capture, unless another one starts. */
  goOn(): void {
    this.#suspicion = undefined
  }

  /** The line that comes next is none of this capture. */
  drop(): void {
    this.#held = undefined
    this.#suspicion = undefined
  }

  /** The last line of the text has been read. */
  end(): void {
    this.#event.end()
    this.#lookAhead.end()
  }

  /**
   * Reads lines up to `end`, or to where the text must be looked at anew or there is a `suspicion`;
   * returns where it is.
   */
  readLines(start: number, end: number): number {
    const reader = this.#reader as LineReader
    let at = this.#takeHeld(start)
    while (at < end && !this.#recognizer.isDue && !this.#suspicion) {
      if (reader.layout) at = this.#readFast(at, end, reader)
      if (at < end && !this.#suspicion) at = this.#readLine(at, reader)
    }
    this.#stacks.send()
    return at
  }

  /** Reads lines that the fast scanner understands; returns where the first other one is. */
  #readFast(start: number, end: number, reader: LineReader): number {
    const scanner = this.#scanner
    let at = start
    while (at < end && !this.#suspicion) {
      const count = scanner.scan(at, end)
      if (count === 0) break
      reader.sawCalls?.()
      this.#event.end()
      const taken = this.#takeAll(count)
      scanner.drop(taken, count)
      at = taken < count ? scanner.begin(taken) : scanner.end(count - 1)
    }
    return at
  }

  /** Takes the lines scanned, or those before one that is held, or better scanned with more behind it. */
  #takeAll(count: number): number {
    for (let index = 0; index < count; ) {
      const next = this.#follow(index, count)
      if (next < 0) return -next
      if (next === index && !this.#takeScanned(index++)) return index - 1
      index = Math.max(next, index)
    }
    return count
  }

  /**
   * Follows the lines scanned, from number `from` on, up to `end` or to one that must be looked at:
   * it may stand there a second time. Returns the number of that one; less than 0, if it is in doubt
   * and lines that were not scanned might settle it.
   */
  #follow(from: number, end: number): number {
    const repeated = this.#repeated
    if (this.#stacks.hasExitsOnly || this.#lookAhead.isHolding) return from
    if (this.#hasTime && repeated.needsEveryLine) return from
    const { seconds, nanos } = repeated
    const firstLine = this.#counter.number + 1 - from
    const next = this.#isLineByLine
      ? this.#stacks.followByLine(from, end, seconds, nanos, firstLine)
      : this.#stacks.follow(from, end, seconds, nanos)
    const followed = Math.abs(next) - from
    if (followed === 0) return from
    this.#counter.number += followed
    this.#hasLines = true
    this.#hasCalls = true
    this.#recognizer.lineUnderstood()
    repeated.passed()
    return next
  }

  #takeScanned(index: number): boolean {
    const scanner = this.#scanner
    scanner.fill(this.#line, index)
    return this.#takeUnlessHeld(scanner.begin(index), scanner.end(index))
  }

  /** Reads the line at `at`, whatever it is; returns where the next one is, or `at` if it is held. */
  #readLine(at: number, reader: LineReader): number {
    const { bytes } = this.#scanner
    const line = this.#line
    const next = readLine(reader, bytes, at, line)
    if (line.kind <= EXIT && line.depth > DEEPEST) line.kind = UNRECOGNIZED
    if (line.kind <= EXIT && line.hasNotes) {
      line.notes = readNotes(bytes, line, this.#notesWanted)
    }
    return this.#takeUnlessHeld(at, next) ? next : at
  }

  /** Takes the line between `from` and `to`, unless another capture may begin with it. */
  #takeUnlessHeld(from: number, to: number): boolean {
    const suspicion = this.#suspicionOf(from, to)
    const isSaid = suspicion === 'header' || suspicion === 'mark'
    if (suspicion && (isSaid || this.#passes-- <= 0)) {
      this.#suspicion = suspicion
      this.#held = { at: from, length: to - from }
      return false
    }
    this.#take(this.#scanner.bytes, from, to)
    return true
  }

  #suspicionOf(from: number, to: number): Suspicion | undefined {
    const line = this.#line
    // A capture that is read as the one before it was starts with what may look like the next one's.
    if (line.kind === CAPTURE && this.#hasLines) return 'header'
    if (!this.#hasCalls) return undefined
    if (line.kind <= EXIT || line.kind === COMMENT) {
      const isJump = this.#hasTime && this.#stacks.isJump(line)
      return isJump && !this.#repeated.mayInclude(line) ? 'jump' : undefined
    }
    return suspicionOf(line, this.#scanner.bytes, from, to - 1)
  }

  /** Takes the line that was held, now at `at`, if it is one of this capture after all. */
  #takeHeld(at: number): number {
    const held = this.#held
    if (!held || this.#suspicion) return at
    this.#held = undefined
    this.#passes = this.#mostPasses
    this.#mostPasses = Math.min(2 * this.#mostPasses + 1, MOST_PASSES)
    moveSpans(this.#line, at - held.at)
    this.#take(this.#scanner.bytes, at, at + held.length)
    return at + held.length
  }

  /** Takes what the line between `from` and `to` says. */
  #take(bytes: Uint8Array, from: number, to: number): void {
    const line = this.#line
    const counter = this.#counter
    counter.number++
    this.#event.endUnless(line.kind)
    this.#hasLines = true
    if (this.#hasTime && this.#repeated.includes(line, bytes, from, to, counter.number)) {
      counter.count(OTHER)
    } else if (line.kind <= EXIT) {
      if (this.#hasTime) this.#stacks.seeTime(line)
      this.#hasCalls = true
      this.#lookAhead.call(line)
      if (this.#isLineByLine) this.#stacks.send()
      this.#recognizer.lineUnderstood()
    } else if (to - from > LONGEST_LINE) {
      counter.countTooLong()
    } else {
      this.#takeOther(bytes, from, to)
    }
  }

  /** Lines that are rare, so that their cost does not matter. */
  #takeOther(bytes: Uint8Array, from: number, to: number): void {
    const line = this.#line
    if (line.kind === UNRECOGNIZED && isCaptureMark(bytes, from, to - 1)) {
      line.kind = OTHER
    }
    if (line.kind === UNRECOGNIZED) {
      this.#takeUnrecognized(bytes, from, to)
      return
    }
    this.#counter.count(line.kind)
    switch (line.kind) {
      case SWITCH:
        this.#lookAhead.other(line, line => this.#stacks.switchTask(line))
        break
      case LOST:
        this.#lookAhead.other(line, line => this.#stacks.lost(line))
        break
      case COMMENT:
        if (this.#hasTime) this.#stacks.seeTime(line)
        this.#event.startComment(line, bytes)
        break
      case STACK:
        this.#event.startStack(line)
        break
      case CONTINUATION:
        this.#event.continue(line, bytes)
        break
      case ARROW:
        this.#lookAhead.other(line, line => this.#stacks.interrupt(line))
        break
      case CAPTURE:
      case HEADER:
        return
    }
    this.#recognizer.lineUnderstood()
  }

  /** A line unlike any line of a trace was written around one. */
  #takeUnrecognized(bytes: Uint8Array, from: number, to: number): void {
    const text = latin1.decode(bytes.subarray(from, Math.min(to, from + WIDEST_PREFIX))).trimEnd()
    if (isDamaged(text)) this.#counter.countUnrecognized(text)
    else this.#counter.count(OTHER)
    this.#recognizer.lineUnrecognized()
  }
}

const latin1 = new TextDecoder('latin1')
