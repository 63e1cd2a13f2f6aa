import { LookAhead } from '../calls/look-ahead.js'
import type { Stacks } from '../calls/stacks.js'
import { readNotes } from '../lines/call-notes.js'
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
  OTHER,
  STACK,
  SWITCH,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { isDamaged } from '../posted/trace-form.js'
import { LONGEST_LINE } from '../text/line-buffer.js'
import { WIDEST_PREFIX } from '../text/mangled-line.js'
import type { LineCounter } from './line-counter.js'
import { PendingEvent } from './pending-event.js'
import type { Recognizer } from './recognizer.js'
import { RepeatedLines } from './repeated-lines.js'

export interface CaptureOptions {
  /** Whether arguments, return values and callers are read. */
  readonly notes: boolean
  /** Each line is told before the next one is read. */
  readonly lineByLine: boolean
}

/**
 * The hot loop of reading: takes a capture's lines from the buffer, most of them by the hundred, and
 * hands them to the engine.
 */
export class CaptureReader {
  readonly #scanner: FastScanner
  readonly #stacks: Stacks
  readonly #recognizer: Recognizer
  readonly #counter: LineCounter
  readonly #wantsNotes: boolean
  readonly #isLineByLine: boolean
  readonly #line = emptyLine()
  readonly #repeated = new RepeatedLines()
  readonly #event: PendingEvent
  readonly #lookAhead: LookAhead
  #reader: LineReader | undefined
  #hasTime = false

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
    this.#wantsNotes = notes
    this.#isLineByLine = lineByLine
    this.#lookAhead = new LookAhead(stacks, counter)
    this.#event = new PendingEvent((line, ...event) => {
      this.#lookAhead.other(line, line => stacks.event(line, ...event))
    })
  }

  /** The number of the line that is being told, of all that were read. */
  get line(): number {
    return this.#lookAhead.line
  }

  /** A capture begins; `hasTime` if its timestamps tell time. */
  start(reader: LineReader, hasTime: boolean): void {
    this.#lookAhead.end()
    this.#reader = reader
    this.#hasTime = hasTime
    this.#repeated.reset()
    if (reader.layout) this.#scanner.layout = reader.layout
  }

  /** The last line of the text has been read. */
  end(): void {
    this.#event.end()
    this.#lookAhead.end()
  }

  /** Reads lines up to `end`, or to where the text must be looked at anew; returns where it is. */
  readLines(start: number, end: number): number {
    const reader = this.#reader as LineReader
    let at = start
    while (at < end && !this.#recognizer.isDue) {
      if (reader.layout) at = this.#readFast(at, end, reader)
      if (at < end) at = this.#readLine(at, reader)
    }
    this.#stacks.send()
    return at
  }

  /** Reads lines that the fast scanner understands; returns where the first other one is. */
  #readFast(start: number, end: number, reader: LineReader): number {
    const scanner = this.#scanner
    let at = start
    while (at < end) {
      const count = scanner.scan(at, end)
      if (count === 0) break
      reader.sawCalls?.()
      this.#event.end()
      const taken = this.#takeAll(count)
      at = taken < count ? scanner.begin(taken) : scanner.end(count - 1)
    }
    return at
  }

  /** Takes the lines scanned, or those before one that is better scanned with more behind it. */
  #takeAll(count: number): number {
    for (let index = 0; index < count; ) {
      const next = this.#follow(index, count)
      if (next < 0) return -next
      if (next === index) this.#takeScanned(index++)
      else index = next
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
    if (this.#isLineByLine || this.#stacks.hasExitsOnly || this.#lookAhead.isHolding) return from
    if (this.#hasTime && repeated.needsEveryLine) return from
    const next = this.#stacks.follow(from, end, repeated.seconds, repeated.nanos)
    const followed = Math.abs(next) - from
    if (followed === 0) return from
    this.#counter.number += followed
    this.#recognizer.lineUnderstood()
    repeated.passed()
    return next
  }

  #takeScanned(index: number): void {
    const scanner = this.#scanner
    scanner.fill(this.#line, index)
    this.#take(scanner.bytes, scanner.begin(index), scanner.end(index))
  }

  /** Reads the line at `at`, whatever it is; returns where the next one is. */
  #readLine(at: number, reader: LineReader): number {
    const { bytes } = this.#scanner
    const line = this.#line
    const next = readLine(reader, bytes, at, line)
    if (line.kind <= EXIT && line.depth > DEEPEST) line.kind = UNRECOGNIZED
    if (line.kind <= EXIT && line.hasNotes) {
      line.notes = this.#wantsNotes ? readNotes(bytes, line) : undefined
    }
    this.#take(bytes, at, next)
    return next
  }

  /** Takes what the line between `from` and `to` says. */
  #take(bytes: Uint8Array, from: number, to: number): void {
    const line = this.#line
    const counter = this.#counter
    counter.number++
    this.#event.endUnless(line.kind)
    if (this.#hasTime && this.#repeated.includes(line, bytes, from, to, counter.number)) {
      counter.count(OTHER)
    } else if (line.kind <= EXIT) {
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
        this.#recognizer.captureBegins()
        return
      case HEADER:
        return
    }
    this.#recognizer.lineUnderstood()
  }

  /** What is nothing like a line of a trace is what somebody has written around one. */
  #takeUnrecognized(bytes: Uint8Array, from: number, to: number): void {
    const text = latin1.decode(bytes.subarray(from, Math.min(to, from + WIDEST_PREFIX))).trimEnd()
    if (isDamaged(text)) this.#counter.countUnrecognized(text)
    else this.#counter.count(OTHER)
    this.#recognizer.lineUnrecognized()
  }
}

const latin1 = new TextDecoder('latin1')
