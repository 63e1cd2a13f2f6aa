/**
 * Newline-delimited JSON (jsonlines.org): a line with an object for each call. The keys are the columns
 * of `call-columns.ts`; keys of notes are left out for calls without them.
 *
 * Lost: as in CSV.
 */
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { errnoOf, shownNotes } from '../../timeline/notes.js'
import { NO_TIME, type PrintedTime, printedTime } from '../../timeline/printed-time.js'
import type {
  CallNotes,
  KernelFunction,
  TimelineSink,
  TraceStart,
  Track,
} from '../../timeline/sink.js'
import { type CallTaker, type FinishedCall, finishedCalls } from '../../timeline/sinks/index.js'
import type { EmitOptions } from '../format.js'
import { missingOf, missingParts } from './call-columns.js'

export function openNdjson(out: ByteSink, options: EmitOptions): TimelineSink {
  return finishedCalls(new JsonRows(new ByteWriter(out), options))
}

class JsonRows implements CallTaker {
  readonly #writer: ByteWriter
  readonly #isAbsolute: boolean
  #origin: PrintedTime = NO_TIME
  /** From the track to the key of the depth. */
  readonly #tracks: Uint8Array[] = []
  readonly #functions: Uint8Array[] = []

  constructor(writer: ByteWriter, { absoluteTime = false }: EmitOptions) {
    this.#writer = writer
    this.#isAbsolute = absoluteTime
  }

  start({ origin }: TraceStart): void {
    if (this.#isAbsolute) this.#origin = printedTime(origin)
  }

  defineFunction(id: number, { name, module }: KernelFunction): void {
    this.#functions[id] = utf8.encode(`,${fields({ func: name, module: module || null })},"id":`)
  }

  defineTrack(id: number, { pid, comm }: Track): void {
    const task = { track: id, pid: pid ?? null, comm: comm || null }
    this.#tracks[id] = utf8.encode(`,${fields(task)},"depth":`)
  }

  take(call: FinishedCall): void {
    const writer = this.#writer
    const { seconds, nanos } = this.#origin
    const isText = seconds >= TOO_MANY_SECONDS
    writer.bytes(isText ? TS_TEXT : TS)
    writer.nanos(call.begin + nanos, seconds)
    writer.bytes(isText ? DURATION_AFTER_TEXT : DURATION)
    this.#integerOrNull(call.duration)
    writer.bytes(SELF)
    this.#integerOrNull(call.self)
    writer.bytes(CPU)
    this.#integerOrNull(call.cpu)
    writer.bytes(this.#tracks[call.track])
    writer.integer(call.depth)
    writer.bytes(this.#functions[call.func])
    writer.integer(call.id)
    writer.bytes(PARENT)
    if (call.parent === 0) writer.bytes(NULL)
    else writer.integer(call.parent)
    writer.bytes(ENDINGS[missingOf(call)])
    if (call.notes) writer.text(notesText(call.notes))
    writer.bytes(END)
  }

  flush(): void {
    this.#writer.flush()
  }

  finish(): void {
    this.#writer.flush()
  }

  /** Unknown values are negative. */
  #integerOrNull(value: number): void {
    if (value < 0) this.#writer.bytes(NULL)
    else this.#writer.integer(value)
  }
}

/** From here on nanoseconds exceed 2^53: many readers would lose digits of such numbers. */
const TOO_MANY_SECONDS = 9_000_000

const utf8 = new TextEncoder()
const TS = utf8.encode('{"ts_ns":')
const TS_TEXT = utf8.encode('{"ts_ns":"')
const DURATION_AFTER_TEXT = utf8.encode('","dur_ns":')
const DURATION = utf8.encode(',"dur_ns":')
const SELF = utf8.encode(',"self_ns":')
const CPU = utf8.encode(',"cpu":')
const PARENT = utf8.encode(',"parent_id":')
const ENDINGS = missingParts.map(part =>
  utf8.encode(`,${fields({ complete: part === '', missing: part || null })}`),
)
const NO_NOTES: CallNotes = { arguments: [], caller: '', returned: undefined }
const NULL = utf8.encode('null')
const END = utf8.encode('}\n')

function notesText(notes: CallNotes): string {
  const { arguments: list, returned, caller } = notes
  const error = errnoOf(notes)
  const args = list.length > 0 && Object.fromEntries(shownNotes({ ...NO_NOTES, arguments: list }))
  return `,${fields({
    ...(returned && { retval: returned.text }),
    ...(error !== '' && { error }),
    ...(args && { args }),
    ...(caller && { caller }),
  })}`
}

/** The inside of an object. */
function fields(object: object): string {
  return JSON.stringify(object).slice(1, -1)
}
