import { LF } from '../../base/ascii.js'
import { Interner } from '../../base/interner.js'
import type { Dialect, Recognition } from '../dialect.js'
import { BraceDepths } from '../lines/brace-depths.js'
import { type LineReader, readLine } from '../lines/line-reader.js'
import { Tasks } from '../lines/task-cells.js'
import {
  ABSENT,
  COMMENT,
  CONTINUATION,
  ENTRY,
  EXIT,
  emptyLine,
  LEAF,
  type TraceLine,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { ExpandedLine, LONGEST_EXPANDED_LINE, LONGEST_LINE } from '../text/expanded-line.js'
import {
  isMangled,
  kernelPrefix,
  type MangledLine,
  parseMangledLine,
  WIDEST_PREFIX,
} from '../text/mangled-line.js'
import { scanBuffer } from '../text/scanning.js'
import { recognizeGraph } from './kernel.js'
import { recognizeChangedEvents } from './pasted-events.js'

/**
 * The text of the kernel or of trace-cmd as it comes out of mails, wikis and web pages: between other
 * text, its blanks dropped, collapsed, or made tabs, its first columns cut off. Also the forms of
 * 2.6.29, which differ by as much.
 *
 * Each line is read with the blanks put back. Where the indentation is lost, depths are counted from
 * the braces: what was open before the trace begins, and what a loss has cut, then stands at depth 0.
 */
export const pasted = {
  name: 'pasted',
  summary: 'text of the kernel or of trace-cmd out of a mail or web page, with other blanks',
  recording: 'save the mail or the page as plain text',
  lookingFor: 'lines such as `1) 1.082 us | foo();` or `1) | foo() {`, between other text',
  recognize(sample: Uint8Array, functions: Interner, tasks: Tasks): Recognition {
    return (
      recognizeChangedEvents(sample, functions, tasks) ?? recognizeChanged(sample, functions, tasks)
    )
  },
} as const satisfies Dialect

/** Fewer calls are taken for examples in other text. */
const LEAST_CALLS = 3
/** So many lines of the call graph tell the columns. */
const TRIED_LINES = 400

function recognizeChanged(sample: Uint8Array, functions: Interner, tasks: Tasks): Recognition {
  const { first, lines, hasIndents, base } = surveyed(sample)
  const { calls, hasGraph } = callsOf(lines)
  if (calls < LEAST_CALLS || !hasGraph) return undefined
  if (first > 0 && isKernelText(sample.subarray(first))) return { skip: first }
  const graph = recognizeGraph(lines, functions, tasks)
  return graph && new ChangedReader(graph, hasIndents ? base : ABSENT, tasks)
}

/** The parts of the call graph in a sample. */
function surveyed(sample: Uint8Array) {
  const plain = new ExpandedLine()
  const restored: number[] = []
  const indents: number[] = []
  /** Where the first line of the graph is, headers and switch blocks before it included. */
  let first = -1
  let isFirstFound = false
  for (let at = 0; at < sample.length && indents.length < TRIED_LINES; ) {
    const feed = sample.indexOf(LF, at)
    plain.read(sample, at, feed)
    const { text } = plain
    const line = parseMangledLine(text)
    if (text.startsWith('# tracer:') && isFirstFound) break
    if (!isFirstFound) {
      if (line || isFrame(text)) first = first < 0 ? at : first
      else first = -1
    }
    at = feed + 1
    if (!line) continue
    isFirstFound = true
    if (!isCall(text, line)) continue
    for (const char of kernelPrefix(line, 0)) restored.push(char.charCodeAt(0))
    for (let i = line.body; i < plain.length; i++) restored.push(plain.bytes[i])
    restored.push(LF)
    indents.push(line.indent)
  }
  const lines = scanBuffer(restored.length)
  lines.set(restored)
  return { first, lines, ...indentationOf(indents) }
}

/** Not a comment, nor an arrow on a line of its own. */
function isCall(text: string, line: MangledLine): boolean {
  return !/[/=<]/.test(text[line.body])
}

/** Whether indents differ by whole levels, and what the least of them is at depth 0. */
function indentationOf(indents: readonly number[]) {
  const least = Math.min(...indents)
  // Behind a bar the kernel prints two blanks, behind a cpu one.
  const base = least <= 2 ? least : 2 - (least % 2)
  const odd = indents.filter(indent => (indent - base) % 2 !== 0).length
  const hasIndents = new Set(indents).size > 1 && odd * 20 <= indents.length
  return { hasIndents, base }
}

/** How many calls there are in lines of the kernel, and whether they can be nothing else. */
function callsOf(lines: Uint8Array) {
  const reader = recognizeGraph(lines, new Interner(() => {}), new Tasks())
  const line = emptyLine()
  const counts = new Map<number, number>()
  for (let at = 0; reader && at < lines.length; ) {
    at = readLine(reader, lines, at, line)
    counts.set(line.kind, (counts.get(line.kind) ?? 0) + 1)
  }
  const [entries = 0, leaves = 0, exits = 0] = [ENTRY, LEAF, EXIT].map(kind => counts.get(kind))
  // `1) foo();` alone may be an item of a list.
  const isNested = reader?.columns.join() !== 'CPU' || (entries > 0 && exits > 0)
  const calls = entries + leaves + exits
  return { calls, hasGraph: isNested && calls > (counts.get(UNRECOGNIZED) ?? 0) }
}

/** Whether the kernel's own dialect reads every line. */
function isKernelText(text: Uint8Array): boolean {
  if (isMangled(text)) return false
  const reader = recognizeGraph(text, new Interner(() => {}), new Tasks())
  const line = emptyLine()
  for (let at = 0; reader && at < text.length; ) {
    at = readLine(reader, text, at, line)
    if (line.kind === UNRECOGNIZED) return false
  }
  return reader !== undefined
}

/** A header, a switch block, a loss: what may stand before the first call. */
function isFrame(text: string): boolean {
  return /^$|^#|^ *-{42}$|^ *\d+\) .* => |^CPU:\d+ \[LOST /.test(text)
}

/** Reads the lines of the call graph as the kernel would have printed them. */
class ChangedReader implements LineReader {
  readonly columns: readonly string[]
  readonly hasSlots: boolean
  readonly #graph: LineReader
  /** The indentation of depth 0; ABSENT if depths are to be counted. */
  readonly #base: number
  readonly #depths: BraceDepths
  readonly #plain = new ExpandedLine()
  /** The line as the kernel prints it: its prefix, then the line from `#body` on. */
  readonly #restored = scanBuffer(LONGEST_EXPANDED_LINE + WIDEST_PREFIX)
  #prefix = 0
  #body = 0

  constructor(graph: LineReader, base: number, tasks: Tasks) {
    this.columns = graph.columns
    this.hasSlots = graph.hasSlots
    this.#graph = graph
    this.#base = base
    this.#depths = new BraceDepths(tasks, graph.columns)
  }

  read(bytes: Uint8Array, at: number, line: TraceLine): number {
    const feed = bytes.indexOf(LF, at)
    if (feed - at > LONGEST_LINE) {
      line.kind = UNRECOGNIZED
      return feed + 1
    }
    this.#plain.read(bytes, at, feed)
    this.#restore()
    this.#graph.read(this.#restored, 0, line)
    this.#returnSpans(line)
    if (this.#base === ABSENT) this.#depths.place(line)
    return feed + 1
  }

  #restore(): void {
    const { text, bytes, length } = this.#plain
    const line = parseMangledLine(text)
    const depth = line && this.#base !== ABSENT ? (line.indent - this.#base) >> 1 : 0
    const prefix = line ? kernelPrefix(line, Math.max(depth, 0)) : otherPrefix(text)
    const restored = this.#restored
    for (let i = 0; i < prefix.length; i++) restored[i] = prefix.charCodeAt(i)
    this.#prefix = prefix.length
    this.#body = line ? line.body : text.length - text.trimStart().length
    restored.set(bytes.subarray(this.#body, length), this.#prefix)
    restored[this.#prefix + length - this.#body] = LF
  }

  /** Makes what was found in the restored line point into the bytes that were read. */
  #returnSpans(line: TraceLine): void {
    const { origins } = this.#plain
    const shift = this.#body - this.#prefix
    const origin = (at: number) => origins[Math.max(at + shift, 0)]
    if (line.kind === COMMENT || line.kind === CONTINUATION) {
      line.textStart = origin(line.textStart)
      line.textEnd = origin(line.textEnd)
    } else if (line.hasNotes) {
      line.argsStart = origin(line.argsStart)
      line.argsEnd = origin(line.argsEnd)
      line.callerStart = origin(line.callerStart)
      line.callerEnd = origin(line.callerEnd)
      line.returnedStart = origin(line.returnedStart)
      line.returnedEnd = origin(line.returnedEnd)
    }
  }
}

/** The prefix of a line outside the call graph; every other line starts in column 0. */
function otherPrefix(text: string): string {
  return /^ *(?:=> |-{42}$)/.test(text) ? ' ' : ''
}
