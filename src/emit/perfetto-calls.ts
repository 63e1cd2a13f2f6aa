import { textRoom, type WireWriter } from '../base/wire.js'
import { functionName } from '../timeline/names.js'
import { type Shown, shownNotes } from '../timeline/notes.js'
import {
  type CallNotes,
  type FunctionId,
  type KernelFunction,
  type Nanos,
  UNMEASURED,
} from '../timeline/sink.js'

// Clocks of a sequence: one that counts from packet to packet, and that of the timeline.
export const INCREMENTAL = 64
export const TIMELINE = 65

// Bits of TracePacket.sequence_flags.
export const CLEARED = 1
export const NEEDS_STATE = 2

// Types of TrackEvent.
export const BEGIN = 1
export const END = 2
export const INSTANT = 3
export const COUNTER = 4

/** Interned in the first packet of each sequence, by their numbers from 1. */
export const categories = ['kernel', 'module', 'irq', 'sched'] as const
const KERNEL = 1
const MODULE = 2
const IRQ = 3

/** Interned there as well: what a call has whose exit or entry is not in the trace. */
export const marks = ['incomplete', 'no entry'] as const
const INCOMPLETE = 1
const NO_ENTRY = 2

/** What is known of a track while its packets are written. */
export interface Row {
  readonly sequence: number
  readonly isInterrupts: boolean
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
}

export function newRow(sequence: number, isInterrupts: boolean): Row {
  return {
    sequence,
    isInterrupts,
    at: 0,
    level: 0,
    unnamed: [],
    unnamedLevel: 0,
    functions: new Uint8Array(256),
    keys: new Uint8Array(16),
  }
}

/**
 * Writes begins and ends of calls, by hand: they are nearly all there is in a trace. Each sequence
 * has names of its own; the first packet that uses one brings it.
 */
export class CallPackets {
  readonly #wire: WireWriter
  readonly #names: string[] = []
  readonly #categories: number[] = []
  readonly #keys = new Map<string, number>(marks.map((mark, index) => [mark, index + 1]))

  constructor(wire: WireWriter) {
    this.#wire = wire
  }

  defineFunction(id: FunctionId, definition: KernelFunction): void {
    this.#names[id] = functionName(definition)
    this.#categories[id] = definition.module === '' ? KERNEL : MODULE
  }

  /** Some fifteen bytes, if the row knows the name. */
  begin(row: Row, func: FunctionId, at: Nanos): void {
    if (row.functions[func] !== 1) {
      this.#introduce(row, func, this.#advance(row, at), false)
      return
    }
    const wire = this.#wire
    wire.room(SHORT)
    const packet = wire.open(PACKET)
    wire.field(TIMESTAMP, this.#advance(row, at))
    this.#writeBegin(row, func)
    wire.close(packet)
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
    const wire = this.#wire
    wire.room(SHORT)
    const packet = wire.open(PACKET)
    wire.field(TIMESTAMP, this.#advance(row, at))
    this.#writeState(row)
    const event = wire.open(TRACK_EVENT)
    wire.field(TYPE, END)
    wire.close(event)
    wire.close(packet)
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
    this.#writeState(row)
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
    const name = this.#names[func] as string
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

  #writeState(row: Row): void {
    this.#wire.field(SEQUENCE_ID, row.sequence)
    this.#wire.field(SEQUENCE_FLAGS, NEEDS_STATE)
  }

  #writeBegin(row: Row, func: FunctionId): void {
    const wire = this.#wire
    this.#writeState(row)
    const event = wire.open(TRACK_EVENT)
    wire.field(TYPE, BEGIN)
    wire.field(NAME_IID, func)
    const category = this.#categories[func] as number
    wire.field(CATEGORY_IID, row.isInterrupts && category === KERNEL ? IRQ : category)
    wire.close(event)
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

  #introduceKeys(row: Row, shown: readonly [string, Shown][]): void {
    const wire = this.#wire
    for (const [text] of shown) {
      const key = this.#key(text)
      if (row.keys[key] === 1) continue
      const data = wire.openLong(INTERNED_DATA)
      this.#writeInterned(ANNOTATION_NAMES, key, text)
      wire.closeLong(data)
      if (key >= row.keys.length) row.keys = lengthened(row.keys, key)
      row.keys[key] = 1
    }
  }

  #writeInterned(tag: number, iid: number, text: string): void {
    const wire = this.#wire
    const entry = wire.openLong(tag)
    wire.field(IID, iid)
    wire.text(NAME, text)
    wire.closeLong(entry)
  }
}

/** Whether Perfetto can show it as an address, in hexadecimal. */
export function isAddress(value: string): boolean {
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

// Tags: the field's number, shifted, with its wire type (0 varint, 2 length).
const PACKET = (1 << 3) | 2
const TIMESTAMP = 8 << 3
const SEQUENCE_ID = 10 << 3
const TRACK_EVENT = (11 << 3) | 2
const INTERNED_DATA = (12 << 3) | 2
const SEQUENCE_FLAGS = 13 << 3
const CLOCK_ID = 58 << 3
// Of a TrackEvent.
const CATEGORY_IID = 3 << 3
const DEBUG_ANNOTATION = (4 << 3) | 2
const TYPE = 9 << 3
const NAME_IID = 10 << 3
// Of a DebugAnnotation.
const KEY_IID = 1 << 3
const BOOL_VALUE = 2 << 3
const INT_VALUE = 4 << 3
const STRING_VALUE = (6 << 3) | 2
const POINTER_VALUE = 7 << 3
// Of InternedData, and of each of its entries.
const EVENT_NAMES = (2 << 3) | 2
const ANNOTATION_NAMES = (3 << 3) | 2
const IID = 1 << 3
const NAME = (2 << 3) | 2
