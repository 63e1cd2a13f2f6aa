import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import type {
  CallNotes,
  KernelFunction,
  TimelineSink,
  TraceStart,
  Track,
} from '../../timeline/sink.js'
import { ignored } from '../../timeline/sinks/index.js'
import { NoteTexts } from '../note-texts.js'
import { missingParts } from './call-columns.js'
import { CallRows } from './call-rows.js'
import * as layout from './row-layout.js'

/** The texts of a row. */
export interface RowTexts {
  /** At the start of the output. */
  readonly head: string
  /** Before the numbers. */
  readonly ts: string
  readonly duration: string
  readonly self: string
  readonly cpu: string
  readonly parent: string
  /** In place of a number, or of notes, that there are not. */
  readonly unknown: string
  readonly noNotes: string
  readonly end: string
  /** From behind the cpu to before the depth. */
  track(id: number, track: Track): string
  /** From behind the depth to before the id. */
  func(definition: KernelFunction): string
  /** Behind the parent; '' of a call of which nothing is missing. */
  ending(missing: string): string
  notes(notes: CallNotes): string
}

/** What is added to all times: see `PrintedTime`. */
interface Origin {
  readonly seconds: number
  readonly nanos: number
}

const utf8 = new TextEncoder()

/** A sink that writes a row for each call as it ends. `start` says how, once the trace is known. */
export function textRows(
  out: ByteSink,
  start: (facts: TraceStart) => { readonly texts: RowTexts; readonly origin: Origin },
): TimelineSink {
  const writer = new ByteWriter(out)
  const rows = new CallRows(writeRows)
  const { module } = rows
  const notes = new NoteTexts(module, each => texts.notes(each))
  let texts: RowTexts

  function place(text: string, placeFor: (size: number) => number): void {
    const bytes = utf8.encode(text)
    const at = placeFor(bytes.length)
    rows.bytes.set(bytes, at)
  }

  function writeRows(): void {
    placeNotes()
    for (let row = 0; row < rows.length; ) {
      row = module.write(row, rows.length)
      const begin = module.text.value
      writer.bytes(rows.bytes.subarray(begin, begin + module.length.value))
    }
    notes.free()
  }

  function placeNotes(): void {
    const places = rows.notes.map(each => notes.placeOf(each))
    const noted = new Int32Array(module.memory.buffer, layout.NOTES, 2 * layout.MOST_ROWS)
    places.forEach(({ at, size }, index) => {
      const row = rows.noted[index]
      noted[2 * row] = at
      noted[2 * row + 1] = size
    })
  }

  return {
    ...ignored,
    start(facts) {
      const { texts: chosen, origin } = start(facts)
      texts = chosen
      const define = (part: number, text: string) =>
        place(text, size => module.definePart(part, size))
      define(layout.TS, texts.ts)
      define(layout.DURATION, texts.duration)
      define(layout.SELF, texts.self)
      define(layout.CPU, texts.cpu)
      define(layout.PARENT, texts.parent)
      define(layout.UNKNOWN, texts.unknown)
      define(layout.NO_NOTES, texts.noNotes)
      define(layout.END, texts.end)
      missingParts.forEach((missing, part) => {
        place(texts.ending(missing), size => module.defineEnding(part, size))
      })
      module.setOrigin(origin.seconds, origin.nanos)
      writer.text(texts.head)
    },
    defineFunction(id, definition) {
      place(texts.func(definition), size => module.defineFunction(id, size))
    },
    defineTrack(id, track) {
      rows.defineTrack(id, track)
      place(texts.track(id, track), size => module.defineTrack(id, size))
    },
    begin: (track, func, at) => rows.begin(track, func, at),
    end: (track, func, at, duration, notes) => rows.end(track, func, at, duration, notes),
    callEvents: (events, from, to) => rows.callEvents(events, from, to),
    migrate: (track, cpu) => rows.migrate(track, cpu),
    flush() {
      rows.flush()
      writer.flush()
    },
    finish() {
      rows.flush()
      writer.flush()
    },
  }
}
