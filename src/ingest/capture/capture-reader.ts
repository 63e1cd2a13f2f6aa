import type { Stacks } from '../calls/stacks.js'
import type { UsualCalls } from '../fast/usual-calls.js'
import type { UsualLines } from '../fast/usual-lines.js'
import { readNotes } from '../lines/call-notes.js'
import type { LineReader } from '../lines/line-reader.js'
import {
  ARROW,
  CAPTURE,
  COMMENT,
  CONTINUATION,
  ENTRY,
  EXIT,
  emptyLine,
  HEADER,
  LEAF,
  LOST,
  OTHER,
  STACK,
  SWITCH,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { LONGEST_LINE } from '../text/line-buffer.js'
import type { LineCounter } from './line-counter.js'
import { PendingEvent } from './pending-event.js'
import type { Recognizer } from './recognizer.js'
import { RepeatedLines } from './repeated-lines.js'

/** What is done with lines: the scanner of most lines, and those who know what lines mean. */
export interface LineEngine {
  readonly usual: UsualLines
  readonly usualCalls: UsualCalls
  readonly stacks: Stacks
}

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
  readonly #bytes: Uint8Array
  readonly #usual: UsualLines
  readonly #usualCalls: UsualCalls
  readonly #stacks: Stacks
  readonly #recognizer: Recognizer
  readonly #counter: LineCounter
  readonly #wantsNotes: boolean
  readonly #isLineByLine: boolean
  readonly #line = emptyLine()
  readonly #repeated = new RepeatedLines()
  readonly #event: PendingEvent
  #reader: LineReader | undefined
  #hasTime = false

  constructor(
    { usual, usualCalls, stacks }: LineEngine,
    recognizer: Recognizer,
    counter: LineCounter,
    { notes, lineByLine }: CaptureOptions,
  ) {
    this.#bytes = usual.bytes
    this.#usual = usual
    this.#usualCalls = usualCalls
    this.#stacks = stacks
    this.#recognizer = recognizer
    this.#counter = counter
    this.#wantsNotes = notes
    this.#isLineByLine = lineByLine
    this.#event = new PendingEvent((...event) => stacks.event(...event))
  }

  /** A capture begins; `hasTime` if its timestamps tell time. */
  start(reader: LineReader, hasTime: boolean): void {
    this.#reader = reader
    this.#hasTime = hasTime
    this.#line.isInInterrupt = false
    this.#repeated.reset()
    if (reader.layout) this.#usual.layout = reader.layout
  }

  /** The last line of the text has been read. */
  end(): void {
    this.#event.end()
  }

  /** Reads lines up to `end`, or to where the text must be looked at anew; returns where it is. */
  readLines(start: number, end: number): number {
    const bytes = this.#bytes
    const reader = this.#reader as LineReader
    const line = this.#line
    let at = start
    while (at < end && !this.#recognizer.isDue) {
      if (reader.layout) at = this.#readUsual(at, end, reader)
      if (at === end) break
      const from = at
      at = reader.read(bytes, at, line)
      if (line.kind <= EXIT && line.hasNotes) {
        line.notes = this.#wantsNotes ? readNotes(bytes, line) : undefined
      }
      this.#readLine(from, at)
    }
    return at
  }

  /** Reads lines as long as they are such as most; returns where the first other one is. */
  #readUsual(start: number, end: number, reader: LineReader): number {
    const usual = this.#usual
    let at = start
    while (at < end) {
      const count = usual.read(at, end)
      if (count === 0) break
      reader.sawCalls?.()
      for (let index = this.#follow(0, count); index < count; index = this.#follow(index, count)) {
        usual.fill(this.#line, index)
        this.#readLine(usual.begin(index), usual.end(index))
        index++
      }
      at = usual.end(count - 1)
    }
    return at
  }

  /**
   * Follows the lines read at once, from number `from` on, as far as nothing but the calls
   * themselves matters; returns the number of the first one that must be looked at.
   */
  #follow(from: number, end: number): number {
    const repeated = this.#repeated
    if (from === end || this.#isLineByLine || !this.#stacks.isFollowing) return from
    if (this.#hasTime && repeated.needsEveryLine) return from
    this.#event.end()
    const next = this.#stacks.follow(from, end, repeated.seconds, repeated.nanos)
    if (next === from) return from
    const { entries, leaves, exits } = this.#usualCalls
    this.#counter.addCalls(entries, leaves, exits)
    this.#recognizer.lineUnderstood()
    repeated.passed()
    return next
  }

  /** Takes what the line between `from` and `to` says. */
  #readLine(from: number, to: number): void {
    const line = this.#line
    const counter = this.#counter
    counter.number++
    this.#event.endUnless(line.kind)
    if (this.#hasTime && this.#repeated.includes(line, this.#bytes, from, to, counter.number)) {
      counter.count(OTHER)
      return
    }
    switch (line.kind) {
      case ENTRY:
        counter.count(ENTRY)
        this.#stacks.entry(line)
        break
      case LEAF:
        counter.count(LEAF)
        this.#stacks.leaf(line)
        break
      case EXIT:
        counter.count(EXIT)
        this.#stacks.exit(line)
        break
      default:
        if (to - from > LONGEST_LINE) counter.countTooLong()
        else this.#readOther()
        return
    }
    this.#recognizer.lineUnderstood()
  }

  /** Lines that are rare, so that their cost does not matter. */
  #readOther(): void {
    const line = this.#line
    if (line.kind === UNRECOGNIZED) {
      this.#counter.countUnrecognized()
      this.#recognizer.lineUnrecognized()
      return
    }
    this.#counter.count(line.kind)
    switch (line.kind) {
      case SWITCH:
        this.#stacks.switchTask(line)
        break
      case LOST:
        this.#stacks.lost(line)
        break
      case COMMENT:
        this.#event.startComment(line, this.#bytes)
        break
      case STACK:
        this.#event.startStack(line)
        break
      case CONTINUATION:
        this.#event.continue(line, this.#bytes)
        break
      case ARROW:
        this.#stacks.interrupt(line)
        break
      case CAPTURE:
        this.#recognizer.captureBegins()
        return
      case HEADER:
        return
    }
    this.#recognizer.lineUnderstood()
  }
}
