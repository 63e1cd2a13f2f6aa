import { LF } from '../../base/ascii.js'
import { Interner } from '../../base/interner.js'
import { UserError } from '../../base/user-error.js'
import { type Survey, surveyed, unknownSurvey } from '../calls/survey.js'
import type { Dialect } from '../dialect.js'
import { type DialectName, dialects } from '../dialects.js'
import type { LineReader } from '../lines/line-reader.js'
import { Tasks } from '../lines/task-cells.js'
import type { TraceLine } from '../lines/trace-line.js'
import { type DamagedLine, damageText, firstDamaged } from '../posted/damage.js'
import { scanBuffer } from '../text/scanning.js'
import { behindPrompts, callForm, endOfCapture } from './capture-marks.js'
import { firstLines, goesOnBack, readsFirstCalls, type Suspicion } from './capture-starts.js'
import { type LookAlike, lookAlike } from './look-alikes.js'

export type { Suspicion }

/** How much of a capture decides on its dialect and layout. */
export const SAMPLE = 64 * 1024
/** Fewer must do where none is announced by a header: what trickles in is not to wait for them. */
const NEXT_SAMPLE = 8 * 1024

/** After so many unrecognized lines in a row the text is looked at anew. */
const STRAYS = 20

/** So much text may stand before a trace: what never ends is to be refused. */
const MOST_PROSE = 2 * 1024 * 1024

const EMPTY = 'nothing in it; echo function_graph > current_tracer, record, and save the file trace'

const latin1 = new TextDecoder('latin1')

/** A capture that begins, and what its sample says about all of it. */
export interface NewCapture {
  readonly dialect: string
  readonly reader: LineReader
  readonly survey: Survey
}

/** A capture; or how much to pass over before the next look; or nothing: the text goes on as before. */
type Found = NewCapture | { readonly skip: number } | undefined

/**
 * Finds out what a text is: a dialect, or something else that has a name. It looks where a text or
 * a capture begins, and again where lines cease to be understood.
 */
export class Recognizer {
  /** The text that comes next is to be looked at before its lines are read. */
  isDue = true
  /** How much of it, or all there is. */
  sampleSize = SAMPLE
  readonly #dialects: readonly Dialect[]
  readonly #functions: Interner
  readonly #tasks: Tasks
  #reader: LineReader | undefined
  #readerDialect = ''
  /** A capture begins, even if it looks like the one before. */
  #isNewCapture = true
  #lookAlike: LookAlike | undefined
  #damaged: DamagedLine | undefined
  /** Bytes of text in which nothing was found. */
  #prose = 0
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
   * Looks at a sample of the text that comes next, which is whole lines, behind so many others.
   * Returns the capture that begins there; or how many bytes to pass over before the next look; or
   * undefined: it goes on as before. Throws a UserError where a text is of no dialect.
   */
  recognize(sample: Uint8Array, linesBefore: number): Found {
    this.#lookAlike ??= this.#reader ? undefined : lookAlike(sample)
    if (this.#lookAlike?.isSure && this.#dialects === dialects) throw this.#refusal()
    const capture = sample.subarray(0, endOfCapture(sample))
    const start = behindPrompts(capture)
    const found = this.#found(capture.subarray(start))
    if (found && 'skip' in found) return { skip: start + found.skip }
    return found ?? this.#unclaimed(capture, sample, linesBefore)
  }

  #found(sample: Uint8Array): Found {
    for (const dialect of this.#dialects) {
      const found = dialect.recognize(sample, this.#functions, this.#tasks)
      if (!found) continue
      if ('skip' in found) return found
      return this.#begin(dialect.name, found, () => surveyed(sample, dialect))
    }
    return undefined
  }

  /**
   * Looks into why a capture may begin at the first of these lines: then the text is to be looked at.
   * False if more of them must come first; `isAll` if no more will.
   */
  lookInto(
    suspicion: Suspicion,
    lines: Uint8Array,
    isAll: boolean,
    isJump: (line: TraceLine) => boolean,
  ): boolean {
    this.sampleSize = suspicion === 'header' ? SAMPLE : NEXT_SAMPLE
    if (suspicion === 'header' || suspicion === 'mark') {
      this.captureBegins()
      return true
    }
    const sample = firstLines(lines, isAll)
    if (!sample) return false
    const reader = this.#readerOf(sample)
    if (suspicion === 'form') {
      const isOther = reader && this.#reader && !isSameForm(this.#reader, reader)
      if (isOther && readsFirstCalls(reader, sample)) this.#formChanges()
    } else if (!reader || goesOnBack(reader, sample, isJump)) {
      this.captureBegins()
    }
    return true
  }

  /** The reader for a text of a few lines; undefined if they are too few to tell. */
  #readerOf(sample: Uint8Array): LineReader | undefined {
    const capture = sample.subarray(behindPrompts(sample), endOfCapture(sample))
    for (const dialect of this.#dialects) {
      const found = dialect.recognize(capture, new Interner(() => {}), new Tasks())
      if (found) return 'skip' in found ? undefined : found
    }
    return undefined
  }

