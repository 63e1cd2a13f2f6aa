import { EventBuffer } from '../../timeline/event-buffer.js'
import {
  type CallEvents,
  type CallNotes,
  type FunctionId,
  type Nanos,
  type Track,
  type TrackId,
  UNNAMED,
} from '../../timeline/sink.js'
import wasm from './assembly/built/rows.wasm'
import * as layout from './row-layout.js'

/** The exports of assembly/index.ts. */
export interface RowsModule extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory

  open(track: number, cpu: number): void
  setCpu(track: number, cpu: number): void
  take(events: number): number
  clear(): void

  readonly text: WebAssembly.Global<'i32'>
  readonly length: WebAssembly.Global<'i32'>
  setOrigin(seconds: number, nanos: number): void
  definePart(part: number, size: number): number
  defineTrack(track: number, size: number): number
  defineFunction(func: number, size: number): number
  defineEnding(missing: number, size: number): number
  defineNotes(size: number): number
  freeNotes(place: number): void
  write(from: number, to: number): number
}

/**
 * The calls of a timeline as rows, some hundred at a time, in the order in which they end: what `finishedCalls`
 * hands out one by one, in columns of WebAssembly's memory.
 */
export class CallRows {
  readonly module = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as RowsModule
  /** How many rows there are. */
  length = 0
  /** The notes of rows, and the numbers of these. */
  readonly notes: CallNotes[] = []
  readonly noted: number[] = []
  readonly #events = new EventBuffer(this.module.memory, events => this.#takeEvents(events))
  readonly #take: () => void
  #columns: RowColumns | undefined

  /** `take` gets the rows, which are gone then. */
  constructor(take: () => void) {
    this.#take = take
  }

  /** Good until the module grows its memory. */
  get columns(): RowColumns {
    const { buffer } = this.module.memory
    if (this.#columns?.ids.buffer !== buffer) this.#columns = new RowColumns(buffer)
    return this.#columns
  }

  /** The whole memory. */
  get bytes(): Uint8Array {
    this.#events.refreshViews()
    return this.#events.bytes
  }

  defineTrack(id: TrackId, { cpu = -1 }: Track): void {
    this.flush()
    this.module.open(id, cpu)
  }

  migrate(track: TrackId, cpu: number): void {
    this.#events.flush()
    this.module.setCpu(track, cpu)
  }

  begin(track: TrackId, func: FunctionId, at: Nanos): void {
    this.#events.add(track * 4, func, at, 0)
  }

  end(track: TrackId, func: FunctionId, at: Nanos, duration: Nanos, notes?: CallNotes): void {
    this.#events.add(track * 4 + 1, func, at, duration)
    if (!notes || func === UNNAMED) return
    this.#events.flush()
    this.notes.push(notes)
    this.noted.push(this.length - 1)
  }

  callEvents(events: CallEvents, from: number, to: number): void {
    this.#events.addAll(events, from, to)
  }

  /** Has the rows so far taken. */
  flush(): void {
    this.#events.flush()
    if (this.length === 0) return
    this.#take()
    this.module.clear()
    this.length = 0
    this.notes.length = 0
    this.noted.length = 0
  }

  #takeEvents(events: number): void {
    // EventBuffer is empty by now: this takes the rows before.
    if (this.length + events > layout.MOST_ROWS) this.flush()
    this.length = this.module.take(events)
    this.#events.refreshViews()
  }
}

/** Views of the columns of rows: see `FinishedCall`. */
export class RowColumns {
  readonly ids: Float64Array
  readonly parents: Float64Array
  readonly begins: Float64Array
  readonly durations: Float64Array
  readonly selves: Float64Array
  readonly tracks: Int32Array
  readonly functions: Int32Array
  readonly depths: Int32Array
  readonly cpus: Int32Array
  readonly missing: Int32Array

  constructor(buffer: ArrayBuffer) {
    const wide = (at: number) => new Float64Array(buffer, at, layout.MOST_ROWS)
    const narrow = (at: number) => new Int32Array(buffer, at, layout.MOST_ROWS)
    this.ids = wide(layout.IDS)
    this.parents = wide(layout.PARENTS)
    this.begins = wide(layout.BEGINS)
    this.durations = wide(layout.DURATIONS)
    this.selves = wide(layout.SELVES)
    this.tracks = narrow(layout.TRACKS)
    this.functions = narrow(layout.FUNCTIONS)
    this.depths = narrow(layout.DEPTHS)
    this.cpus = narrow(layout.CPUS)
    this.missing = narrow(layout.MISSING)
  }
}
