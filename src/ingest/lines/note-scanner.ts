import { EQUALS, LF, SPACE, startsWith } from '../../base/ascii.js'
import { NO_MATCH, trimmedEnd } from '../text/scanning.js'
import { clearNotes, ENTRY, LEAF, type TraceLine } from './trace-line.js'

/** From the opening parenthesis: arguments may hold anything, so the line is read from its end. */
export function scanArguments(bytes: Uint8Array, open: number, line: TraceLine): number {
  const feed = bytes.indexOf(LF, open)
  let end = trimmedEnd(bytes, open, feed)
  clearNotes(line)
  if (startsWith(bytes, end - 3, ' */')) {
    const noteEnd = end - 3
    for (end = noteEnd; end > open && !startsWith(bytes, end, ' /*'); ) end--
    scanNote(bytes, end + 3, noteEnd, line)
    end = trimmedEnd(bytes, open, end)
  }
  if (startsWith(bytes, end - 2, ');')) line.kind = LEAF
  else if (startsWith(bytes, end - 3, ') {')) line.kind = ENTRY
  else return NO_MATCH
  line.argsStart = open + 1
  line.argsEnd = end - (line.kind === LEAF ? 2 : 3)
  if (line.argsEnd > line.argsStart) line.hasNotes = true
  return feed + 1
}

/** A comment behind a call, ` <-foo+0x1d/0x40 [module] ret=-22`; ` = 0x0` from 6.5 to 6.12. */
export function scanNote(bytes: Uint8Array, start: number, end: number, line: TraceLine): void {
  let returned = end
  while (returned > start && bytes[returned - 1] !== EQUALS) returned--
  let caller = end
  const sign = returned - (startsWith(bytes, returned - 4, 'ret=') ? 5 : 2)
  if (returned > start && bytes[sign] === SPACE) {
    line.returnedStart = returned + (bytes[returned] === SPACE ? 1 : 0)
    line.returnedEnd = end
    line.hasNotes = true
    caller = Math.max(sign, start)
  }
  if (!startsWith(bytes, start, ' <-')) return
  line.callerStart = start + 3
  line.callerEnd = trimmedEnd(bytes, start + 3, caller)
  line.hasNotes = true
}
