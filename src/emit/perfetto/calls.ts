import { textRoom, WirePiece, type WireWriter } from '../../base/wire.js'
import { functionName } from '../../timeline/names.js'
import { type Shown, shownNotes } from '../../timeline/notes.js'
import type { CallNotes, FunctionId, KernelFunction, Nanos } from '../../timeline/sink.js'
import {
  ANNOTATION_NAMES,
  BEGIN,
  BOOL_VALUE,
  CATEGORY_IID,
  CLOCK_ID,
  DEBUG_ANNOTATION,
  END,
  EVENT_NAMES,
  IID,
  INCOMPLETE,
  INT_VALUE,
  INTERNED_DATA,
  IRQ,
  KERNEL,
  KEY_IID,
  MODULE,
  marks,
  NAME,
  NAME_IID,
  NEEDS_STATE,
  NO_ENTRY,
  PACKET,
  POINTER_VALUE,
  PRINTED_DURATION,
  SEQUENCE_FLAGS,
  SEQUENCE_ID,
  STRING_VALUE,
  TIMELINE,
  TIMESTAMP,
  TRACK_EVENT,
  TYPE,
} from './fields.js'

/** The state of a track while its packets are written. */
export interface Row {
  readonly sequence: number
  readonly uuid: number
  /** The fields of the sequence in each of its packets. */
  readonly state: WirePiece
  /** The fields of a plain end, after its time. */
  readonly end: WirePiece
  /** Position of the last packet, which is the time of the sequence's clock. */
  at: Nanos
  /** Where the open calls begin. */
  readonly begins: Nanos[]
  /** The levels, from 1, of open calls without a name: their begin is written when the end brings it. */
  readonly unnamed: number[]
  /** The last of them, or 0. */
  unnamedLevel: number
  /** The level of the open call that is an interrupt's, or 0; EVERY_LEVEL on a track of interrupts. */
  interruptLevel: number
  /** 1 for each function whose name is interned on this sequence. */
  functions: Uint8Array
  /** 1 for each key of notes that is interned on it. */
  keys: Uint8Array
  /** The row of the calls that are too deep for this one. */
  deeper: Row | undefined
}

const EVERY_LEVEL = -1

export function newRow(sequence: number, uuid: number, isInterrupts: boolean): Row {
  const writeState = (wire: WireWriter) => {
    wire.field(SEQUENCE_ID, sequence)
    wire.field(SEQUENCE_FLAGS, NEEDS_STATE)
  }
  return {
    sequence,
    uuid,
    state: new WirePiece(writeState),
    end: new WirePiece(wire => {
      writeState(wire)
      const event = wire.open(TRACK_EVENT)
      wire.field(TYPE, END)
      wire.close(event)
    }),
    at: 0,
    begins: [],
    unnamed: [],
    unnamedLevel: 0,
    interruptLevel: isInterrupts ? EVERY_LEVEL : 0,
    functions: new Uint8Array(256),
    keys: new Uint8Array(16),
    deeper: undefined,
  }
}

/** The facts that the end of a call adds to its time. */
export interface EndMarks {
  readonly hasEntry: boolean
  readonly isIncomplete: boolean
  /** The printed duration, if the slice has another length. */
  readonly duration: Nanos | undefined
  readonly notes: CallNotes | undefined
}

/**
 * Writes begins and ends of calls by hand, because a trace is made of little else. Each sequence
 * has its own names: the first packet that uses a name interns it.
 */
export class CallPackets {
  readonly #wire: WireWriter
  readonly #names: string[] = []
  /** By function, the TrackEvent that begins it. */
  readonly #begins: WirePiece[] = []
  /** The same in an interrupt. */
  readonly #interruptBegins: WirePiece[] = []
  readonly #keys = new Map<string, number>(marks.map((mark, index) => [mark, index + 1]))

  constructor(wire: WireWriter) {
    this.#wire = wire
  }

  defineFunction(id: FunctionId, definition: KernelFunction): void {
    this.#names[id] = functionName(definition)
    const isKernel = definition.module === ''
    this.#begins[id] = beginOf(id, isKernel ? KERNEL : MODULE)
    this.#interruptBegins[id] = beginOf(id, isKernel ? IRQ : MODULE)
  }

  /** About fifteen bytes, if the name is interned. */
  begin(row: Row, func: FunctionId, at: Nanos, isInterrupt: boolean): void {
    if (row.functions[func] !== 1) {
      this.#introduce(row, func, this.#advance(row, at), isInterrupt, false)
      return
    }
    const time = this.#advance(row, at)
    this.#wire.message(PACKET, TIMESTAMP, time, row.state, this.#eventOf(func, isInterrupt))
  }

  /** A begin that is written with its end, on a clock that does not move the row's own. */
  lateBegin(row: Row, func: FunctionId, at: Nanos, isInterrupt: boolean): void {
    if (row.functions[func] !== 1) {
      this.#introduce(row, func, at, isInterrupt, true)
      return
    }
    const wire = this.#wire
    wire.room(SHORT)
    const packet = wire.open(PACKET)
    this.#writeLateTime(at)
    this.#writeBegin(row, func, isInterrupt)
    wire.close(packet)
  }

  end(row: Row, at: Nanos): void {
    this.#wire.message(PACKET, TIMESTAMP, this.#advance(row, at), row.end)
  }

