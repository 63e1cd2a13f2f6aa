import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import type {
  CallNotes,
  KernelFunction,
  TimelineSink,
  TraceStart,
  Track,
} from '../../timeline/sink.js'
import { ignored } from '../../timeline/sinks/index.js'
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

/** The text of notes in WebAssembly's memory. */
interface Place {
  readonly at: number
  readonly size: number
}

/** So many texts of notes are kept, for many calls share theirs. */
const MOST_KEPT = 4096

const utf8 = new TextEncoder()

/** A sink that writes a row for each call as it ends. `start` says how, once the trace is known. */
export function textRows(
  out: ByteSink,
  start: (facts: TraceStart) => { readonly texts: RowTexts; readonly origin: Origin },
): TimelineSink {
  const writer = new ByteWriter(out)
  const rows = new CallRows(writeRows)
  const { module } = rows
  const kept = new Map<CallNotes, Place>()
  let texts: RowTexts

  function placed(text: string, placeFor: (size: number) => number): Place {
    const bytes = utf8.encode(text)
    const at = placeFor(bytes.length)
    rows.bytes.set(bytes, at)
    return { at, size: bytes.length }
  }

  function writeRows(): void {
    const passing = placeNotes()
    for (let row = 0; row < rows.length; ) {
      row = module.write(row, rows.length)
      const begin = module.text.value
      writer.bytes(rows.bytes.subarray(begin, begin + module.length.value))
    }
    for (const { at } of passing) module.freeNotes(at)
  }

  /** Returns the places of texts that are not kept. */
  function placeNotes(): Place[] {
    const passing: Place[] = []
    const places = rows.notes.map(notes => {
      const known = kept.get(notes)
      if (known) return known
      const place = placed(texts.notes(notes), size => module.defineNotes(size))
      if (kept.size < MOST_KEPT) kept.set(notes, place)
      else passing.push(place)
      return place
    })
    const noted = new Int32Array(module.memory.buffer, layout.NOTES, 2 * layout.MOST_ROWS)
    places.forEach(({ at, size }, index) => {
      const row = rows.noted[index]
      noted[2 * row] = at
      noted[2 * row + 1] = size
    })
    return passing
  }

  return {
    ...ignored,
    start(facts) {
      const { origin, ...how } = start(facts)
      texts = how.texts
      const define = (part: number, text: string) =>
        placed(text, size => module.definePart(part, size))
      define(layout.TS, texts.ts)
      define(layout.DURATION, texts.duration)
      define(layout.SELF, texts.self)
      define(layout.CPU, texts.cpu)
      define(layout.PARENT, texts.parent)
      define(layout.UNKNOWN, texts.unknown)
      define(layout.NO_NOTES, texts.noNotes)
      define(layout.END, texts.end)
      missingParts.forEach((missing, part) => {
        placed(texts.ending(missing), size => module.defineEnding(part, size))
      })
      module.setOrigin(origin.seconds, origin.nanos)
      writer.text(texts.head)
    },
    defineFunction(id, definition) {
      placed(texts.func(definition), size => module.defineFunction(id, size))
    },
    defineTrack(id, track) {
      rows.defineTrack(id, track)
      placed(texts.track(id, track), size => module.defineTrack(id, size))
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
