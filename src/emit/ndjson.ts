/**
 * Newline-delimited JSON (jsonlines.org): an object on a line of its own for each call. The keys are
 * the columns of `call-columns.ts`; those of notes stand only where the trace has some.
 *
 * Lost: as in CSV.
 */
import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import { type CallTaker, type FinishedCall, finishedCalls } from '../timeline/finished-calls.js'
import { shownNotes } from '../timeline/notes.js'
import {
  type CallNotes,
  type KernelFunction,
  type TimelineSink,
  type Track,
  UNMEASURED,
} from '../timeline/sink.js'

export function openNdjson(out: ByteSink): TimelineSink {
  return finishedCalls(new JsonRows(new ByteWriter(out)))
}

class JsonRows implements CallTaker {
  readonly #writer: ByteWriter
  /** From the track to the key of the depth. */
  readonly #tracks: Uint8Array[] = []
  readonly #functions: Uint8Array[] = []

  constructor(writer: ByteWriter) {
    this.#writer = writer
  }

  start(): void {}

  defineFunction(id: number, { name, module }: KernelFunction): void {
    this.#functions[id] = utf8.encode(`,${fields({ func: name, module: module || null })},"id":`)
  }

  defineTrack(id: number, { pid, comm }: Track): void {
    const task = { track: id, pid: pid ?? null, comm: comm || null }
    this.#tracks[id] = utf8.encode(`,${fields(task)},"depth":`)
  }

  take(call: FinishedCall): void {
    const writer = this.#writer
    writer.bytes(TS)
    writer.integer(call.begin)
    writer.bytes(DURATION)
    this.#integerOrNull(call.duration)
    writer.bytes(SELF)
    this.#integerOrNull(call.self)
    writer.bytes(CPU)
    this.#integerOrNull(call.cpu)
    writer.bytes(this.#tracks[call.track] as Uint8Array)
    writer.integer(call.depth)
    writer.bytes(this.#functions[call.func] as Uint8Array)
    writer.integer(call.id)
    writer.bytes(PARENT)
    if (call.parent === 0) writer.bytes(NULL)
    else writer.integer(call.parent)
    writer.bytes(call.hasEntry && call.duration !== UNMEASURED ? COMPLETE : NOT_COMPLETE)
    if (call.notes) writer.text(notesText(call.notes))
    writer.bytes(END)
  }

  finish(): void {
    this.#writer.flush()
  }

  /** What is unknown is negative. */
  #integerOrNull(value: number): void {
    if (value < 0) this.#writer.bytes(NULL)
    else this.#writer.integer(value)
  }
}

const utf8 = new TextEncoder()
const TS = utf8.encode('{"ts_ns":')
const DURATION = utf8.encode(',"dur_ns":')
const SELF = utf8.encode(',"self_ns":')
const CPU = utf8.encode(',"cpu":')
const PARENT = utf8.encode(',"parent_id":')
const COMPLETE = utf8.encode(',"complete":true')
const NOT_COMPLETE = utf8.encode(',"complete":false')
const NO_NOTES: CallNotes = { arguments: [], caller: '', returned: undefined }
const NULL = utf8.encode('null')
const END = utf8.encode('}\n')

function notesText(notes: CallNotes): string {
  const { arguments: list, returned, caller } = notes
  const args = list.length > 0 && Object.fromEntries(shownNotes({ ...NO_NOTES, arguments: list }))
  return `,${fields({
    ...(returned && { retval: returned.text }),
    ...(returned?.meaning && { error: returned.meaning }),
    ...(args && { args }),
    ...(caller && { caller }),
  })}`
}

/** The inside of an object. */
function fields(object: object): string {
  return JSON.stringify(object).slice(1, -1)
}
