import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import type { CallEvents, FunctionId, Nanos, TrackId } from '../timeline/sink.js'
import wasm from './assembly/built/call-lines.wasm'

/** What assembly/call-lines.ts exports. */
interface CallLinesModule extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory
  readonly text: WebAssembly.Global<'i32'>
  readonly length: WebAssembly.Global<'i32'>
  readonly lengthToEnd: WebAssembly.Global<'i32'>
  readonly ended: WebAssembly.Global<'f64'>
  readonly unmeasured: WebAssembly.Global<'f64'>
  setTimes(areMicros: boolean, nanos: number, millis: number): void
  head(track: number, line: number, size: number): number
  tail(func: number, line: number, size: number): number
  write(from: number, to: number): number
  writeTime(at: number): void
}

// Where the memory of the module has room for events.
const MOST_EVENTS = 512
const NUMBERS = 8192
const TIMES = NUMBERS + MOST_EVENTS * 8

const BEGIN = 0
const END = 1

const utf8 = new TextEncoder()

/** How times are written: as nanoseconds or, with three decimals or none, as microseconds. */
export type TimeUnit = 'nanos' | 'micros'

/** What stands before the times of lines, or behind them. */
export interface LineParts {
  readonly begin: string
  readonly end: string
  /** Of the line behind the end of a call that is UNMEASURED; '' for none. */
  readonly mark: string
}

/**
 * Writes begins and ends of calls as lines, by the hundred: a line is what its track says, the time,
 * and what its function says. The begin of a call that was UNNAMED is written right before its end,
 * when its name is known; what is never named is not written. Any other text goes between them.
 */
export class CallLines {
  readonly #module = new WebAssembly.Instance(new WebAssembly.Module(wasm))
    .exports as CallLinesModule
  readonly #writer: ByteWriter
  #numbers = new Int32Array(0)
  #times = new Float64Array(0)
  #bytes = new Uint8Array(0)
  /** Events that are not written yet. */
  #length = 0

  constructor(out: ByteSink) {
    out.flushes?.add(() => this.#write())
    this.#writer = new ByteWriter(out)
    this.#look()
  }

  /** The origin is added to every time: nanoseconds, and milliseconds. */
  setTimes(unit: TimeUnit, nanos: Nanos, millis: number): void {
    this.#module.setTimes(unit === 'micros', nanos, millis)
  }

  /** Before its first call; from there on if it is defined again. */
  defineTrack(track: TrackId, { begin, end, mark }: LineParts): void {
    ;[begin, end, mark].forEach((part, line) => {
      this.#define(part, size => this.#module.head(track, line, size))
    })
  }

  defineFunction(func: FunctionId, { begin, end, mark }: LineParts): void {
    ;[begin, end, mark].forEach((part, line) => {
      this.#define(part, size => this.#module.tail(func, line, size))
    })
  }

  #define(part: string, placeFor: (size: number) => number): void {
    this.#write()
    const bytes = utf8.encode(part)
    const place = placeFor(bytes.length)
    this.#look()
    this.#bytes.set(bytes, place)
  }

  begin(track: TrackId, func: FunctionId, at: Nanos): void {
    this.#add(track * 4 + BEGIN, func, at, 0)
  }

  end(track: TrackId, func: FunctionId, at: Nanos, duration: Nanos): void {
    this.#add(track * 4 + END, func, at, duration)
  }

  /** An end with something more, before the last character of its line. */
  endWith(more: string, track: TrackId, func: FunctionId, at: Nanos, duration: Nanos): void {
    this.#write()
    this.#put(0, track * 4 + END, func, at, duration)
    this.#module.write(0, 1)
    if (this.#module.length.value === 0) return
    const last = this.#module.lengthToEnd.value - 1
    this.#copy(0, last)
    this.#writer.text(more)
    this.#copy(last)
  }

  callEvents({ numbers, times }: CallEvents, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const end = Math.min(to, at + MOST_EVENTS - this.#length)
      this.#numbers.set(numbers.subarray(2 * at, 2 * end), 2 * this.#length)
      this.#times.set(times.subarray(2 * at, 2 * end), 2 * this.#length)
      this.#added(end - at)
      at = end
    }
  }

  text(text: string): void {
    this.#write()
    this.#writer.text(text)
  }

  /** A time as lines have it. */
  time(at: Nanos): void {
    this.#write()
    this.#module.writeTime(at)
    this.#copy()
  }

  flush(): void {
    this.#write()
    this.#writer.flush()
  }

  /** How many calls have been written, */
  get calls(): number {
    this.#write()
    return this.#module.ended.value
  }

  /** and how many of them are UNMEASURED. */
  get unmeasured(): number {
    this.#write()
    return this.#module.unmeasured.value
  }

  #add(what: number, func: FunctionId, at: Nanos, duration: Nanos): void {
    this.#put(this.#length, what, func, at, duration)
    this.#added(1)
  }

  #put(event: number, what: number, func: FunctionId, at: Nanos, duration: Nanos): void {
    this.#numbers[2 * event] = what
    this.#numbers[2 * event + 1] = func
    this.#times[2 * event] = at
    this.#times[2 * event + 1] = duration
  }

  #added(count: number): void {
    this.#length += count
    if (this.#length === MOST_EVENTS) this.#write()
  }

  #write(): void {
    const length = this.#length
    this.#length = 0
    for (let event = 0; event < length; ) {
      event = this.#module.write(event, length)
      this.#look()
      this.#copy()
    }
  }

  #copy(from = 0, to = this.#module.length.value): void {
    const start = this.#module.text.value
    this.#writer.bytes(this.#bytes.subarray(start + from, start + to))
  }

  /** When the memory grows, views of it are gone. */
  #look(): void {
    const { buffer } = this.#module.memory
    if (this.#bytes.buffer === buffer) return
    this.#bytes = new Uint8Array(buffer)
    this.#numbers = new Int32Array(buffer, NUMBERS, 2 * MOST_EVENTS)
    this.#times = new Float64Array(buffer, TIMES, 2 * MOST_EVENTS)
  }
}
