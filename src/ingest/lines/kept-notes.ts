import type { CallNotes } from '../../timeline/sink.js'

/** So many notes at most stay for good. */
const MOST_LASTING = 4096
/** The first of their numbers: the engine has -1 for what it does not know. */
const FIRST_LASTING = -2

/** Notes of calls: the engine knows them by a number. */
export class KeptNotes {
  readonly #notes: (CallNotes | undefined)[] = [undefined]
  readonly #free: number[] = []
  readonly #lasting: CallNotes[] = []
  readonly #numbers = new Map<CallNotes, number>()

  /** The number of notes until they are taken; 0 stands for none. */
  keep(notes: CallNotes | undefined): number {
    if (!notes) return 0
    const number = this.#free.pop() ?? this.#notes.length
    this.#notes[number] = notes
    return number
  }

  /** The number of notes that many calls have, which can be taken any number of times; 0 if there is no room for more. */
  keepForGood(notes: CallNotes): number {
    const known = this.#numbers.get(notes)
    if (known) return known
    if (this.#lasting.length === MOST_LASTING) return 0
    const number = FIRST_LASTING + 1 - this.#lasting.push(notes)
    this.#numbers.set(notes, number)
    return number
  }

  take(number: number): CallNotes | undefined {
    if (number < 0) return this.#lasting[FIRST_LASTING - number]
    const notes = this.#notes[number]
    if (!notes) return undefined
    this.#notes[number] = undefined
    this.#free.push(number)
    return notes
  }
}
