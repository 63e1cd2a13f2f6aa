import { HASH, isDigit, LF, SPACE, startsWith } from '../../base/ascii.js'
import { Interner } from '../../base/interner.js'
import type { Dialect, LineReader, Recognition } from '../dialect.js'
import { GraphScanner, NO_MATCH, SCAN_AHEAD, trimmedEnd } from '../lines/graph-scanner.js'
import { columnNames, type Layout, layoutOfHeader, layouts } from '../lines/layouts.js'
import { decimal, Tasks } from '../lines/task-cells.js'
import {
  ABSENT,
  ARROW,
  CAPTURE,
  COMMENT,
  CONTINUATION,
  emptyLine,
  HEADER,
  type LineKind,
  LOST,
  OTHER,
  STACK,
  SWITCH,
  type TraceLine,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { hasChangedBlanks } from '../text/loose-line.js'

/**
 * The text of the kernel itself, as the files trace, trace_pipe, per_cpu/cpuN/trace and snapshot
 * hold it, and what prints those files: `perf ftrace`, perf-tools' funcgraph, `trace-cmd show`.
 */
export const kernel = {
  name: 'kernel',
  summary: 'the tracing files of the kernel, funcgraph, perf ftrace, trace-cmd show',
  recording: 'cat /sys/kernel/tracing/trace, with current_tracer function_graph',
  lookingFor: 'lines such as ` 0)   1.082 us    |  foo();` or ` 0)               |  foo() {`',
  recognize(sample: Uint8Array, functions: Interner, tasks: Tasks): Recognition {
    return hasChangedBlanks(sample) ? undefined : recognizeGraph(sample, functions, tasks)
  },
} as const satisfies Dialect

/** A reader for text of the kernel, whatever the lines of it come out of. */
export function recognizeGraph(
  sample: Uint8Array,
  functions: Interner,
  tasks: Tasks,
): LineReader | undefined {
  const layout = recognizeLayout(sample)
  return layout && new KernelReader(layout, functions, tasks)
}

const latin1 = new TextDecoder('latin1')

const defaultLayout = layoutOfHeader('# CPU  DURATION                  FUNCTION CALLS')

/** As many lines of a sample are tried in every layout. */
const TRIED_LINES = 400
/** Without a header, so many lines must be of the call graph: the rest may be stack traces... */
const LEAST_SHARE = 0.25
/** ...but source code has lines of calls, too. */
const LEAST_SHARE_WITHOUT_COLUMNS = 0.9
/** Lines broken by a task's name are given up when they are longer than two cells of tasks. */
const LONGEST_START = 80
/** A comment that never ends is given up after so many lines. */
const LONGEST_COMMENT = 64

function recognizeLayout(sample: Uint8Array): Layout | undefined {
  const { header, graphTracer, lines } = surveyed(sample)
  const scanner = new GraphScanner(layouts[0], new Interner(() => {}), new Tasks())
  let best: Layout | undefined
  let bestHits = 0
  for (const layout of header ? [header, ...layouts] : layouts) {
    scanner.layout = layout
    const hits = hitsOf(scanner, sample, lines, bestHits)
    if (hits > bestHits) {
      best = layout
      bestHits = hits
    }
  }
  if (graphTracer) return best ?? header ?? defaultLayout
  if (!best) return undefined
  const share = columnNames(best).length > 0 ? LEAST_SHARE : LEAST_SHARE_WITHOUT_COLUMNS
  return bestHits >= lines.length * share ? best : undefined
}

/** What the header of the first capture in a sample says, and where its first data lines start. */
function surveyed(sample: Uint8Array) {
  const lines: number[] = []
  let header: Layout | undefined
  let graphTracer = false
  for (let at = 0; at < sample.length && lines.length < TRIED_LINES; ) {
    const feed = sample.indexOf(LF, at)
    if (sample[at] === HASH) {
      const text = latin1.decode(sample.subarray(at, feed))
      if (text.startsWith('# tracer:')) {
        if (lines.length > 0) break
        graphTracer = text.includes('function_graph')
      }
      header = layoutOfHeader(text) ?? header
    }
    if (trimmedEnd(sample, at, feed) > at && !isRule(sample, at)) lines.push(at)
    at = feed + 1
  }
  return { header, graphTracer: graphTracer || header !== undefined, lines }
}

/** How many of the lines are calls in the scanner's layout; 0 as soon as it cannot be more than `least`. */
function hitsOf(
  scanner: GraphScanner,
  sample: Uint8Array,
  lines: readonly number[],
  least: number,
): number {
  const line = emptyLine()
  let misses = 0
  for (const at of lines) {
    if (scanner.scan(sample, at, line) === NO_MATCH) misses++
    if (misses + least >= lines.length) return 0
  }
  return lines.length - misses
}

class KernelReader implements LineReader {
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
    const whole = new Uint8Array(end + 1 + SCAN_AHEAD).fill(SPACE, 0, before)
    whole.set(start)
    whole.set(bytes.subarray(at, feed + 1), before)
    this.#broken = undefined
    if (this.#graph.scan(whole, 0, line) !== NO_MATCH) {
      moveSpans(line, at - before)
      if (line.kind === COMMENT) this.#startComment(bytes, line)
      return true
    }
    if (this.#readSwitch(whole, 0, end, line)) {
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
    if (this.#readSwitch(bytes, at, end, line)) return SWITCH
    if (this.#readLost(bytes, at, end, line)) return LOST
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
    return otherLines.some(form => form.test(text)) ? OTHER : UNRECOGNIZED
  }

  //  => __schedule
  #readFrame(at: number, end: number, line: TraceLine): LineKind {
    line.textStart = at
    line.textEnd = end
    return this.#isInStack ? CONTINUATION : OTHER
  }

  //         python3-215     [001] d..2.   101.546691: <stack trace>
  #readStack(bytes: Uint8Array, at: number, text: string, line: TraceLine): boolean {
    const { task = '', cpu } = stackHeads.map(form => form.exec(text)).find(Boolean)?.groups ?? {}
    this.#isInStack = cpu !== undefined
    if (cpu === undefined) return false
    const start = at + text.indexOf(task)
    line.cpu = Number(cpu)
    line.task = this.#hasTasks ? this.#tasks.idOf(bytes, start, start + task.length) : ABSENT
    return true
  }

  /** Leaves the end mark of a comment out of its text; tells whether it was there. */
  #closesComment(bytes: Uint8Array, line: TraceLine): boolean {
    const mark = line.textEnd - 2
    if (mark < line.textStart || !startsWith(bytes, mark, '*/')) return false
    line.textEnd = trimmedEnd(bytes, line.textStart, mark)
    return true
  }

  //  1)    bash-170    =>  python3-253
  #readSwitch(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
    let p = at
    while (bytes[p] === SPACE) p++
    const cpu = p
    while (isDigit(bytes[p])) p++
    if (p === cpu || p > cpu + 5 || !startsWith(bytes, p, ') ')) return false
    const from = p + 2
    // A name may hold the arrow too: it is the one that has a pid on both of its sides.
    for (p = from; p < end; p++) {
      if (!startsWith(bytes, p, ' => ')) continue
      line.from = this.#tasks.idOf(bytes, from, p)
      line.to = this.#tasks.idOf(bytes, p + 4, end)
      if (line.from === ABSENT || line.to === ABSENT) continue
      line.cpu = decimal(bytes, cpu, from - 2)
      return true
    }
    return false
  }

  // CPU:1 [LOST 187278 EVENTS]   CPU:1 [LOST EVENTS]
  #readLost(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
    if (!startsWith(bytes, at, 'CPU:')) return false
    let p = at + 4
    while (isDigit(bytes[p])) p++
    if (p === at + 4 || !startsWith(bytes, p, ' [LOST ')) return false
    line.cpu = decimal(bytes, at + 4, p)
    const count = p + 7
    for (p = count; isDigit(bytes[p]); ) p++
    line.events = decimal(bytes, count, p)
    return startsWith(bytes, end - 7, 'EVENTS]')
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

