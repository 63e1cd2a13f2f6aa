import { numberIn } from '../../timeline/notes.js'
import type { Argument, CallNotes, Value } from '../../timeline/sink.js'
import { errnoName } from './errno.js'
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
): CallNotes | undefined {
  if (!wanted) return undefined
  const text = (start: number, end: number) =>
    start === end ? '' : utf8.decode(bytes.subarray(start, end))
  const returned = text(line.returnedStart, line.returnedEnd)
  const hasOthers = line.argsStart !== line.argsEnd || line.callerStart !== line.callerEnd
  if (wanted === 'returned' || !hasOthers) {
    if (returned !== '') return returnOf(returned)
    if (wanted === 'returned') return undefined
  }
  return {
    arguments: argumentsOf(text(line.argsStart, line.argsEnd)),
    caller: text(line.callerStart, line.callerEnd),
    returned: returned === '' ? undefined : returnedValue(returned),
  }
}

/** The notes on an entry with those on its exit. */
export function joinedNotes(
  entry: CallNotes | undefined,
  exit: CallNotes | undefined,
): CallNotes | undefined {
  return entry && exit ? { ...entry, returned: exit.returned } : (entry ?? exit)
}

const NONE: readonly Argument[] = []

/** `work=0xffffffffc087d9c0, idx=17 [NR_ANON_MAPPED], pte=(STRUCT)[0x1:0x2], =?0x63, ...` */
function argumentsOf(text: string): readonly Argument[] {
  if (text === '') return NONE
  return splitArguments(text)
    .filter(argument => argument !== '...')
    .map(argument => {
      const equals = argument.indexOf('=')
      return {
        name: argument.slice(0, Math.max(equals, 0)),
        value: argumentValue(argument.slice(equals + 1)),
      }
    })
}

/** At commas that stand outside of brackets. */
function splitArguments(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '[' || char === '(') depth++
    else if (char === ']' || char === ')') depth--
    else if (char === ',' && depth <= 0) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  parts.push(text.slice(start).trim())
  return parts
}

function argumentValue(text: string): Value {
  // idx=17 [NR_ANON_MAPPED]
  const enumerator = /^(-?\d+) \[(\w+)\]$/.exec(text)
  if (!enumerator) return { text, number: numberIn(text), meaning: '' }
  const [, digits = '', meaning = ''] = enumerator
  return { text: digits, number: BigInt(digits), meaning }
}

/** Most calls return one of a few values: their notes are made once. */
const known = new Map<string, CallNotes>()
const MOST_KNOWN = 4096

/** The notes of a call that has a return value and nothing else. */
function returnOf(printed: string): CallNotes {
  const same = known.get(printed)
  if (same) return same
  const notes = { arguments: NONE, caller: '', returned: returnedValue(printed) }
  if (known.size < MOST_KNOWN) known.set(printed, notes)
  return notes
}

/** `-22`, `0x0`; `0xffffffea/-22` where both forms are printed, by patches older than the option. */
export function returnedValue(printed: string): Value {
  const text = printed.slice(printed.indexOf('/') + 1)
  const number = numberIn(text)
  return { text, number, meaning: number === undefined ? '' : errnoName(errorIn(text, number)) }
}

/** Errors are negative: in hexadecimal that shows in 32 bits or in 64. Otherwise 0. */
function errorIn(text: string, number: bigint): number {
  if (!text.startsWith('0x')) return -Number(number)
  if (text.length === 10) return -Number(BigInt.asIntN(32, number))
  return text.length === 18 ? -Number(BigInt.asIntN(64, number)) : 0
}
