import { type EventFormat, eventFormat } from './event-format.js'
import { latin1 } from './fields.js'

/** The format of each event. A recording has more than a thousand, and few of them in its pages. */
export class Formats {
  readonly #texts = new Map<number, { readonly text: Uint8Array; readonly system: string }>()
  readonly #formats = new Map<number, EventFormat | undefined>()

  /** Adds the text of a format: `name: sched_switch\nID: 310\nformat:...`. */
  add(text: Uint8Array, system: string): void {
    const head = latin1.decode(text.subarray(0, HEAD))
    const id = /^ID: (\d+)$/m.exec(head)?.[1]
    if (id !== undefined) this.#texts.set(Number(id), { text, system })
  }

  /** The format of an event by its number; undefined if it is not known. */
  get(id: number): EventFormat | undefined {
    if (this.#formats.has(id)) return this.#formats.get(id)
    const known = this.#texts.get(id)
    const format = known && eventFormat(latin1.decode(known.text), known.system)
    this.#formats.set(id, format)
    return format
  }
}

/** A name has 64 bytes at most (MAX_EVENT_NAME_LEN). */
const HEAD = 256
