import { HASH, LF, SPACE, startsWith } from '../../base/ascii.js'
import type { Interner } from '../../base/interner.js'
import { GraphScanner } from '../lines/graph-scanner.js'
import { columnNames, type Layout } from '../lines/layouts.js'
import type { LineReader } from '../lines/line-reader.js'
import {
  endsInTask,
  isKnownLine,
  isRule,
  readLost,
  readSwitch,
  stackHead,
} from '../lines/other-lines.js'
import type { Tasks } from '../lines/task-cells.js'
import {
  ABSENT,
  ARROW,
  CAPTURE,
  COMMENT,
  CONTINUATION,
  HEADER,
  type LineKind,
  LOST,
  OTHER,
  STACK,
  SWITCH,
  type TraceLine,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { NO_MATCH, scanBuffer, trimmedEnd } from '../text/scanning.js'

/** Lines broken by a task's name are given up when they are longer than two cells of tasks. */
const LONGEST_START = 80
/** A comment that never ends is given up after so many lines. */
const LONGEST_COMMENT = 64

const TOO_BIG = '[LINE TOO BIG]'

const latin1 = new TextDecoder('latin1')

/** Reads the kernel's text in one layout: the call graph, and all that stands between its lines. */
export class KernelReader implements LineReader {
  readonly layout: Layout
  readonly columns: readonly string[]
  readonly hasSlots: boolean
  readonly #graph: GraphScanner
  readonly #tasks: Tasks
  readonly #hasTasks: boolean
  /** Frames of a stack may follow. */
  #isInStack = false
  /** How many lines the open comment may still have; 0 outside of comments. */
  #commentLines = 0
  /** What looks like a line up to a task's name, which goes on behind the line feed. */
  #broken: Uint8Array | undefined
  #isBehindRule = false
  /** Nothing but headers has been read. */
  #isFresh = true
  /** The last line was one of the call graph, and none of the above is to be known. */
  #isInGraph = false

  constructor(layout: Layout, functions: Interner, tasks: Tasks) {
    this.layout = layout
    this.columns = columnNames(layout)
    this.hasSlots = layout.cpu
    this.#graph = new GraphScanner(layout, functions, tasks)
    this.#tasks = tasks
    this.#hasTasks = layout.task
  }

  read(bytes: Uint8Array, at: number, line: TraceLine): number {
    const next = this.#graph.scan(bytes, at, line)
    if (next === NO_MATCH) return this.#readOther(bytes, at, line)
    this.sawCalls()
    if (line.kind === COMMENT) this.#startComment(bytes, line)
    return next
  }

  /** A line of the call graph: what was begun by other lines is over. */
  sawCalls(): void {
    if (this.#isInGraph) return
    this.#isInGraph = true
    this.#commentLines = 0
    this.#broken = undefined
    this.#isBehindRule = false
    this.#isInStack = false
    this.#isFresh = false
  }

  /** Lines that are no part of the call graph. */
  #readOther(bytes: Uint8Array, at: number, line: TraceLine): number {
    const feed = bytes.indexOf(LF, at)
    const end = trimmedEnd(bytes, at, feed)
    this.#isInGraph = false
    const isBehindRule = this.#isBehindRule
    this.#isBehindRule = isRule(bytes, at)
    if (this.#broken && this.#readRest(this.#broken, bytes, at, feed, line)) return feed + 1
    line.kind = this.#kindOf(bytes, at, end, line)
    if (line.kind === UNRECOGNIZED && this.#mayGoOn(bytes, at, end, isBehindRule)) {
      line.kind = OTHER
      this.#broken = bytes.slice(at, feed)
    }
    return feed + 1
  }

  /**
   * The name of a task may hold line feeds, which break its lines:
   *
   *        67.725228 |    7)    a
   *     b-223     |               |  do_nanosleep() {
   */
  #mayGoOn(bytes: Uint8Array, at: number, end: number, isBehindRule: boolean): boolean {
    const text = latin1.decode(bytes.subarray(at, end))
    return isBehindRule ? /^ *\d+\) /.test(text) : this.#hasTasks && endsInTask.test(text)
  }

  #readRest(
    start: Uint8Array,
    bytes: Uint8Array,
    at: number,
    feed: number,
    line: TraceLine,
  ): boolean {
    const before = start.length + 1
    const end = before + feed - at
    const whole = scanBuffer(end + 1).fill(SPACE, 0, before)
    whole.set(start)
    whole.set(bytes.subarray(at, feed + 1), before)
    this.#broken = undefined
    if (this.#graph.scan(whole, 0, line) !== NO_MATCH) {
      moveSpans(line, at - before)
      if (line.kind === COMMENT) this.#startComment(bytes, line)
      return true
    }
    if (readSwitch(whole, 0, end, line, this.#tasks)) {
      line.kind = SWITCH
      return true
    }
    const arrow = this.#kindOfArrow(whole, 0, end, line)
    if (arrow) {
      line.kind = arrow
      return true
    }
    if (end > LONGEST_START || isRule(bytes, at)) return false
    line.kind = OTHER
    this.#broken = whole.subarray(0, end)
    return true
  }

  #startComment(bytes: Uint8Array, line: TraceLine): void {
    this.#isInGraph = false
    if (startsWith(bytes, line.textEnd - TOO_BIG.length, TOO_BIG)) {
      line.kind = UNRECOGNIZED
      return
    }
    line.goesOn = !this.#closesComment(bytes, line)
    if (line.goesOn) this.#commentLines = LONGEST_COMMENT
  }

  #kindOf(bytes: Uint8Array, at: number, end: number, line: TraceLine): LineKind {
    if (readSwitch(bytes, at, end, line, this.#tasks)) return SWITCH
    if (readLost(bytes, at, end, line)) return LOST
    if (this.#commentLines > 0 && !isRule(bytes, at)) {
      this.#commentLines--
      line.textStart = at
      line.textEnd = end
      line.goesOn = !this.#closesComment(bytes, line) && this.#commentLines > 0
      if (!line.goesOn) this.#commentLines = 0
      return CONTINUATION
    }
    if (end === at || isRule(bytes, at)) return OTHER
    if (bytes[at] === HASH) return this.#kindOfHash(bytes, at)
    const arrow = this.#kindOfArrow(bytes, at, end, line)
    if (arrow) return arrow
    if (startsWith(bytes, at, ' => ')) return this.#readFrame(at, end, line)
    const text = latin1.decode(bytes.subarray(at, end))
    if (this.#readStack(bytes, at, text, line)) return STACK
    return isKnownLine(text) ? OTHER : UNRECOGNIZED
  }

  //  => __schedule
  #readFrame(at: number, end: number, line: TraceLine): LineKind {
    line.textStart = at
    line.textEnd = end
    return this.#isInStack ? CONTINUATION : OTHER
  }

  //         python3-215     [001] d..2.   101.546691: <stack trace>
  #readStack(bytes: Uint8Array, at: number, text: string, line: TraceLine): boolean {
    const head = stackHead(text)
    this.#isInStack = head !== undefined
    if (!head) return false
    const start = at + text.indexOf(head.task)
    line.cpu = head.cpu
    line.task = this.#hasTasks ? this.#tasks.idOf(bytes, start, start + head.task.length) : ABSENT
    return true
  }

  /** Leaves the end mark of a comment out of its text; tells whether it was there. */
  #closesComment(bytes: Uint8Array, line: TraceLine): boolean {
    const mark = line.textEnd - 2
    if (mark < line.textStart || !startsWith(bytes, mark, '*/')) return false
    line.textEnd = trimmedEnd(bytes, line.textStart, mark)
    return true
  }

  // # tracer: function_graph   ##### CPU 1 buffer started ####
  #kindOfHash(bytes: Uint8Array, at: number): LineKind {
    if (startsWith(bytes, at, '##### CPU ')) return OTHER
    return startsWith(bytes, at, '# tracer:') && !this.#isFresh ? CAPTURE : HEADER
  }

  //  0)   ==========> |    5)   <========== |
  #kindOfArrow(bytes: Uint8Array, at: number, end: number, line: TraceLine): LineKind | undefined {
    let p = this.#graph.scanPrefix(bytes, at, line)
    if (p < 0) return undefined
    while (bytes[p] === SPACE) p++
    if (p + 13 < end) return undefined
    if (startsWith(bytes, p, '==========>')) return ARROW
    return startsWith(bytes, p, '<==========') ? OTHER : undefined
  }
}

/** The bytes that a line was read from lie `distance` further on than it says. */
function moveSpans(line: TraceLine, distance: number): void {
  line.textStart += distance
  line.textEnd += distance
  line.argsStart += distance
  line.argsEnd += distance
  line.callerStart += distance
  line.callerEnd += distance
  line.returnedStart += distance
  line.returnedEnd += distance
}
