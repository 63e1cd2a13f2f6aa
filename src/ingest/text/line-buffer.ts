import { LF } from '../../base/ascii.js'

/** A longer line is no line of a trace: it is skipped, and never held in memory. */
export const LONGEST_LINE = 1024 * 1024

/** The most that is added to the buffer at once: the start of a long line and a piece fit in. */
const PIECE = 1024 * 1024

/** Takes the lines that a `LineBuffer` holds. */
export interface LineConsumer {
  /**
   * Reads lines from the first `end` bytes, which are whole lines; returns how many bytes it is done
   * with. The others stay in the buffer until more has come, unless `isEnd`: then no more will.
   */
  readLines(end: number, isEnd: boolean): number
  /** A line of more than LONGEST_LINE has been skipped. */
  skippedLine(): void
}

/** Holds text that comes in chunks of any size until whole lines have been read. */
export class LineBuffer {
  length = 0
  readonly #room: () => Uint8Array
  readonly #consumer: LineConsumer
  /** Inside a line that is too long. */
  #isSkipping = false

  /** `room` is where the text is held, wherever that has moved: twice LONGEST_LINE and more. */
  constructor(room: () => Uint8Array, consumer: LineConsumer) {
    this.#room = room
    this.#consumer = consumer
  }

  /** The bytes held are the first `length` of these. */
  get bytes(): Uint8Array {
    return this.#room()
  }

  push(text: Uint8Array): void {
    for (let at = 0; at < text.length; at += PIECE) this.#pushPiece(text.subarray(at, at + PIECE))
  }

  /** The consumer takes now what it has left in the buffer. */
  readOn(): void {
    this.#read(false)
  }

  /** The text is at its end, with or without a line feed; another may follow. */
  end(): void {
    if (this.#lineEnd() < this.length) this.#hold(Uint8Array.of(LF))
    this.#read(true)
    this.#isSkipping = false
  }

  #pushPiece(piece: Uint8Array): void {
    if (this.#isSkipping) {
      const feed = piece.indexOf(LF)
      if (feed < 0) return
      this.#isSkipping = false
      this.#hold(piece.subarray(feed + 1))
    } else {
      this.#hold(piece)
    }
    this.#read(false)
    if (this.length > LONGEST_LINE && this.#lineEnd() === 0) {
      this.#isSkipping = true
      this.length = 0
      this.#consumer.skippedLine()
    }
  }

  #hold(text: Uint8Array): void {
    this.bytes.set(text, this.length)
    this.length += text.length
  }

  #read(isEnd: boolean): void {
    const done = this.#consumer.readLines(this.#lineEnd(), isEnd)
    this.bytes.copyWithin(0, done, this.length)
    this.length -= done
  }

  /** Where the last whole line ends: behind its line feed, or 0. */
  #lineEnd(): number {
    return this.bytes.subarray(0, this.length).lastIndexOf(LF) + 1
  }
}
