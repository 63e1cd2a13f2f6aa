import { LF } from '../../base/ascii.js'
import { characters } from './characters.js'
import { html } from './html.js'
import { changedLog, indentedLog } from './log-records.js'
import { mime } from './mime.js'
import { lineNumbers, quotation } from './prefixes.js'
import { remarks } from './remarks.js'
import { isOfTraceAlone, isUntouched } from './trace-form.js'
import { filtered, type LineFilter, type OpenFilter, type Undoing } from './undoing.js'
import { wraps } from './wraps.js'

/** In the order in which they are undone; layers are undone in layers. */
const undoings: readonly Undoing[] = [
  mime,
  html,
  html,
  characters,
  lineNumbers,
  quotation,
  lineNumbers,
  quotation,
  wraps,
  remarks,
  indentedLog,
  changedLog,
]

/** How much of a text tells what has happened to it. */
const SAMPLE = 64 * 1024
/** So many lines of it at most. */
const MOST_LINES = 500

/**
 * Undoes what happened to a text on its way through mails, pages and terminals, whatever stands in
 * it. The first lines around a trace tell what that is; where it is nothing, bytes pass as they are.
 * Lines that were joined are followed by blank ones, so that lines keep their numbers.
 */
export class PostedText {
  /** The changes that were undone, in that order. */
  readonly undone: string[] = []
  #start: Uint8Array[] | undefined = []
  #startLength = 0
  #first: LineFilter | undefined
  /** A line whose end has not come. */
  #rest = ''
  #told: string[] = []

  push(chunk: Uint8Array): Uint8Array {
    if (!this.#start) return this.#first ? this.#filter(latin1(chunk)) : chunk
    this.#start.push(chunk.slice())
    this.#startLength += chunk.length
    return this.#startLength < SAMPLE ? NOTHING : this.#look(false)
  }

  /** Hands out what is held, if a line of a trace is in it. */
  decide(): Uint8Array {
    if (!this.#start) return NOTHING
    const held = this.#start.reduce(joined, NOTHING)
    return linesOf(held).some(isOfTraceAlone) ? this.#look(true) : NOTHING
  }

  /** Hands out the rest where a text ends; another text may follow. */
  end(): Uint8Array {
    const begun = this.#start ? this.#look(true) : NOTHING
    const ended = this.#first ? joined(begun, this.#finish(this.#first)) : begun
    this.#start = []
    this.#startLength = 0
    this.#first = undefined
    return ended
  }

  /** Looks at the text that is held, sample by sample up to the first in which a trace is. */
  #look(isEnd: boolean): Uint8Array {
    const bytes = (this.#start as Uint8Array[]).reduce(joined, NOTHING)
    const least = isEnd ? 1 : SAMPLE
    let at = 0
    while (this.#start && bytes.length - at >= least) {
      const sample = linesOf(bytes.subarray(at))
      this.#first = this.#chain(sample)
      if (this.#first || sample.some(isOfTraceAlone)) this.#start = undefined
      else at = Math.min(at + lengthOf(sample), bytes.length)
    }
    const prose = bytes.subarray(0, at)
    const rest = bytes.subarray(at)
    if (!this.#start) return joined(prose, this.#first ? this.#filter(latin1(rest)) : rest)
    this.#start = [rest]
    this.#startLength = rest.length
    return prose
  }

  /** The filters for a text that starts with these lines, the first of which takes it. */
  #chain(lines: readonly string[]): LineFilter | undefined {
    if (lines.every(isUntouched)) return undefined
    const filters: OpenFilter[] = []
    let sample = lines
    for (const undoing of undoings) {
      const open = undoing.find(sample)
      if (!open) continue
      filters.push(open)
      sample = filtered(sample, open)
      if (!this.undone.includes(undoing.name)) this.undone.push(undoing.name)
    }
    return filters.reduceRight<LineFilter | undefined>(
      (next, open) => inFrontOf(next, open, line => this.#told.push(line)),
      undefined,
    )
  }

  #filter(text: string): Uint8Array {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() as string
    for (const line of lines) this.#first?.take(line)
    return this.#takeTold()
  }

  #finish(first: LineFilter): Uint8Array {
    if (this.#rest !== '') first.take(this.#rest)
    this.#rest = ''
    first.end()
    return this.#takeTold()
  }

  #takeTold(): Uint8Array {
    const text = this.#told.map(line => `${line}\n`).join('')
    this.#told = []
    const bytes = new Uint8Array(text.length)
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
    return bytes
  }
}

/** A filter that tells its lines to the next one, or, if it is the last, to `tell`. */
function inFrontOf(
  next: LineFilter | undefined,
  open: OpenFilter,
  tell: (line: string) => void,
): LineFilter {
  const filter = open(line => (next ? next.take(line) : tell(line)))
  return {
    take: line => filter.take(line),
    end() {
      filter.end()
      next?.end()
    },
  }
}

/** The first lines of a text, as many as tell what has happened to it. */
function linesOf(text: Uint8Array): string[] {
  const end = text.lastIndexOf(LF, SAMPLE) + 1 || text.length
  return latin1(text.subarray(0, end)).split('\n', MOST_LINES)
}

/** The bytes of lines with their line feeds. */
function lengthOf(lines: readonly string[]): number {
  return lines.reduce((length, line) => length + line.length + 1, 0)
}

const NOTHING = new Uint8Array(0)

const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true })

/** A character for each byte. TextDecoder means another table by the name latin1. */
function latin1(bytes: Uint8Array): string {
  const units = new Uint8Array(2 * bytes.length)
  for (let at = 0; at < bytes.length; at++) units[2 * at] = bytes[at]
  return utf16.decode(units)
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
