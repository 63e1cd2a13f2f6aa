import { textRoom, WirePiece, type WireWriter } from '../../base/wire.js'
import { functionName } from '../../timeline/names.js'
import { type Shown, shownNotes } from '../../timeline/notes.js'
import {
  type CallNotes,
  type FunctionId,
  type KernelFunction,
  type Nanos,
  UNMEASURED,
} from '../../timeline/sink.js'
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
  SEQUENCE_FLAGS,
  SEQUENCE_ID,
  STRING_VALUE,
  TIMELINE,
  TIMESTAMP,
  TRACK_EVENT,
  TYPE,
} from './fields.js'

/** What is known of a track while its packets are written. */
export interface Row {
  readonly sequence: number
  readonly uuid: number
  readonly isInterrupts: boolean
  /** What all its packets say of the sequence, and what its plain ends say behind their time. */
  readonly state: WirePiece
  readonly end: WirePiece
  /** Position of the last packet: where the sequence's clock stands. */
  at: Nanos
  /** Number of open calls. */
  level: number
  /** Open calls without a name: their begin is written when the end brings it. */
  readonly unnamed: { readonly level: number; readonly at: Nanos }[]
  /** The level of the last of them, or 0. */
  unnamedLevel: number
  /** 1 for each function whose name is interned on this sequence. */
  functions: Uint8Array
  /** 1 for each key of notes that is. */
  keys: Uint8Array
  /** The row of what is too deep for this one. */
  deeper: Row | undefined
}

export function newRow(sequence: number, uuid: number, isInterrupts: boolean): Row {
  const writeState = (wire: WireWriter) => {
    wire.field(SEQUENCE_ID, sequence)
    wire.field(SEQUENCE_FLAGS, NEEDS_STATE)
  }
  return {
    sequence,
    uuid,
    isInterrupts,
    state: new WirePiece(writeState),
    end: new WirePiece(wire => {
      writeState(wire)
      const event = wire.open(TRACK_EVENT)
      wire.field(TYPE, END)
      wire.close(event)
    }),
    at: 0,
    level: 0,
    unnamed: [],
    unnamedLevel: 0,
    functions: new Uint8Array(256),
    keys: new Uint8Array(16),
    deeper: undefined,
  }
}

/**
 * Writes begins and ends of calls, by hand: they are nearly all there is in a trace. Each sequence
 * has names of its own; the first packet that uses one brings it.
 */
export class CallPackets {
  readonly #wire: WireWriter
  readonly #names: string[] = []
  /** By function, what begins it behind time and state; of interrupts, too. */
  readonly #begins: WirePiece[] = []
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

  /** Some fifteen bytes, if the row knows the name. */
  begin(row: Row, func: FunctionId, at: Nanos): void {
    if (row.functions[func] !== 1) {
      this.#introduce(row, func, this.#advance(row, at), false)
      return
    }
    const time = this.#advance(row, at)
    this.#wire.message(PACKET, TIMESTAMP, time, row.state, this.#eventOf(row, func))
  }

  /** A begin that comes with its end: the row's own clock does not take notice of it. */
  lateBegin(row: Row, func: FunctionId, at: Nanos): void {
    if (row.functions[func] !== 1) {
      this.#introduce(row, func, at, true)
      return
    }
    const wire = this.#wire
    wire.room(SHORT)
    const packet = wire.open(PACKET)
    this.#writeLateTime(at)
    this.#writeBegin(row, func)
    wire.close(packet)
  }

  end(row: Row, at: Nanos): void {
    this.#wire.message(PACKET, TIMESTAMP, this.#advance(row, at), row.end)
  }

  /** An end with what there is to say of its call. */
  markedEnd(
    row: Row,
    at: Nanos,
    duration: Nanos,
    hasEntry: boolean,
    notes: CallNotes | undefined,
  ): void {
    const wire = this.#wire
    const shown = notes ? shownNotes(notes) : []
    wire.room(SHORT + notesRoom(shown))
    const packet = wire.openLong(PACKET)
    wire.field(TIMESTAMP, this.#advance(row, at))
    wire.piece(row.state)
    const event = wire.openLong(TRACK_EVENT)
    wire.field(TYPE, END)
    for (const [key, value] of shown) this.#writeNote(this.#key(key), value)
    if (!hasEntry) this.#writeMark(NO_ENTRY)
    if (duration === UNMEASURED) this.#writeMark(INCOMPLETE)
    wire.closeLong(event)
    this.#introduceKeys(row, shown)
    wire.closeLong(packet)
  }

  /** The distance to the packet before on this row: what the row's clock wants to be told. */
  #advance(row: Row, at: Nanos): Nanos {
    const delta = at - row.at
    row.at = at
    return delta
  }

  /** A begin with the function's name. */
  #introduce(row: Row, func: FunctionId, time: Nanos, isLate: boolean): void {
    const wire = this.#wire
    const name = this.#names[func]
    wire.room(SHORT + textRoom(name))
    const packet = wire.openLong(PACKET)
    if (isLate) this.#writeLateTime(time)
    else wire.field(TIMESTAMP, time)
    this.#writeBegin(row, func)
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

  #writeBegin(row: Row, func: FunctionId): void {
    this.#wire.piece(row.state)
    this.#wire.piece(this.#eventOf(row, func))
  }

  #eventOf(row: Row, func: FunctionId): WirePiece {
    return (row.isInterrupts ? this.#interruptBegins : this.#begins)[func]
  }

  #writeMark(mark: number): void {
    const wire = this.#wire
    const note = wire.open(DEBUG_ANNOTATION)
    wire.field(KEY_IID, mark)
    wire.field(BOOL_VALUE, 1)
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

  /** All new keys in one InternedData: of a second one in a packet, readers ignore the first. */
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

/** Whether Perfetto can show it as an address, in hexadecimal. */
function isAddress(value: string): boolean {
  return /^0x[\da-f]{1,16}$/.test(value)
}

/** What any of these packets has beside texts, at most. */
const SHORT = 64

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
