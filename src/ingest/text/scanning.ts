import { CR, SPACE, ZERO } from '../../base/ascii.js'

/** The result of a scan that does not find its bytes. */
export const NO_MATCH = -1

/** Bytes that scanners may look at behind a text, whatever is in them. */
const SCAN_AHEAD = 16

/** Room for a text of `length` bytes that scanners can read: its buffer has more behind them. */
export function scanBuffer(length: number): Uint8Array {
  return new Uint8Array(length + SCAN_AHEAD).subarray(0, length)
}

export function skipBlanks(bytes: Uint8Array, at: number): number {
  let p = at
  while (bytes[p] === SPACE) p++
  return p
}

/** Where the text of a line ends that spans from `start` to `feed`, trailing blanks left out. */
export function trimmedEnd(bytes: Uint8Array, start: number, feed: number): number {
  let end = feed
  while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === CR)) end--
  return end
}

/** Reads a decimal number; the caller knows that only digits stand there. */
export function decimal(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let i = start; i < end; i++) value = value * 10 + bytes[i] - ZERO
  return value
}
