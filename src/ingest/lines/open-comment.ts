import { startsWith } from '../../base/ascii.js'
import { trimmedEnd } from '../text/scanning.js'
import type { TraceLine } from './trace-line.js'

/** A comment that never ends is given up after so many lines. */
const LONGEST_COMMENT = 64

/** Knows whether lines belong to a comment, which ends with the line that has its end mark. */
export class OpenComment {
  /** How many lines the comment may still have; 0 outside of comments. */
  #linesLeft = 0

  /** The first line of a comment has been read. */
  start(bytes: Uint8Array, line: TraceLine): void {
    this.#linesLeft = takesEndMark(bytes, line) ? 0 : LONGEST_COMMENT
  }

  /** Reads bytes[at..end) as a further line of the comment; false if none is open. */
  read(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
    if (this.#linesLeft === 0) return false
    line.textStart = at
    line.textEnd = end
    if (takesEndMark(bytes, line)) this.#linesLeft = 0
    else this.#linesLeft--
    return true
  }

  giveUp(): void {
    this.#linesLeft = 0
  }
}

/** Takes the end mark of a comment off the text of a line; tells whether it was there. */
function takesEndMark(bytes: Uint8Array, line: TraceLine): boolean {
  const mark = line.textEnd - 2
  if (mark < line.textStart || !startsWith(bytes, mark, '*/')) return false
  line.textEnd = trimmedEnd(bytes, line.textStart, mark)
  return true
}
