import type { Layout } from '../lines/layouts.js'
import type { LineKind, TraceLine } from '../lines/trace-line.js'
import { TEXT_ROOM, type UsualModule } from './usual-module.js'

/** 32-bit numbers of a record. */
const RECORD = 10
/** Of its first one: the kind of the line, whether it is in an interrupt, and how many bits these are. */
const KIND = 0xf
const IN_INTERRUPT = 0x10
const DEPTH = 5
/** Longer names are left to others (KSYM_NAME_LEN is 512). */
const LONGEST_NAME = 511

const utf8 = new TextEncoder()

/**
 * Reads most lines of a trace, ten times as fast as `GraphScanner`: those of calls on which nothing
 * is noted, and whose functions and tasks it has been told of. Text must lie in its memory.
 */
export class UsualLines {
  /** Where the text lies, with room for TEXT_ROOM. */
  readonly bytes: Uint8Array
  readonly #module: UsualModule
  readonly #text: number
  readonly #name: Uint8Array
  /** Index of the first record in the numbers. */
  readonly #records: number
  readonly #numbers: Int32Array
  readonly #durations: Float64Array

  constructor(module: UsualModule) {
    const { buffer } = module.memory
    this.#module = module
    this.#text = module.text.value
    this.#name = new Uint8Array(buffer, module.name.value, LONGEST_NAME)
    this.#records = module.records.value >> 2
    this.#numbers = new Int32Array(buffer)
    this.#durations = new Float64Array(buffer)
    this.bytes = new Uint8Array(buffer, this.#text, TEXT_ROOM)
  }

  set layout({ time, cpu, task, flags, duration }: Layout) {
    this.#module.setLayout(
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
    if (length > 0) this.#module.learnFunction(length, id)
  }

  learnTask(id: number, name: string): void {
    const length = this.#place(name)
    if (length > 0) this.#module.learnTask(length, id)
  }

  /**
   * Reads lines of the text from `start` on, up to `end` or to one that it leaves to others; returns
   * how many. At most some hundred: there may be more where they end.
   */
  read(start: number, end: number): number {
    return this.#module.read(this.#text + start, this.#text + end)
  }

  /** What the line said that was read as number `index`, the first being 0. */
  fill(line: TraceLine, index: number): void {
    const numbers = this.#numbers
    const at = this.#records + index * RECORD
    const head = numbers[at]
    line.kind = (head & KIND) as LineKind
    line.isInInterrupt = (head & IN_INTERRUPT) !== 0
    line.depth = head >> DEPTH
    line.func = numbers[at + 1]
    line.duration = this.#durations[(at >> 1) + 1]
    line.cpu = numbers[at + 4]
    line.task = numbers[at + 5]
    line.seconds = numbers[at + 6]
    line.nanos = numbers[at + 7]
    line.hasNotes = false
  }

  /** Where that line starts in the text. */
  begin(index: number): number {
    return this.#numbers[this.#records + index * RECORD + 8] - this.#text
  }

  /** Where the next one starts. */
  end(index: number): number {
    return this.#numbers[this.#records + index * RECORD + 9] - this.#text
  }

  /** Puts a name where it is to be learned from; returns its length, 0 if it is too long. */
  #place(name: string): number {
    const bytes = utf8.encode(name)
    if (bytes.length > LONGEST_NAME) return 0
    this.#name.set(bytes)
    return bytes.length
  }
}
