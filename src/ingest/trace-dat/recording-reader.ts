import { Interner } from '../../base/interner.js'
import { LookAhead } from '../calls/look-ahead.js'
import type { Stacks } from '../calls/stacks.js'
import { type Survey, Surveyor } from '../calls/survey.js'
import { Tasks } from '../lines/task-cells.js'
import {
  COMMENT,
  EXIT,
  emptyLine,
  LOST,
  OTHER,
  STACK,
  type TraceLine,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { CpuRecords } from './cpu-records.js'
import { MergedRecords } from './merged-records.js'
import type { Damage } from './page-blocks.js'
import { type RecordedEvent, RecordLines } from './record-lines.js'
import type { Part } from './sessions.js'

/** The facts of a record that text has as columns. */
export const recordColumns = ['TIME', 'CPU', 'TASK/PID', 'DURATION'] as const

/** So many first records tell what must be known of all. */
const SURVEYED = 4096
/** After so many records others have their turn. */
const TURN = 16_384

/** What reading records adds to. */
export interface RecordCounter {
  /** The number of the record that is being read. */
  number: number
  count(kind: typeof COMMENT | typeof LOST | typeof OTHER): void
}

/** Hands the records of a buffer to the engine, in the order of time. */
export class RecordingReader {
  readonly #stacks: Stacks
  readonly #counter: RecordCounter
  readonly #lookAhead: LookAhead
  /** Lines of calls that were placed, to be followed at once, and the one that is read. */
  readonly #placed: TraceLine[]
  #count = 0
  #event: (RecordedEvent & { readonly line: TraceLine; readonly frames: string[] }) | undefined
  #unread = 0

  constructor(stacks: Stacks, counter: RecordCounter) {
    this.#stacks = stacks
    this.#counter = counter
    this.#lookAhead = new LookAhead(stacks, counter)
    this.#placed = Array.from({ length: stacks.mostPlaced }, emptyLine)
  }

  /** The number of the record that is being told. */
  get line(): number {
    return this.#lookAhead.line
  }

  /** How many records were left out since this was asked: their event is not known, or they make no sense. */
  takeUnread(): number {
    const unread = this.#unread
    this.#unread = 0
    return unread
  }

  /** Reads a buffer, some records at a time. */
  *read(
    records: MergedRecords,
    lines: readonly RecordLines[],
    isLineByLine: boolean,
  ): Generator<void, void, void> {
    const counter = this.#counter
    for (let turn = 1; ; turn++) {
      const record = records.next()
      if (!record) break
      counter.number++
      if (record.missed >= 0) this.#lose(record)
      const reader = lines[record.part] as RecordLines
      const line = this.#placed[this.#count] as TraceLine
      reader.read(record, line)
      if (line.kind > EXIT) this.#takeOther(record, reader, line)
      else this.#takeCall(line)
      if (isLineByLine) {
        this.#followPlaced()
        this.#stacks.send()
      }
      if (turn % TURN === 0) {
        this.#followPlaced()
        this.#stacks.send()
        yield
      }
    }
    this.#endEvent()
    this.#followPlaced()
    this.#lookAhead.end()
  }

  #takeCall(line: TraceLine): void {
    this.#endEvent()
    if (this.#lookAhead.isHolding || this.#stacks.hasExitsOnly) {
      this.#lookAhead.call(line)
      return
    }
    this.#stacks.place(this.#count++, line)
    if (this.#count === this.#placed.length) this.#followPlaced()
  }

  /** Follows the lines that were placed; one in doubt, and those behind it until that is settled, by itself. */
  #followPlaced(): void {
    const count = this.#count
    this.#count = 0
    for (let index = 0; index < count; index++) {
      if (!this.#lookAhead.isHolding) {
        index = Math.abs(this.#stacks.follow(index, count, Number.NaN, Number.NaN))
      }
      if (index === count) return
      const line = this.#placed[index] as TraceLine
      this.#stacks.takeBack(index)
      this.#stacks.seeTime(line)
      this.#lookAhead.call(line)
    }
  }

  #lose(record: CpuRecords): void {
    const { cpu, missed } = record
    this.#followPlaced()
    record.missed = -1
    this.#endEvent()
    this.#counter.count(LOST)
    const line: TraceLine = { ...emptyLine(), kind: LOST, cpu, events: missed }
    this.#lookAhead.other(line, line => this.#stacks.lost(line))
  }

  #takeOther(record: CpuRecords, lines: RecordLines, line: TraceLine): void {
    this.#followPlaced()
    if (line.kind === UNRECOGNIZED) {
      this.#unread++
      this.#counter.count(OTHER)
      return
    }
    if (line.kind === STACK) {
      this.#counter.count(OTHER)
      this.#addFrames(line, lines.frames(record))
      return
    }
    this.#endEvent()
    this.#counter.count(COMMENT)
    this.#event = { ...lines.event(record), line: { ...line }, frames: [] }
  }

  /** A stack belongs to the event before it on its cpu, or is an event by itself. */
  #addFrames(line: TraceLine, frames: readonly string[]): void {
    if (this.#event?.line.cpu !== line.cpu || this.#event.frames.length > 0) {
      this.#endEvent()
      this.#event = { name: '', text: '<stack trace>', line: { ...line }, frames: [] }
    }
    this.#event?.frames.push(...frames)
  }

  #endEvent(): void {
    const event = this.#event
    if (!event) return
    this.#event = undefined
    const { name, text, frames } = event
    this.#lookAhead.other(event.line, line => this.#stacks.event(line, name, text, frames))
  }
}

/** The records of buffers, by time. */
export function recordsOf(parts: readonly Part[], damage: Damage): MergedRecords {
  return new MergedRecords(
    parts.flatMap((part, index) =>
      part.buffer.cpus
        .filter(({ size }) => size > 0)
        .map(data => new CpuRecords(part, index, data, damage)),
    ),
  )
}

/** Facts that are needed before the first record of buffers. */
export function surveyOf(parts: readonly Part[]): Survey {
  // Names are not to be told yet.
  const functions = new Interner(() => {})
  const tasks = new Tasks()
  const records = recordsOf(parts, { pages: 0 })
  const lines = parts.map(part => new RecordLines(part, functions, tasks, false))
  const surveyor = new Surveyor(recordColumns, tasks)
  const line = emptyLine()
  for (let count = 0; count < SURVEYED; count++) {
    const record = records.next()
    if (!record) break
    const reader = lines[record.part] as RecordLines
    reader.read(record, line)
    if (line.kind === UNRECOGNIZED) continue
    surveyor.add(line)
    if (line.kind === COMMENT) {
      const { name, text } = reader.event(record)
      surveyor.addEvent(name, text)
    }
  }
  return surveyor.survey()
}
