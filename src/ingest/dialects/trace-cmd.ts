import { COLON, isDigit, LF, MINUS, PAREN_CLOSE, PAREN_OPEN, startsWith } from '../../base/ascii.js'
import { Interner } from '../../base/interner.js'
import type { Dialect, Recognition } from '../dialect.js'
import { EventHead, skipBlanks } from '../lines/event-head.js'
import { type LineReader, readLine } from '../lines/line-reader.js'
import { Tasks } from '../lines/task-cells.js'
import { GraphCells } from '../lines/trace-cmd-cells.js'
import { GraphFields } from '../lines/trace-cmd-fields.js'
import {
  CAPTURE,
  COMMENT,
  CONTINUATION,
  EXIT,
  emptyLine,
  HEADER,
  type LineKind,
  LOST,
  OTHER,
  STACK,
  type TraceLine,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { mangledEvents } from '../posted/mangled-event.js'
import { isOfTraceCmd } from '../posted/trace-form.js'
import { trimmedEnd } from '../text/scanning.js'

/**
 * The output of trace-cmd report, all versions to 3.4: a line for each event, with who,
 * where and when in front (tracecmd/trace-read.c). Times are rounded to the microsecond, but for
 * `-t`; durations and names are all there, modules are not. A leaf is printed in one line only
 * where no other event comes between.
 */
export const traceCmd = {
  name: 'trace-cmd',
  summary: 'trace-cmd report and trace-cmd stream, whatever their options',
  recording: 'trace-cmd record -p function_graph ./program; trace-cmd report > trace.txt',
  lookingFor: 'lines such as `bash-1234  [001]  140.291308: funcgraph_entry:  |  foo() {`',
  recognize(sample: Uint8Array, functions: Interner, tasks: Tasks): Recognition {
    const found = surveyed(sample)
    if (!found || !('hasFlags' in found)) return found
    const isAsPrinted = readsCalls(
      new TraceCmdReader(found.hasFlags, new Interner(() => {}), new Tasks()),
      sample,
    )
    return isAsPrinted || !mangledEvents(sample)
      ? new TraceCmdReader(found.hasFlags, functions, tasks)
      : undefined
  },
} as const satisfies Dialect

/** An event that never ends is given up after so many lines. */
const LONGEST_EVENT = 256

const latin1 = new TextDecoder('latin1')

/**
 * The heads of the events in a sample, if it is such a text: it starts with the number of cpus,
 * or has calls. Of a latency tracer trace-cmd keeps the kernel's own text, behind that number.
 */
function surveyed(sample: Uint8Array): { hasFlags: boolean } | { skip: number } | undefined {
  const head = new EventHead(new Tasks())
  const line = emptyLine()
  let isHeaded = false
  for (let at = 0; at < sample.length; ) {
    const feed = sample.indexOf(LF, at)
    const event = head.scan(sample, at, feed, line)
    if (event < 0) {
      const text = latin1.decode(sample.subarray(at, trimmedEnd(sample, at, feed)))
      if (text.startsWith('# tracer:')) return isHeaded ? { skip: at } : undefined
      if (cpuCount.test(text)) isHeaded = true
      else if (isHeaded && !isBetweenEvents(text)) isHeaded = false
    } else if (isHeaded || isGraphEvent(sample, skipDifference(sample, event))) {
      return { hasFlags: head.hasFlags }
    }
    at = feed + 1
  }
  return isHeaded ? { hasFlags: false } : undefined
}

/** So many lines of calls tell whether a text is as trace-cmd has printed it. */
const TRIED_CALLS = 100
/** It is not if one in so many is not. */
const LEAST_SHARE = 8

/** Whether the reader understands the calls of a sample. */
function readsCalls(reader: TraceCmdReader, sample: Uint8Array): boolean {
  const line = emptyLine()
  let calls = 0
  let missed = 0
  for (let at = 0; at < sample.length && calls < TRIED_CALLS; ) {
    const next = readLine(reader, sample, at, line)
    if (isOfTraceCmd(latin1.decode(sample.subarray(at, next)))) {
      calls++
      missed += Number(line.kind > EXIT)
    }
    at = next
  }
  return missed * LEAST_SHARE <= calls
}

class TraceCmdReader implements LineReader {
  readonly columns: readonly string[]
  readonly hasSlots = false
  readonly #head: EventHead
  readonly #cells: GraphCells
  readonly #fields: GraphFields
  /** Nothing but headers has been read. */
  #isFresh = true
  /** How many lines the event may still have; 0 behind a call. */
  #eventLines = 0

  constructor(hasFlags: boolean, functions: Interner, tasks: Tasks) {
    const flags = hasFlags ? ['FLAGS'] : []
    this.columns = ['TIME', 'CPU', 'TASK/PID', ...flags, 'DURATION']
    this.#head = new EventHead(tasks)
    this.#cells = new GraphCells(functions)
    this.#fields = new GraphFields(functions)
  }

  read(bytes: Uint8Array, at: number, line: TraceLine): number {
    const feed = bytes.indexOf(LF, at)
    const end = trimmedEnd(bytes, at, feed)
    const head = this.#head.scan(bytes, at, end, line)
    if (head < 0) {
      line.kind = this.#kindOfOther(bytes, at, end, line)
      return feed + 1
    }
    this.#isFresh = false
    this.#eventLines = 0
    const event = skipDifference(bytes, head)
    if (!isGraphEvent(bytes, event)) line.kind = this.#readEvent(bytes, event, end, line)
    else if (!this.#readCall(bytes, event, end, line)) line.kind = UNRECOGNIZED
    return feed + 1
  }

  // funcgraph_exit:       ! 162.725 us |  }
  #readCall(bytes: Uint8Array, event: number, end: number, line: TraceLine): boolean {
    const body = skipBlanks(bytes, bytes.indexOf(COLON, event) + 1)
    return isFields(bytes, body)
      ? this.#fields.scan(bytes, body, end, line)
      : this.#cells.scan(bytes, body, end, line)
  }

  // softirq_raise:        vec=9 [action=RCU]
  #readEvent(bytes: Uint8Array, event: number, end: number, line: TraceLine): LineKind {
    const colon = bytes.indexOf(COLON, event)
    if (colon < 0 || colon >= end) return UNRECOGNIZED
    this.#eventLines = LONGEST_EVENT
    const body = skipBlanks(bytes, colon + 1)
    // kernel_stack:         <stack trace >
    if (startsWith(bytes, body, '<stack trace')) return STACK
    // print:                tracing_mark_write: hello
    line.textStart = startsWith(bytes, event, 'print: ') ? body : event
    line.textEnd = Math.max(end, line.textStart)
    return COMMENT
  }

  /** Lines without a head. */
  #kindOfOther(bytes: Uint8Array, at: number, end: number, line: TraceLine): LineKind {
    if (at === end) return OTHER
    const text = latin1.decode(bytes.subarray(at, end))
    const lost = dropped.exec(text)
    if (lost) {
      line.cpu = Number(lost[1])
      line.events = Number(lost[2] ?? 0)
      return LOST
    }
    if (!this.#isFresh && cpuCount.test(text)) return CAPTURE
    const kind = kindOf(text)
    if (kind !== undefined) return kind
    if (this.#eventLines === 0) return UNRECOGNIZED
    this.#eventLines--
    line.textStart = at
    line.textEnd = at + text.replace(framed, '$1').length
    return CONTINUATION
  }
}

/** `(+39)    `, the time since the event before, which `--ts-diff` adds; returns what follows it. */
function skipDifference(bytes: Uint8Array, at: number): number {
  let p = skipBlanks(bytes, at)
  if (bytes[p] !== PAREN_OPEN || bytes[p + 1] !== PLUS) return p
  for (p += 2; isDigit(bytes[p]) || bytes[p] === MINUS; ) p++
  return bytes[p] === PAREN_CLOSE ? skipBlanks(bytes, p + 1) : at
}

const PLUS = 0x2b

// funcgraph_entry:   funcgraph_exit:   fgraph_retaddr_entry:
function isGraphEvent(bytes: Uint8Array, at: number): boolean {
  return startsWith(bytes, at, 'funcgraph_e') || startsWith(bytes, at, 'fgraph_retaddr_entry:')
}

// func=foo depth=1   --> foo (1)   <-- foo (1) (start: 33360f0480  end: 33360f1c1a) over: 1
function isFields(bytes: Uint8Array, at: number): boolean {
  return (
    startsWith(bytes, at, 'func=') || startsWith(bytes, at, '--> ') || startsWith(bytes, at, '<-- ')
  )
}

/** Before each of these may stand the name of a file or instance. */
const cpuCount = /^(?:.*: +)?cpus=\d+$/
const dropped = /^(?:.*: +)?CPU:(\d+) \[(?:(\d+) )?EVENTS DROPPED\]$/

/** `=> foo (ffffffff97d0c4e4)`: the address of a frame with a name says nothing. */
const framed = /^( *=> \S.*) \([0-9a-f]+\)$/

function isBetweenEvents(text: string): boolean {
  return text === '' || dropped.test(text) || kindOf(text) !== undefined
}

function kindOf(text: string): LineKind | undefined {
  return otherLines.find(({ form }) => form.test(text))?.kind
}

const otherLines: readonly { form: RegExp; kind: LineKind }[] = [
  { form: cpuCount, kind: HEADER },
  // The first lines of versions before 2.7, and of all versions with -V.
  { form: /^(?:.*: +)?version = \d+$/, kind: HEADER },
  { form: /^(?:.*: +)?CPU \d+ is empty$/, kind: HEADER },
  // CPU:1 [SUBBUFFER START] [797297066:0x1000]
  { form: /^(?:.*: +)?CPU:\d+ \[SUBBUFFER START\]/, kind: OTHER },
  // What -w adds up at the end: finish_wakeup in trace-read.c.
  { form: /^(?:Average wakeup latency|(?:Max|Min)imum Latency): \d+\.\d{3} usecs/, kind: OTHER },
  { form: /^RT task timings:$/, kind: OTHER },
  //  TIME EXTEND: delta:123 length:8
  { form: /^ (?:PADDING|TIME EXTEND|TIME STAMP): /, kind: OTHER },
]
