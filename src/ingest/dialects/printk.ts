import { BAR, isDigit, LF, SPACE, startsWith } from '../../base/ascii.js'
import type { Interner } from '../../base/interner.js'
import type { Dialect, Recognition } from '../dialect.js'
import type { LineReader } from '../lines/line-reader.js'
import type { Tasks } from '../lines/task-cells.js'
import { CAPTURE, OTHER, type TraceLine, UNRECOGNIZED } from '../lines/trace-line.js'
import { scanBuffer, trimmedEnd } from '../text/scanning.js'
import { recognizeGraph } from './kernel.js'

/**
 * The trace in a kernel log: what sysrq-z, ftrace_dump_on_oops and a panic print, as dmesg, a
 * console, journalctl or syslog show it. Behind the stamp of each record it is the kernel's own
 * text. The stamps are the time of the dump, never of the events.
 */
export const printk = {
  name: 'printk',
  summary: 'a kernel log with the trace in it: dmesg, a console, journalctl -k, syslog',
  recording: 'echo z > /proc/sysrq-trigger; dmesg > log.txt; or boot with ftrace_dump_on_oops',
  lookingFor: 'a kernel log with `Dumping ftrace buffer:`',
  recognize(sample: Uint8Array, functions: Interner, tasks: Tasks): Recognition {
    const { records, share, dump } = recordsOf(sample)
    if (dump > 0) return { skip: dump }
    const graph = share > 0 ? recognizeGraph(records, functions, tasks) : undefined
    if (graph) return new PrintkReader(graph)
    return share >= LEAST_SHARE ? { skip: sample.length } : undefined
  },
} as const satisfies Dialect

/** So much of a text must have stamps to be a log that may still come to its dump. */
const LEAST_SHARE = 0.8

/** The text of a sample's records, how much of it has stamps, and where a dump begins in it. */
function recordsOf(sample: Uint8Array) {
  const stamps = new Stamps()
  const records = scanBuffer(sample.length)
  let length = 0
  let stamped = 0
  let lines = 0
  let dump = -1
  for (let at = 0; at < sample.length; ) {
    const next = sample.indexOf(LF, at) + 1
    const text = stamps.textAt(sample, at, next - 1)
    if (dump < 0 && isDumpStart(sample, text)) dump = at
    if (stamps.isStamped) stamped++
    lines++
    records.set(sample.subarray(text, next), length)
    length += next - text
    at = next
  }
  return { records: records.subarray(0, length), share: stamped / Math.max(lines, 1), dump }
}

class PrintkReader implements LineReader {
  readonly columns: readonly string[]
  readonly hasSlots: boolean
  readonly #graph: LineReader
  readonly #stamps = new Stamps()
  #isFresh = true
  /** Behind the end of a dump there is nothing but other messages. */
  #isInside = true

  constructor(graph: LineReader) {
    this.columns = graph.columns
    this.hasSlots = graph.hasSlots
    this.#graph = graph
  }

  read(bytes: Uint8Array, at: number, line: TraceLine): number {
    const feed = bytes.indexOf(LF, at)
    const text = this.#stamps.textAt(bytes, at, feed)
    if (isDumpStart(bytes, text)) {
      line.kind = this.#isFresh ? OTHER : CAPTURE
      return feed + 1
    }
    if (!this.#isInside) {
      line.kind = OTHER
      return feed + 1
    }
    const next = this.#graph.read(bytes, text, line)
    // Other cpus go on printing while one dumps: what has a stamp and no column is a message.
    if (line.kind === UNRECOGNIZED && this.#stamps.isStamped && !hasBar(bytes, text, feed)) {
      line.kind = OTHER
    }
    if (!this.#isFresh && isDumpRule(bytes, text, feed)) this.#isInside = false
    if (line.kind !== OTHER) this.#isFresh = false
    return next
  }
}

// Dumping ftrace buffer:   Dumping ftrace instance foo buffer:
function isDumpStart(bytes: Uint8Array, text: number): boolean {
  return startsWith(bytes, text, 'Dumping ftrace ')
}

// ---------------------------------
function isDumpRule(bytes: Uint8Array, text: number, feed: number): boolean {
  return (
    trimmedEnd(bytes, text, feed) === text + DUMP_RULE.length && startsWith(bytes, text, DUMP_RULE)
  )
}

const DUMP_RULE = '-'.repeat(33)

function hasBar(bytes: Uint8Array, text: number, feed: number): boolean {
  const bar = bytes.indexOf(BAR, text)
  return bar >= 0 && bar < feed
}

/** Finds where the text of a log's line starts, behind what the log puts before each record. */
class Stamps {
  /** The stamp before, which the next one resembles to the letter: only digits differ. */
  #last = new Uint8Array(0)
  /** Whether the line asked for last had a stamp of its own. */
  isStamped = false

  /**
   * The second and further lines of a record have as many blanks instead of a stamp, which must go
   * while the blanks of the text behind them stay.
   */
  textAt(bytes: Uint8Array, at: number, feed: number): number {
    const length = this.#resembles(bytes, at) ? this.#last.length : stampLength(bytes, at, feed)
    this.isStamped = length > 0
    if (length > 0) {
      this.#last = bytes.slice(at, at + length)
      return at + length
    }
    let text = at
    const end = Math.min(at + this.#last.length, feed)
    while (text < end && bytes[text] === SPACE) text++
    return text === end ? text : at
  }

  #resembles(bytes: Uint8Array, at: number): boolean {
    const last = this.#last
    if (last.length === 0) return false
    for (let i = 0; i < last.length; i++) {
      const byte = bytes[at + i]
      if (byte !== last[i] && !(isDigitOrPad(byte) && isDigitOrPad(last[i]))) return false
    }
    return true
  }
}

function isDigitOrPad(byte: number | undefined): boolean {
  return byte === SPACE || isDigit(byte)
}

/** The longest stamp there is: syslog's, with a host name. */
const LONGEST_STAMP = 120
const latin1 = new TextDecoder('latin1')

function stampLength(bytes: Uint8Array, at: number, feed: number): number {
  const start = latin1.decode(bytes.subarray(at, Math.min(at + LONGEST_STAMP, feed)))
  return stamp.exec(start)?.[0].length ?? 0
}

/**
 * All of it is optional, but something must be there:
 *
 *     <6>[  344.610931] text                      a console with levels
 *     kern  :emerg : [   89.727389] text          dmesg -x
 *     [Sun Nov 22 23:51:53 2026] text             dmesg -T
 *     [   12.345678][    T1] text                 printk caller
 *     Nov 22 23:51:53 host kernel: [   89.7] text syslog, journalctl -k
 */
const stamp = new RegExp(
  [
    /^(?=\S)(?:<\d+>)?(?:\w+ *: *\w+ *: )?/,
    /(?:(?:\w{3} +\d+ [\d:]{8}|\d{4}-\d\d-\d\dT\S+) \S+ kernel:(?: (?=\[))?)?/,
    /(?:\[ *\d+\.\d{6}\]|\[\w{3} \w{3} +\d+ [\d:]{8} \d{4}\])?(?:\[ *[TC]\d+\])?/,
    /(?<=[\]:]) ?/,
  ]
    .map(({ source }) => source)
    .join(''),
)
