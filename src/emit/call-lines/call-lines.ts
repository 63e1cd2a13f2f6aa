/**
 * Begins and ends of calls as lines of text, for formats that repeat the same few texts around times.
 * Lines are made in AssemblyScript (`assembly/`), by the hundred.
 */
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { EventBuffer } from '../../timeline/event-buffer.js'
import { MOST_EVENTS } from '../../timeline/event-layout.js'
import type { CallEvents, CallNotes, FunctionId, Nanos, TrackId } from '../../timeline/sink.js'
import { NoteTexts } from '../note-texts.js'
import wasm from './assembly/built/call-lines.wasm'

/** The exports of assembly/call-lines.ts. */
interface CallLinesModule extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory
  readonly text: WebAssembly.Global<'i32'>
  readonly length: WebAssembly.Global<'i32'>
  readonly ended: WebAssembly.Global<'f64'>
  readonly unmeasured: WebAssembly.Global<'f64'>
  setTimes(areMicros: boolean, nanos: number, millis: number): void
  head(track: number, line: number, size: number): number
  tail(func: number, line: number, size: number): number
  argumentPart(part: number, size: number): number
  readonly notes: WebAssembly.Global<'i32'>
  defineNotes(size: number): number
  freeNotes(place: number): void
  write(from: number, to: number): number
  writeTime(at: number): void
}

const BEGIN = 0
const END = 1

// Parts of arguments.
const OPENING = 0
const NO_ENTRY = 1
const INCOMPLETE = 2
const DURATION = 3

const utf8 = new TextEncoder()

/** How times are written: as nanoseconds or, with three decimals or none, as microseconds. */
export type TimeUnit = 'nanos' | 'micros'

/** The texts of lines, before their times or behind them. */
export interface LineParts {
  readonly begin: string
  readonly end: string
}

/** JSON of the arguments at the end of a call, each with a comma behind it. They come before the line's last brace. */
export interface ArgumentParts {
  /** The formats that open them. */
  readonly opening: string
  /** Of a call that was UNNAMED when it began, */
  readonly noEntry: string
  /** of one that is UNMEASURED, */
  readonly incomplete: string
  /** and the key, with its colon, of a duration that differs from the extent by more than 1 us; '' for none. */
  readonly durationKey: string
}

/**
 * Writes begins and ends of calls as lines, by the hundred: the text of the track, the time, and the
 * text of the function. The begin of a call that was UNNAMED is written right before its end,
 * when its name is known; a call that never gets a name is not written. Other text may go between.
 */
export class CallLines {
  readonly #module = new WebAssembly.Instance(new WebAssembly.Module(wasm))
    .exports as CallLinesModule
  /** Events that are not written yet. */
  readonly #events = new EventBuffer(this.#module.memory, length => this.#write(length))
  readonly #writer: ByteWriter
  readonly #notes: NoteTexts
  /** Three for each event with notes: its number, and where their text is and how long. */
  readonly #noted: number[] = []

  /** `notesText` has the arguments that are noted on a call: JSON with a comma behind each of them. */
  constructor(out: ByteSink, notesText: (notes: CallNotes) => string = () => '') {
    this.#writer = new ByteWriter(out)
    this.#notes = new NoteTexts(this.#module, notesText)
  }

  /** The origin, `nanos` plus `millis`, is added to every time. */
  setTimes(unit: TimeUnit, nanos: Nanos, millis: number): void {
    this.#module.setTimes(unit === 'micros', nanos, millis)
  }

  /** Before its first call; from there on if it is defined again. */
  defineTrack(track: TrackId, { begin, end }: LineParts): void {
    this.#define(begin, size => this.#module.head(track, BEGIN, size))
    this.#define(end, size => this.#module.head(track, END, size))
  }

  defineFunction(func: FunctionId, { begin, end }: LineParts): void {
    this.#define(begin, size => this.#module.tail(func, BEGIN, size))
    this.#define(end, size => this.#module.tail(func, END, size))
  }

  /** Before the first call; without it ends have no arguments. */
  defineArguments({ opening, noEntry, incomplete, durationKey }: ArgumentParts): void {
    this.#define(opening, size => this.#module.argumentPart(OPENING, size))
    this.#define(noEntry, size => this.#module.argumentPart(NO_ENTRY, size))
    this.#define(incomplete, size => this.#module.argumentPart(INCOMPLETE, size))
    this.#define(durationKey, size => this.#module.argumentPart(DURATION, size))
  }

  #define(part: string, placeFor: (size: number) => number): void {
    this.#events.flush()
    const bytes = utf8.encode(part)
    const place = placeFor(bytes.length)
    this.#events.refreshViews()
    this.#events.bytes.set(bytes, place)
  }

  begin(track: TrackId, func: FunctionId, at: Nanos): void {
    this.#events.add(track * 4 + BEGIN, func, at, 0)
  }

  end(track: TrackId, func: FunctionId, at: Nanos, duration: Nanos): void {
    this.#events.add(track * 4 + END, func, at, duration)
  }

  /** An end with more arguments, which come first. */
  endWith(notes: CallNotes, track: TrackId, func: FunctionId, at: Nanos, duration: Nanos): void {
    const { at: place, size } = this.#notes.placeOf(notes)
    this.#events.refreshViews()
    this.#noted.push(this.#events.length, place, size)
    this.end(track, func, at, duration)
  }

  callEvents(events: CallEvents, from: number, to: number): void {
    this.#events.addAll(events, from, to)
  }

  text(text: string): void {
    this.#events.flush()
    this.#writer.text(text)
  }

  /** A time in the form of the lines. */
  time(at: Nanos): void {
    this.#events.flush()
    this.#module.writeTime(at)
    this.#copy()
  }

  flush(): void {
    this.#events.flush()
    this.#writer.flush()
  }

  /** How many calls have been written. */
  get calls(): number {
    this.#events.flush()
    return this.#module.ended.value
  }

  /** How many of those calls are UNMEASURED. */
  get unmeasured(): number {
    this.#events.flush()
    return this.#module.unmeasured.value
  }

  #write(length: number): void {
    this.#setNotes()
    for (let event = 0; event < length; ) {
      event = this.#module.write(event, length)
      this.#events.refreshViews()
      this.#copy()
    }
    this.#clearNotes()
  }

  /** Tells the module which events have notes. */
  #setNotes(): void {
    const noted = this.#noted
    if (noted.length === 0) return
    const places = new Int32Array(
      this.#module.memory.buffer,
      this.#module.notes.value,
      2 * MOST_EVENTS,
    )
    for (let index = 0; index < noted.length; index += 3) {
      places[2 * noted[index]] = noted[index + 1]
      places[2 * noted[index] + 1] = noted[index + 2]
    }
  }

  #clearNotes(): void {
    if (this.#noted.length === 0) return
    new Int32Array(this.#module.memory.buffer, this.#module.notes.value, 2 * MOST_EVENTS).fill(0)
    this.#noted.length = 0
    this.#notes.free()
  }

  #copy(): void {
    const start = this.#module.text.value
    this.#writer.bytes(this.#events.bytes.subarray(start, start + this.#module.length.value))
  }
}