  markedEnd(row: Row, at: Nanos, { hasEntry, isIncomplete, duration, notes }: EndMarks): void {
    const wire = this.#wire
    const shown = notes ? shownNotes(notes) : []
    wire.room(SHORT + notesRoom(shown))
    const packet = wire.openLong(PACKET)
    wire.field(TIMESTAMP, this.#advance(row, at))
    wire.piece(row.state)
    const event = wire.openLong(TRACK_EVENT)
    wire.field(TYPE, END)
    for (const [key, value] of shown) this.#writeNote(this.#key(key), value)
    if (!hasEntry) this.#writeMark(NO_ENTRY, BOOL_VALUE, 1)
    if (isIncomplete) this.#writeMark(INCOMPLETE, BOOL_VALUE, 1)
    if (duration !== undefined) this.#writeMark(PRINTED_DURATION, INT_VALUE, duration)
    wire.closeLong(event)
    this.#introduceKeys(row, shown)
    wire.closeLong(packet)
  }

  /** The time since the row's last packet, which is how its clock counts. */
  #advance(row: Row, at: Nanos): Nanos {
    const delta = at - row.at
    row.at = at
    return delta
  }

  /** A begin that interns the function's name. */
  #introduce(row: Row, func: FunctionId, time: Nanos, isInterrupt: boolean, isLate: boolean): void {
    const wire = this.#wire
    const name = this.#names[func]
    wire.room(SHORT + textRoom(name))
    const packet = wire.openLong(PACKET)
    if (isLate) this.#writeLateTime(time)
    else wire.field(TIMESTAMP, time)
    this.#writeBegin(row, func, isInterrupt)
    const data = wire.openLong(INTERNED_DATA)
    this.#writeInterned(EVENT_NAMES, func, name)
    wire.closeLong(data)
    wire.closeLong(packet)
    if (func >= row.functions.length) row.functions = lengthened(row.functions, func)
    row.functions[func] = 1
  }

  #writeLateTime(at: Nanos): void {
    this.#wire.field(TIMESTAMP, at)
    this.#wire.field(CLOCK_ID, TIMELINE)
  }

  #writeBegin(row: Row, func: FunctionId, isInterrupt: boolean): void {
    this.#wire.piece(row.state)
    this.#wire.piece(this.#eventOf(func, isInterrupt))
  }

  #eventOf(func: FunctionId, isInterrupt: boolean): WirePiece {
    return (isInterrupt ? this.#interruptBegins : this.#begins)[func]
  }

  #writeMark(mark: number, tag: number, value: number): void {
    const wire = this.#wire
    const note = wire.open(DEBUG_ANNOTATION)
    wire.field(KEY_IID, mark)
    wire.field(tag, value)
    wire.close(note)
  }

  #writeNote(key: number, value: Shown): void {
    const wire = this.#wire
    const note = wire.openLong(DEBUG_ANNOTATION)
    wire.field(KEY_IID, key)
    if (typeof value === 'number') {
      if (value >= 0) wire.field(INT_VALUE, value)
      else wire.big(INT_VALUE, BigInt(value))
    } else if (isAddress(value)) {
      wire.big(POINTER_VALUE, BigInt(value))
    } else {
      wire.text(STRING_VALUE, value)
    }
    wire.closeLong(note)
  }

  #key(text: string): number {
    const known = this.#keys.get(text)
    if (known !== undefined) return known
    const key = this.#keys.size + 1
    this.#keys.set(text, key)
    return key
  }

  /** Interns all new keys in one InternedData: Perfetto reads only one of a packet. */
  #introduceKeys(row: Row, shown: readonly [string, Shown][]): void {
    const texts = shown.map(([text]) => text).filter(text => row.keys[this.#key(text)] !== 1)
    if (texts.length === 0) return
    const wire = this.#wire
    const data = wire.openLong(INTERNED_DATA)
    for (const text of texts) {
      const key = this.#key(text)
      this.#writeInterned(ANNOTATION_NAMES, key, text)
      if (key >= row.keys.length) row.keys = lengthened(row.keys, key)
      row.keys[key] = 1
    }
    wire.closeLong(data)
  }

  #writeInterned(tag: number, iid: number, text: string): void {
    const wire = this.#wire
    const entry = wire.openLong(tag)
    wire.field(IID, iid)
    wire.text(NAME, text)
    wire.closeLong(entry)
  }
}

function beginOf(func: FunctionId, category: number): WirePiece {
  return new WirePiece(wire => {
    const event = wire.open(TRACK_EVENT)
    wire.field(TYPE, BEGIN)
    wire.field(NAME_IID, func)
    wire.field(CATEGORY_IID, category)
    wire.close(event)
  })
}

/** Whether Perfetto shows it the same as an address: hexadecimal without leading zeros. */
function isAddress(value: string): boolean {
  return /^0x(?:0|[1-9a-f][\da-f]{0,15})$/.test(value)
}

/** Room for all of a packet but its texts. */
const SHORT = 96

function notesRoom(shown: readonly [string, Shown][]): number {
  let room = 0
  for (const [key, value] of shown) {
    room += SHORT + textRoom(key) + (typeof value === 'number' ? 0 : textRoom(value))
  }
  return room
}

function lengthened(flags: Uint8Array, index: number): Uint8Array {
  const longer = new Uint8Array(Math.max(flags.length * 2, index + 1))
  longer.set(flags)
  return longer
}
