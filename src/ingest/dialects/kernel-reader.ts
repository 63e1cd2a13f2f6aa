import { HASH, isDigit, LF, MINUS, SPACE, startsWith } from '../../base/ascii.js'
import type { Interner } from '../../base/interner.js'
import { BrokenLine } from '../lines/broken-line.js'
import { GraphScanner } from '../lines/graph-scanner.js'
import { columnNames, type Layout } from '../lines/layouts.js'
import type { LineReader } from '../lines/line-reader.js'
import { OpenComment } from '../lines/open-comment.js'
import { isKnownLine, isRule, readLost, readSwitch, stackHead } from '../lines/other-lines.js'
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
  moveSpans,
  OTHER,
  STACK,
  SWITCH,
  type TraceLine,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { NO_MATCH, skipBlanks, trimmedEnd } from '../text/scanning.js'

const TOO_BIG = '[LINE TOO BIG]'

const latin1 = new TextDecoder('latin1')

/** Reads the kernel's text in one layout: the call graph, and all other lines between its lines. */
export class KernelReader implements LineReader {
  readonly layout: Layout
  readonly columns: readonly string[]
  readonly hasSlots: boolean
  readonly #graph: GraphScanner
  readonly #tasks: Tasks
  readonly #comment = new OpenComment()
  readonly #broken: BrokenLine
  /** Frames of a stack may follow. */
  #isInStack = false
  #isBehindRule = false
  /** The line before, if it was of a switch. */
  #switch: Uint8Array | undefined
  /** Nothing but headers has been read. */
  #isFresh = true
  /** The last line was one of the call graph, which ends all that other lines have begun. */
  #isInGraph = false

  constructor(layout: Layout, functions: Interner, tasks: Tasks) {
    this.layout = layout
    this.columns = columnNames(layout)
    this.hasSlots = layout.cpu
    this.#graph = new GraphScanner(layout, functions, tasks)
    this.#tasks = tasks
    this.#broken = new BrokenLine(layout.task)
  }

  read(bytes: Uint8Array, at: number, line: TraceLine): number {
    const next = this.#graph.scan(bytes, at, line)
    if (next === NO_MATCH) return this.#readOther(bytes, at, line)
    this.sawCalls()
    if (line.kind === COMMENT) this.#startComment(bytes, line)
    return next
  }

  sawCalls(): void {
    if (this.#isInGraph) return
    this.#isInGraph = true
    this.#comment.giveUp()
    this.#broken.drop()
    this.#isBehindRule = false
    this.#isInStack = false
    this.#isFresh = false
  }

  /** Lines that are no part of the call graph. */
  #readOther(bytes: Uint8Array, at: number, line: TraceLine): number {
    const feed = bytes.indexOf(LF, at)
    const end = trimmedEnd(bytes, at, feed)
    this.#isInGraph = false
    if (this.#readSwitchTail(bytes, at, end, line)) return feed + 1
    const isBehindRule = this.#isBehindRule
    this.#isBehindRule = isRule(bytes, at)
    const whole = this.#broken.take(bytes, at, feed)
    if (this.#isBehindRule) {
      line.kind = OTHER
      return feed + 1
    }
    if (whole && this.#readBroken(whole, bytes, feed, line)) return feed + 1
    line.kind = this.#readKnown(bytes, at, end, line)
    if (line.kind === UNRECOGNIZED && this.#broken.mayStart(bytes, at, feed, isBehindRule)) {
      line.kind = OTHER
    }
    return feed + 1
  }

  /** Reads a broken line that ends at the line feed in `bytes`; false if it is not of a known form. */
  #readBroken(whole: Uint8Array, bytes: Uint8Array, feed: number, line: TraceLine): boolean {
    const end = whole.length - 1
    if (this.#graph.scan(whole, 0, line) !== NO_MATCH) {
      moveSpans(line, feed - end)
      if (line.kind === COMMENT) this.#startComment(bytes, line)
      return true
    }
    line.kind = readSwitch(whole, 0, end, line, this.#tasks)
      ? SWITCH
      : this.#readArrow(whole, 0, end, line)
    if (line.kind !== UNRECOGNIZED) return true
    if (!this.#broken.keep(whole)) return false
    line.kind = OTHER
    return true
  }

  #startComment(bytes: Uint8Array, line: TraceLine): void {
    this.#isInGraph = false
    if (startsWith(bytes, line.textEnd - TOO_BIG.length, TOO_BIG)) line.kind = UNRECOGNIZED
    else this.#comment.start(bytes, line)
  }

  /**
   * A name with a line feed in it may look whole before that. The second line then says all, and the
   * name has a blank in its place:
   *
   *      0)     sh-109     =>    9-9
   *     -833
   */
  #readSwitchTail(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
    const start = this.#switch
    this.#switch = undefined
    if (!start || bytes[at] !== MINUS || !isDigit(bytes[at + 1])) return false
    const whole = new Uint8Array(start.length + 1 + end - at)
    whole.set(start)
    whole[start.length] = SPACE
    whole.set(bytes.subarray(at, end), start.length + 1)
    if (!readSwitch(whole, 0, whole.length, line, this.#tasks)) return false
    line.kind = SWITCH
    return true
  }

  #readKnown(bytes: Uint8Array, at: number, end: number, line: TraceLine): LineKind {
    if (readSwitch(bytes, at, end, line, this.#tasks)) {
      this.#switch = bytes.slice(at, end)
      return SWITCH
    }
    if (readLost(bytes, at, end, line)) return LOST
    if (this.#comment.read(bytes, at, end, line)) return CONTINUATION
    if (end === at) return OTHER
    if (bytes[at] === HASH) return this.#kindOfHash(bytes, at)
    const arrow = this.#readArrow(bytes, at, end, line)
    if (arrow !== UNRECOGNIZED) return arrow
    if (startsWith(bytes, at, ' => ')) return this.#readFrame(at, end, line)
    const text = latin1.decode(bytes.subarray(at, end))
    if (this.#readStack(bytes, at, text, line)) return STACK
    return isKnownLine(text) ? OTHER : UNRECOGNIZED
  }

  // # tracer: function_graph   ##### CPU 1 buffer started ####
  #kindOfHash(bytes: Uint8Array, at: number): LineKind {
    if (startsWith(bytes, at, '##### CPU ')) return OTHER
    return startsWith(bytes, at, '# tracer:') && !this.#isFresh ? CAPTURE : HEADER
  }

  //  0)   ==========> |    5)   <========== |
  #readArrow(bytes: Uint8Array, at: number, end: number, line: TraceLine): LineKind {
    const prefix = this.#graph.scanPrefix(bytes, at, line)
    if (prefix < 0) return UNRECOGNIZED
    const p = skipBlanks(bytes, prefix)
    if (p + 13 < end) return UNRECOGNIZED
    if (startsWith(bytes, p, '==========>')) return ARROW
    return startsWith(bytes, p, '<==========') ? OTHER : UNRECOGNIZED
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
    line.seconds = head.seconds
    line.nanos = head.nanos
    line.task = this.layout.task ? this.#tasks.idOf(bytes, start, start + head.task.length) : ABSENT
    return true
  }
}
