import wasm from './assembly/built/usual-lines.wasm'
import type { Layout } from './layout.js'
import type { LineKind, TraceLine } from './trace-line.js'

/** What assembly/usual-lines.ts exports. */
interface Exports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory
  readonly records: WebAssembly.Global<'i32'>
  readonly text: WebAssembly.Global<'i32'>
  readonly name: WebAssembly.Global<'i32'>
  setLayout(
    absoluteTime: boolean,
    relativeTime: boolean,
    cpu: boolean,
    task: boolean,
    flagsCell: boolean,
    gluedFlags: boolean,
    duration: boolean,
  ): void
  learnFunction(length: number, id: number): void
  learnTask(length: number, id: number): void
  read(start: number, end: number): number
}

/** 32-bit numbers of a record. */
const RECORD = 10
/** Of its first one: the kind of the line, whether it is in an interrupt, and how many bits these are. */
const KIND = 0xf
const IN_INTERRUPT = 0x10
const DEPTH = 5
/** Bytes that may be read behind a text, and that the memory has there. */
const AHEAD = 1024
const PAGE = 64 * 1024
/** Longer names are left to others (KSYM_NAME_LEN is 512). */
const LONGEST_NAME = 511

const utf8 = new TextEncoder()
let compiled: WebAssembly.Module | undefined

/**
 * Reads most lines of a trace, ten times as fast as `GraphScanner`: those of calls on which nothing
 * is noted, and whose functions and tasks it has been told of. Text must lie in its memory.
 */
export class UsualLines {
  readonly #exports: Exports
  readonly #text: number
  /** Index of the first record in the numbers. */
  readonly #records: number
  #numbers = new Int32Array(0)
  #durations = new Float64Array(0)

  constructor() {
    compiled ??= new WebAssembly.Module(wasm)
    this.#exports = new WebAssembly.Instance(compiled).exports as Exports
    this.#text = this.#exports.text.value
    this.#records = this.#exports.records.value >> 2
    this.room(0)
  }

  /** Room for so many bytes of text. What stood there stays; arrays from before are of no use. */
  room(size: number): Uint8Array {
    const { memory } = this.#exports
    const missing = this.#text + size + AHEAD - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
    this.#numbers = new Int32Array(memory.buffer)
    this.#durations = new Float64Array(memory.buffer)
    return new Uint8Array(memory.buffer, this.#text, size)
  }

  set layout({ time, cpu, task, flags, duration }: Layout) {
    this.#exports.setLayout(
      time === 'absolute',
      time === 'relative',
      cpu,
      task,
      flags === 'cell',
      flags === 'glued',
      duration,
    )
  }

  learnFunction(id: number, name: string): void {
    const length = this.#place(name)
    if (length > 0) this.#exports.learnFunction(length, id)
  }

  learnTask(id: number, name: string): void {
    const length = this.#place(name)
    if (length > 0) this.#exports.learnTask(length, id)
  }

  /**
   * Reads lines of the text from `start` on, up to `end` or to one that it leaves to others; returns
   * how many. At most some hundred: there may be more where they end.
   */
  read(start: number, end: number): number {
    return this.#exports.read(this.#text + start, this.#text + end)
  }

  /** What the line said that was read as number `index`, the first being 0. */
  fill(line: TraceLine, index: number): void {
    const numbers = this.#numbers
    const at = this.#records + index * RECORD
    const head = numbers[at] as number
    line.kind = (head & KIND) as LineKind
    line.isInInterrupt = (head & IN_INTERRUPT) !== 0
    line.depth = head >> DEPTH
    line.func = numbers[at + 1] as number
    line.duration = this.#durations[(at >> 1) + 1] as number
    line.cpu = numbers[at + 4] as number
    line.task = numbers[at + 5] as number
    line.seconds = numbers[at + 6] as number
    line.nanos = numbers[at + 7] as number
    line.hasNotes = false
  }

  /** Where that line starts in the text. */
  begin(index: number): number {
    return (this.#numbers[this.#records + index * RECORD + 8] as number) - this.#text
  }

  /** Where the next one starts. */
  end(index: number): number {
    return (this.#numbers[this.#records + index * RECORD + 9] as number) - this.#text
  }

  /** Puts a name where it is to be learned from; returns its length, 0 if it is too long. */
  #place(name: string): number {
    const { memory, name: place } = this.#exports
    const bytes = utf8.encode(name)
    if (bytes.length > LONGEST_NAME) return 0
    new Uint8Array(memory.buffer, place.value).set(bytes)
    return bytes.length
  }
}
