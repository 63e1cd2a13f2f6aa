import { LF } from '../../base/ascii.js'
import { parseMangledLine, WIDEST_PREFIX } from './mangled-line.js'
import { scanBuffer } from './scanning.js'

/** The mark in front of each line of a quoted text. */
export type Quote = RegExp

/** The kernel puts blanks in front too: of those behind the mark, one at most is of the quotation. */
const quotes: readonly Quote[] = [
  // Once for each time that the text was quoted.
  /^ ?(?:> ?)*> ?/,
  /^ *\| ?/,
  /^ *: ?/,
  /^ *\* ?/,
]

/** Marks are looked for in the first columns. */
const WIDEST_MARK = 64

const latin1 = new TextDecoder('latin1')

/** What most lines of a trace are quoted with, undefined if they are not. */
export function quoteOf(sample: Uint8Array): Quote | undefined {
  const counts = quotes.map(() => 0)
  let unquoted = 0
  for (let at = 0; at < sample.length; ) {
    const feed = sample.indexOf(LF, at)
    const text = latin1.decode(sample.subarray(at, Math.min(feed, at + WIDEST_PREFIX)))
    at = feed + 1
    const index = quotes.findIndex(quote => quote.test(text))
    if (index >= 0 && isOfTrace(text.replace(quotes[index], ''))) {
      counts[index] = counts[index] + 1
    } else if (isOfTrace(text)) unquoted++
  }
  const most = Math.max(...counts)
  return most > unquoted ? quotes[counts.indexOf(most)] : undefined
}

/** A line of the graph, the header, a line of a kernel log. */
function isOfTrace(text: string): boolean {
  return (
    /^# tracer: function_graph|^(?:<\d+>)?\[ *\d+\.\d{6}\]/.test(text) ||
    parseMangledLine(text.replace(/\t|\xc2\xa0/g, ' ').trimEnd()) !== undefined
  )
}

/** Where the text of a line starts. */
export function textStart(
  quote: Quote | undefined,
  bytes: Uint8Array,
  at: number,
  feed: number,
): number {
  if (!quote) return at
  const start = latin1.decode(bytes.subarray(at, Math.min(feed, at + WIDEST_MARK)))
  return at + (quote.exec(start)?.[0].length ?? 0)
}

/** The text of every line, with room behind it for the scanner. */
export function unquoted(sample: Uint8Array, quote: Quote): Uint8Array {
  const text = scanBuffer(sample.length)
  let length = 0
  for (let at = 0; at < sample.length; ) {
    const next = sample.indexOf(LF, at) + 1
    const line = sample.subarray(textStart(quote, sample, at, next - 1), next)
    text.set(line, length)
    length += line.length
    at = next
  }
  return text.subarray(0, length)
}

/** Where as many lines end as that text has. */
export function endOfSameLines(sample: Uint8Array, text: Uint8Array): number {
  let end = 0
  for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) {
    end = sample.indexOf(LF, end) + 1
  }
  return end
}
