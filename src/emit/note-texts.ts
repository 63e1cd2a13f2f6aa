import type { CallNotes } from '../timeline/sink.js'

/** A text in the memory of a WebAssembly module. */
interface Place {
  readonly at: number
  readonly size: number
}

/** So many texts are kept, for many calls share their notes. */
const MOST_KEPT = 4096

const utf8 = new TextEncoder()

/** The exports of a module that has texts of notes. */
interface NotesModule {
  readonly memory: WebAssembly.Memory
  /** Returns where to put a text of so many bytes. */
  defineNotes(size: number): number
  freeNotes(place: number): void
}

/** The texts of notes in the memory of a module: those that many calls share are made once. */
export class NoteTexts {
  readonly #module: NotesModule
  readonly #textOf: (notes: CallNotes) => string
  readonly #kept = new Map<CallNotes, Place>()
  /** Those that are not kept. */
  readonly #passing: number[] = []

  constructor(module: NotesModule, textOf: (notes: CallNotes) => string) {
    this.#module = module
    this.#textOf = textOf
  }

  /** Where the text of notes is; of some only until `free` is called. */
  placeOf(notes: CallNotes): Place {
    const known = this.#kept.get(notes)
    if (known) return known
    const bytes = utf8.encode(this.#textOf(notes))
    const at = this.#module.defineNotes(bytes.length)
    new Uint8Array(this.#module.memory.buffer, at, bytes.length).set(bytes)
    const place = { at, size: bytes.length }
    if (this.#kept.size < MOST_KEPT) this.#kept.set(notes, place)
    else this.#passing.push(at)
    return place
  }

  /** What has been written needs no text any more. */
  free(): void {
    for (const at of this.#passing) this.#module.freeNotes(at)
    this.#passing.length = 0
  }
}
