import { CR, SPACE, TAB } from '../../base/ascii.js'
import { WIDEST_PREFIX } from './mangled-line.js'

/** A longer line is cut. */
export const LONGEST_LINE = 16 * 1024
/** How long tabs make the longest line. */
export const LONGEST_EXPANDED_LINE = 8 * LONGEST_LINE

const latin1 = new TextDecoder('latin1')

/** A line with one blank for each column of its tabs, and for the odd blanks of web pages. */
export class ExpandedLine {
  readonly bytes = new Uint8Array(LONGEST_EXPANDED_LINE)
  /** Where each byte was read, and behind the last one where the line ends. */
  readonly origins = new Int32Array(LONGEST_EXPANDED_LINE + 1)
  length = 0
  /** The start of it, wide enough for all columns; a byte is a character. */
  text = ''

  /** Reads the line from `start` to `feed`. Blanks at its end are left out. */
  read(bytes: Uint8Array, start: number, feed: number): void {
    this.length = 0
    let end = Math.min(feed, start + LONGEST_LINE)
    while (end > start && isBlank(bytes[end - 1])) end--
    for (let at = start; at < end; at++) {
      const byte = bytes[at]
      if (byte === TAB) {
        do this.#add(SPACE, at)
        while (this.length % 8 !== 0)
      } else if (byte === 0xc2 && bytes[at + 1] === 0xa0) {
        this.#add(SPACE, at++)
      } else {
        this.#add(byte, at)
      }
    }
    this.origins[this.length] = end
    this.text = latin1.decode(this.bytes.subarray(0, Math.min(this.length, WIDEST_PREFIX)))
  }

  #add(byte: number, origin: number): void {
    this.bytes[this.length] = byte
    this.origins[this.length++] = origin
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === CR
}
