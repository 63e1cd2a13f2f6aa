import { PrintedNotes } from '../../timeline/printed-notes.js'
import type { CallNotes } from '../../timeline/sink.js'
import type { TraceLine } from './trace-line.js'

const utf8 = new TextDecoder()

/** Whether notes are read: all, none, or only the values that calls returned. */
export type NotesWanted = boolean | 'returned'

/** Where the notes of a line lie. */
type NoteSpans = Pick<
  TraceLine,
  'argsStart' | 'argsEnd' | 'callerStart' | 'callerEnd' | 'returnedStart' | 'returnedEnd'
>

/** The notes of a line with `hasNotes`, read from the bytes of the line; undefined if it has none that are wanted. */
export function readNotes(
  bytes: Uint8Array,
  line: NoteSpans,
  wanted: NotesWanted = true,
): PrintedNotes | undefined {
  if (!wanted) return undefined
  const text = (start: number, end: number) =>
    start === end ? '' : utf8.decode(bytes.subarray(start, end))
  const returned = text(line.returnedStart, line.returnedEnd)
  const hasOthers = line.argsStart !== line.argsEnd || line.callerStart !== line.callerEnd
  if (wanted === 'returned' || !hasOthers) {
    if (returned !== '') return returnOf(returned)
    if (wanted === 'returned') return undefined
  }
  const args = text(line.argsStart, line.argsEnd)
  return new PrintedNotes(args, text(line.callerStart, line.callerEnd), returned)
}

/** The notes on an entry with those on its exit. */
export function joinedNotes(
  entry: CallNotes | undefined,
  exit: CallNotes | undefined,
): CallNotes | undefined {
  if (!entry || !exit) return entry ?? exit
  if (entry instanceof PrintedNotes && exit instanceof PrintedNotes) {
    return PrintedNotes.joined(entry, exit)
  }
  return { arguments: entry.arguments, caller: entry.caller, returned: exit.returned }
}

/** Most calls return one of a few values: their notes are made once. */
const known = new Map<string, PrintedNotes>()
const MOST_KNOWN = 4096

/** The notes of a call that has a return value and nothing else. */
function returnOf(printed: string): PrintedNotes {
  const same = known.get(printed)
  if (same) return same
  const notes = new PrintedNotes('', '', printed)
  if (known.size < MOST_KNOWN) known.set(printed, notes)
  return notes
}