  #begin(dialect: string, reader: LineReader, survey: () => Survey): NewCapture | undefined {
    this.isDue = false
    this.#strays = 0
    if (!this.#isNewCapture && this.#reader && isSameForm(this.#reader, reader)) return undefined
    this.#isNewCapture = false
    this.#mostStrays = STRAYS
    this.#reader = reader
    this.#readerDialect = dialect
    return { dialect, reader, survey: survey() }
  }

  /**
   * What is not claimed among other captures may be too short: then its calls alone are looked at, and
   * if they do not tell, it is read as the one before.
   */
  #unclaimed(capture: Uint8Array, sample: Uint8Array, linesBefore: number): Found {
    this.isDue = false
    const isAmongOthers = capture.length < sample.length || this.#reader !== undefined
    if (isAmongOthers && this.#isNewCapture) {
      const calls = callLines(capture)
      const found = calls.length > 0 ? this.#found(calls) : undefined
      if (found && 'reader' in found) return found
      const reader = calls.length > 0 ? this.#reader : undefined
      if (reader) return this.#begin(this.#readerDialect, reader, () => unknownSurvey)
    }
    if (this.#reader) return undefined
    this.isDue = true
    return {
      skip: capture.length < sample.length ? capture.length : this.#proseOf(sample, linesBefore),
    }
  }

  /** How much of a sample is text before a trace. Throws a UserError if it is none. */
  #proseOf(sample: Uint8Array, linesBefore: number): number {
    const lines = latin1.decode(sample).split('\n')
    const damaged = firstDamaged(lines)
    const start = damaged ? lengthOf(lines.slice(0, damaged.number - 1)) : sample.length
    this.#prose += start
    const isProse = start > 0 && this.#dialects === dialects && this.#prose <= MOST_PROSE
    if (isProse && !this.#lookAlike) return start
    if (damaged) this.#damaged = { ...damaged, number: linesBefore + damaged.number }
    throw this.#refusal()
  }

  lineUnderstood(): void {
    this.#strays = 0
  }

  /** Now and then the text is looked at again, but ever more rarely if that does not help. */
  lineUnrecognized(): void {
    if (++this.#strays < this.#mostStrays) return
    this.sampleSize = SAMPLE
    this.isDue = true
    this.#mostStrays *= 2
  }

  /** The text is to be looked at, for a capture begins here. */
  captureBegins(): void {
    this.isDue = true
    this.#isNewCapture = true
  }

  /** The text is to be looked at: a capture begins here if it is of another form. */
  #formChanges(): void {
    this.isDue = true
    this.#isNewCapture = false
  }

  /** The text is at its end; another may follow. Throws a UserError if it was of no dialect. */
  end(isEmpty: boolean): void {
    if (!this.#reader) throw isEmpty ? new UserError(EMPTY) : this.#refusal()
    this.#reader = undefined
    this.sampleSize = SAMPLE
    this.#lookAlike = undefined
    this.#damaged = undefined
    this.#prose = 0
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

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((length, line) => length + line.length + 1, 0)
}

/** The lines of a text that are calls. */
function callLines(text: Uint8Array): Uint8Array {
  const calls = scanBuffer(text.length)
  let length = 0
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf(LF, at)
    if (callForm(text, at, feed)) {
      calls.set(text.subarray(at, feed + 1), length)
      length += feed + 1 - at
    }
    at = feed + 1
  }
  return calls.subarray(0, length)
}

function isSameForm(a: LineReader, b: LineReader): boolean {
  return a.columns.join() === b.columns.join() && a.layout?.flags === b.layout?.flags
}
