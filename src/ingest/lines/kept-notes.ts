import type { CallNotes } from '../../timeline/sink.js'

/** Notes of calls that are open: the engine knows them by a number. */
export class KeptNotes {
  readonly #notes: (CallNotes | undefined)[] = [undefined]
  readonly #free: number[] = []

  /** The number of notes until they are taken; 0 stands for none. */
  keep(notes: CallNotes | undefined): number {
    if (!notes) return 0
    const number = this.#free.pop() ?? this.#notes.length
    this.#notes[number] = notes
    return number
  }

  take(number: number): CallNotes | undefined {
    const notes = this.#notes[number]
    if (!notes) return undefined
    this.#notes[number] = undefined
    this.#free.push(number)
    return notes
  }
}