//  ------------------------------------------
function isRule(bytes: Uint8Array, at: number): boolean {
  let p = at
  while (bytes[p] === SPACE) p++
  return startsWith(bytes, p, '------------------------------------------')
}

const TOO_BIG = '[LINE TOO BIG]'

/** A line that ends inside of the task column: `   67.725228 |    7)    a` */
const endsInTask = /^(?: *\d+\.\d{6} \| {2}| *\d+ us \| {2})? *\d+\) [^|]{0,15}$/

/** What stands above the frames of a stack; the last form is that of latency tracers and dumps. */
const stackHeads: readonly RegExp[] = [
  //         python3-215     [001] d..2.   101.546691: <stack trace>
  /^ *(?<task>\S.*-\d+) +(?:\([ \d-]+\) +)?\[(?<cpu>\d{3,})\] +\S* *\d+\.\d{6}: <stack trace>$/,
  //  python3-59        0dNH6.  228us : <stack trace>
  /^ *(?<task>\S.*-\d+) +(?<cpu>\d+)\D\S+ +\d+us.?: <stack trace>$/,
]

/** Rare lines of known form, told apart by their text. */
const otherLines: readonly RegExp[] = [
  //  (Overruns: 0)
  /^ ?\(Overruns: \d+\)$/,
  //         python3-215     [001] d..2.   101.546691: vfs_write <-ksys_write
  /^ *\S.*-\d+ +(?:\([ \d-]+\) +)?\[\d{3,}\] +\S* *\d+\.\d{6}: /,
  //  python3-59        0dNH6.  228us : vfs_write <-ksys_write
  /^ *\S.*-\d+ +\d+\S+ +\d+us.?: /,
  //           <idle>       0   0 45 00000004 00000001 [0153e433] 0.134ms (+0.001ms): <stack trace>
  /^ *\S.* \d+ +\d+ \d+ [0-9a-f]{8} [0-9a-f]{8} \[[0-9a-f]+\] [\d.]+ms \(\+[\d.]+ms\): /,
  // What the kernel prints in place of the rest of a line longer than a page.
  /^\[LINE TOO BIG\]$/,
  // What a dump says around itself, in a kernel log or a debugger.
  /^Dumping ftrace (?:instance \S+ )?buffer:$/,
  /^-{33}$/,
  /^ *\(ftrace buffer empty\)$/,
  /^\(skipping \d+ entries\)$/,
  // What perf-tools' funcgraph says before and after.
  /^Tracing "/,
  /^Ending tracing\.\.\.$/,
  // What Android's atrace says before.
  /^capturing trace\.\.\.(?: done)?$/,
  /^TRACE:$/,
]
