import type { Interner } from '../../base/interner.js'
import { UserError } from '../../base/user-error.js'
import { type Survey, surveyed } from '../calls/survey.js'
import type { Dialect } from '../dialect.js'
import { type DialectName, dialects } from '../dialects.js'
import type { LineReader } from '../lines/line-reader.js'
import type { Tasks } from '../lines/task-cells.js'
import { type DamagedLine, damageText, firstDamaged } from '../posted/damage.js'
import { type LookAlike, lookAlike } from './look-alikes.js'

/** How much of a capture decides on its dialect and layout. */
export const SAMPLE = 64 * 1024

/** After so many unrecognized lines in a row the text is looked at anew. */
const STRAYS = 20

const EMPTY = 'nothing in it; echo function_graph > current_tracer, record, and save the file trace'

const latin1 = new TextDecoder('latin1')

/** A capture that begins, and what its sample says about all of it. */
export interface NewCapture {
  readonly reader: LineReader
  readonly survey: Survey
}

/**
 * Finds out what a text is: a dialect, or something else that has a name. It looks where a text or
 * a capture begins, and again where lines cease to be understood.
 */
export class Recognizer {
  /** The text that comes next is to be looked at before its lines are read. */
  isDue = true
  /** The name of the first dialect that was found; '' before. */
  dialect = ''
  readonly #dialects: readonly Dialect[]
  readonly #functions: Interner
  readonly #tasks: Tasks
  #reader: LineReader | undefined
  /** A capture begins, even if it looks like the one before. */
  #isNewCapture = true
  #lookAlike: LookAlike | undefined
  #damaged: DamagedLine | undefined
  /** Unrecognized lines since the last one that was understood, and how many lead to a new look. */
  #strays = 0
  #mostStrays = STRAYS

  /** `dialect` is the only one that may be found, if given. Readers intern names in the two others. */
  constructor(dialect: DialectName | undefined, functions: Interner, tasks: Tasks) {
    this.#dialects = dialect ? dialects.filter(({ name }) => name === dialect) : dialects
    this.#functions = functions
    this.#tasks = tasks
  }

  /**
   * Looks at a sample of the text that comes next, which is whole lines. Returns the capture that
   * begins there; or how many bytes to pass over before the next look; or undefined: it goes on as
   * before. Throws a UserError where a text is of no dialect.
   */
  recognize(sample: Uint8Array): NewCapture | { readonly skip: number } | undefined {
    this.#lookAlike ??= this.#reader ? undefined : lookAlike(sample)
    if (this.#lookAlike?.isSure && this.#dialects === dialects) throw this.#refusal()
    for (const dialect of this.#dialects) {
      const found = dialect.recognize(sample, this.#functions, this.#tasks)
      if (!found) continue
      if ('skip' in found) return found
      this.dialect ||= dialect.name
      return this.#begin(found, sample, dialect)
    }
    if (!this.#reader) {
      this.#damaged = firstDamaged(latin1.decode(sample).split('\n'))
      throw this.#refusal()
    }
    this.isDue = false
    return undefined
  }

  #begin(reader: LineReader, sample: Uint8Array, dialect: Dialect): NewCapture | undefined {
    this.isDue = false
    this.#strays = 0
    if (!this.#isNewCapture && this.#reader && isSameForm(this.#reader, reader)) return undefined
    this.#isNewCapture = false
    this.#mostStrays = STRAYS
    this.#reader = reader
    return { reader, survey: surveyed(sample, dialect) }
  }

  lineUnderstood(): void {
    this.#strays = 0
  }

  /** Now and then the text is looked at again, but ever more rarely if that does not help. */
  lineUnrecognized(): void {
    if (++this.#strays < this.#mostStrays) return
    this.isDue = true
    this.#mostStrays *= 2
  }

  captureBegins(): void {
    this.isDue = true
    this.#isNewCapture = true
  }

  /** The text is at its end; another may follow. Throws a UserError if it was of no dialect. */
  end(isEmpty: boolean): void {
    if (!this.#reader) throw isEmpty ? new UserError(EMPTY) : this.#refusal()
    this.#reader = undefined
    this.#lookAlike = undefined
    this.#damaged = undefined
    this.captureBegins()
  }

  /** Says in one line why the text is no trace. */
  #refusal(): UserError {
    const wanted = this.#dialects.map(({ name, lookingFor }) => `${name}: ${lookingFor}`).join('; ')
    const { sentence } = this.#lookAlike ?? {}
    const damaged = this.#damaged && damageText(this.#damaged)
    return new UserError(sentence ?? damaged ?? `not a function_graph trace; looked for ${wanted}`)
  }
}

function isSameForm(a: LineReader, b: LineReader): boolean {
  return a.columns.join() === b.columns.join() && a.layout?.flags === b.layout?.flags
}
