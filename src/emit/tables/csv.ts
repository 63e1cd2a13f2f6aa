/**
 * CSV as in RFC 4180, except that lines end in LF: a header, and a row for each call with the columns of
 * `call-columns.ts`.
 *
 * Lost: instants, sections, counters, lost events, the facts about the trace, where calls without an
 * exit end, and the cpus that a task ran on between.
 */

import { COMMA, LF } from '../../base/ascii.js'
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { csvField, spreadsheetField } from '../../base/csv.js'
import { errnoOf } from '../../timeline/notes.js'
import { NO_TIME, type PrintedTime, printedTime } from '../../timeline/printed-time.js'
import {
  type CallNotes,
  type KernelFunction,
  type TimelineSink,
  type TraceStart,
  type Track,
  UNMEASURED,
} from '../../timeline/sink.js'
import { type CallTaker, type FinishedCall, finishedCalls } from '../../timeline/sinks/index.js'
import type { EmitOptions } from '../format.js'
import { argumentsText, callColumns, missingOf, missingParts } from './call-columns.js'

export interface CsvOptions extends EmitOptions {
  /** Whether a text that a spreadsheet would run as a formula gets a `'` in front; false by default. */
  readonly spreadsheet?: boolean | undefined
}

export function openCsv(out: ByteSink, options: CsvOptions): TimelineSink {
  const writer = new ByteWriter(out)
  writer.text(`${callColumns.join(',')}\n`)
  return finishedCalls(new CsvRows(writer, options))
}

class CsvRows implements CallTaker {
  readonly #writer: ByteWriter
  readonly #isAbsolute: boolean
  readonly #field: (text: string) => string
  #origin: PrintedTime = NO_TIME
  /** From before the track to behind its comm. */
  readonly #tracks: Uint8Array[] = []
  readonly #functions: Uint8Array[] = []

  constructor(writer: ByteWriter, { absoluteTime = false, spreadsheet = false }: CsvOptions) {
    this.#writer = writer
    this.#field = spreadsheet ? spreadsheetField : csvField
    this.#isAbsolute = absoluteTime
  }

  start({ origin }: TraceStart): void {
    if (this.#isAbsolute) this.#origin = printedTime(origin)
  }

  defineFunction(id: number, { name, module }: KernelFunction): void {
    this.#functions[id] = utf8.encode(`,${this.#field(name)},${this.#field(module)},`)
  }

  defineTrack(id: number, { pid, comm }: Track): void {
    this.#tracks[id] = utf8.encode(`,${id},${pid ?? ''},${this.#field(comm)},`)
  }

  take(call: FinishedCall): void {
    const writer = this.#writer
    writer.nanos(call.begin + this.#origin.nanos, this.#origin.seconds)
    writer.byte(COMMA)
    if (call.duration !== UNMEASURED) writer.integer(call.duration)
    writer.byte(COMMA)
    if (call.self !== UNMEASURED) writer.integer(call.self)
    writer.byte(COMMA)
    if (call.cpu >= 0) writer.integer(call.cpu)
    writer.bytes(this.#tracks[call.track])
    writer.integer(call.depth)
    writer.bytes(this.#functions[call.func])
    writer.integer(call.id)
    writer.byte(COMMA)
    if (call.parent !== 0) writer.integer(call.parent)
    writer.bytes(ENDINGS[missingOf(call)])
    if (call.notes) writer.text(notesText(call.notes, this.#field))
    else writer.bytes(NO_NOTES)
    writer.byte(LF)
  }

  flush(): void {
    this.#writer.flush()
  }

  finish(): void {
    this.#writer.flush()
  }
}

const utf8 = new TextEncoder()
/** `complete` and `missing`. */
const ENDINGS = missingParts.map(part => utf8.encode(`,${part === ''},${part}`))
const NO_NOTES = utf8.encode(',,,,')

function notesText(notes: CallNotes, field: (text: string) => string): string {
  const { returned, caller } = notes
  const fields = [returned?.text ?? '', errnoOf(notes), argumentsText(notes), caller]
  return `,${fields.map(field).join(',')}`
}
