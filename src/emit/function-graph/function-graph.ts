/**
 * The text of the kernel's own tracer, as the file `trace` of tracefs has it
 * (kernel/trace/trace_functions_graph.c in 7.2; Documentation/trace/ftrace.rst): for everything that
 * reads function_graph. It has the columns of what was read, exits name what they close, and notes
 * stand as funcgraph-args, funcgraph-retval and funcgraph-retaddr print them.
 *
 * It reads back as the same timeline, with positions to the microsecond: a call without a name is no
 * line, for its exit brings it back; a call without an exit has none. Lines come as they were told,
 * so that times of different cpus stand out of order where those of the trace do.
 *
 * They are kept until the end, some eight bytes each: entries show what is known with the exit, and
 * which columns there are is known last. Lost: flags of the latency format, nanoseconds of
 * timestamps, digits of durations from 10 ms on, names of tasks behind their seventh byte, the dots
 * of arguments that the kernel did not know, pids and cookies of sections, and with interrupts apart
 * how long they took of what they hit.
 */
import { blocksInMemory } from '../../base/block-store.js'
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { type DeferredCall, makeCall } from '../../base/deferred-call.js'
import {
  type CallNotes,
  type FunctionId,
  type KernelFunction,
  type Lane,
  type Nanos,
  type TimelineSink,
  type TraceFacts,
  type Track,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from '../../timeline/sink.js'
import type { EmitOptions } from '../format.js'
import { type GraphLine, KernelText } from './kernel-text.js'
import { type Line, LineLog } from './line-log.js'

export function openFunctionGraph(
  out: ByteSink,
  { store = blocksInMemory() }: EmitOptions,
): TimelineSink {
  return new FunctionGraph(out, new LineLog(store))
}

// What a line is, in the lowest bits of its row.
const ENTRY = 0
const LEAF = 1
const EXIT = 2
const MIGRATION = 3
/** Any other line, kept as a call of its printing: they are rare. */
const OTHER = 4
/** The two lines of a call that is a leaf where timestamps place what comes between. */
const LATE_ENTRY = 5
const LATE_EXIT = 6
/** A leaf in two lines: its cpu goes back to what is before its end. */
const SPLIT_LEAF = 7
const KIND_BITS = 3
const KINDS = 7

/** The lines that are printed of each; lines of no call have none. */
type Printing = Readonly<Record<number, readonly GraphLine['kind'][]>>

const timed: Printing = {
  [ENTRY]: ['entry'],
  [LEAF]: ['leaf'],
  [EXIT]: ['exit'],
  [LATE_ENTRY]: ['leaf'],
  [LATE_EXIT]: [],
  [SPLIT_LEAF]: ['entry', 'exit'],
}
/** Without timestamps what comes between is placed by the lines around it. */
const rebuilt: Printing = {
  ...timed,
  [LATE_ENTRY]: ['entry'],
  [LATE_EXIT]: ['exit'],
  [SPLIT_LEAF]: ['leaf'],
}

const NO_LINE = -1

/** Timestamps are cut to the microsecond. */
const WITHIN_MICRO = 999

/** A track, and where its lines stand. */
interface Row {
  readonly id: TrackId
  readonly isInterrupts: boolean
  pid: number
  cpu: number
  /** By level, the line that the call begins with; NO_LINE for one without a name. */
  readonly open: number[]
  /** The entry that its end may make a leaf, for nothing has followed it on the row; or NO_LINE. */
  lastEntry: number
  /** What has become of that, as long as nothing follows it on the row. */
  lastLeaf: number
  leafDuration: Nanos
  /** Where the call of that line begins, and where its cpu went on with another row. */
  begunAt: Nanos
  leftAt: Nanos
  /** Where the first call without a name has begun since the last line; -1 if none has. */
  bridgedAt: Nanos
  /** The row among whose lines those of an interrupt stand, and how deep it has been hit. */
  host: Row
  base: number
  /** Ends of sections that wait for the row to come so far. */
  readonly waiting: { readonly at: Nanos; readonly text: string }[]
}

/** A call that has ended without a line that says so. */
interface Unclosed {
  readonly row: Row
  readonly depth: number
  readonly func: FunctionId
}

class FunctionGraph implements TimelineSink {
  readonly #out: ByteSink
  readonly #functions: KernelFunction[] = [{ name: '', module: '' }]
  readonly #rows: Row[] = []
  readonly #lanes: Lane[] = []
  /** By cpu, the row that had the last line there. */
  readonly #running = new Map<number, Row>()
  #lastCpu = 0
  /** What a reader of the lines so far takes for open still. */
  readonly #unclosed: Unclosed[] = []

  /**
   * Heads are eight times the row, plus what kind of line it is; operands the function, the cpu, or
   * an index into the other lines.
   */
  readonly #lines: LineLog
  readonly #notes = new Map<number, CallNotes>()
  readonly #others: DeferredCall<KernelText>[] = []

  constructor(out: ByteSink, lines: LineLog) {
    this.#out = out
    this.#lines = lines
  }

  start(): void {}

  defineFunction(id: FunctionId, definition: KernelFunction): void {
    this.#functions[id] = definition
  }

  defineTrack(id: TrackId, track: Track): void {
    const row = this.#rows[id] ?? newRow(id, track)
    this.#rows[id] = row
    row.pid = track.pid ?? 0
    this.#lastCpu = Math.max(this.#lastCpu, row.cpu)
    if (!row.isInterrupts && !this.#running.has(row.cpu)) this.#running.set(row.cpu, row)
    this.#addOther(['defineTrack', id, track])
  }

  defineLane(id: number, lane: Lane): void {
    this.#lanes[id] = lane
  }

  begin(id: TrackId, func: FunctionId, at: Nanos): void {
    const row = this.#rows[id]
    if (row.isInterrupts && row.open.length === 0) this.#hit(row, at)
    if (func === UNNAMED) {
      row.open.push(NO_LINE)
      if (row.bridgedAt < 0) row.bridgedAt = at
      return
    }
    const time = row.bridgedAt < 0 ? at : row.bridgedAt
    const line = this.#addEntry(row, func, time)
    row.open.push(line)
    row.host.lastEntry = line
    row.host.begunAt = at
    row.host.leftAt = Number.POSITIVE_INFINITY
  }

  end(id: TrackId, func: FunctionId, at: Nanos, duration: Nanos, notes?: CallNotes): void {
    const row = this.#rows[id]
    const entry = row.open.pop() as number
    if (notes && entry !== NO_LINE) this.#notes.set(entry, notes)
    if (duration === UNMEASURED) {
      if (!row.isInterrupts) this.#unclosed.push({ row, depth: row.open.length, func })
    } else if (entry !== NO_LINE && entry === row.host.lastEntry && isLeaf(row, at, duration)) {
      this.#endLeaf(row, entry, func, at, duration)
    } else {
      const line = this.#addExit(row, func, at, duration, entry !== NO_LINE)
      if (notes) this.#notes.set(line, notes)
    }
    row.host.lastEntry = NO_LINE
    if (row.isInterrupts && row.open.length === 0) this.#addArrow(row, at, false)
  }

  migrate(id: TrackId, cpu: number, at: Nanos): void {
    const row = this.#rows[id]
    row.cpu = cpu
    row.lastEntry = NO_LINE
    this.#lastCpu = Math.max(this.#lastCpu, cpu)
    this.#lines.append(headOf(row, MIGRATION), cpu, 0, at, UNMEASURED)
  }

  instant(
    id: TrackId,
    at: Nanos,
    name: string,
    text: string,
    frames: readonly string[] = [],
  ): void {
    const row = this.#rows[id]
    const said = text === '' ? name : `${name}: ${text}`
    if (said === USER_STACK_TRACE) {
      this.#addComment(row, at, [said, ...frames.map(frame => ` =>  ${frame}`)].join('\n'))
      return
    }
    if (said !== STACK_TRACE) this.#addComment(row, at, said)
    if (said === STACK_TRACE || frames.length > 0) {
      const { host } = row
      this.#addOther(['stack', host.id, at, frames])
    }
  }

  beginSection(id: number, at: Nanos, name: string): void {
    const { owner, kind, name: laneName } = this.#lanes[id]
    if (!('track' in owner)) return
    const row = this.#rows[owner.track]
    if (kind === 'markers') this.#addComment(row, at, `B|${row.pid}|${name}`)
    else if (name === laneName) this.#addComment(row, at, `S|${row.pid}|${name}|${id}`)
    else this.#addComment(row, at, `G|${row.pid}|${laneName}|${name}|${id}`)
  }

  endSection(id: number, at: Nanos): void {
    const { owner, kind, name } = this.#lanes[id]
    // A capture that ends while calls are open ends its sections without anybody's saying so.
    if (!('track' in owner) || this.#unclosed.length > 0) return
    const row = this.#rows[owner.track]
    if (kind === 'markers') this.#addComment(row, at, `E|${row.pid}`)
    // Another task may end it: on this row the line must not come before its time.
    else row.waiting.push({ at, text: `H|${row.pid}|${name}|${id}` })
  }

  count(id: TrackId, at: Nanos, name: string, value: number): void {
    const row = this.#rows[id]
    this.#addComment(row, at, `C|${row.pid}|${name}|${value}`)
  }

  lost(cpu: number, _at: Nanos, events: number): void {
    this.#unclosed.length = 0
    this.#addOther(['lost', cpu, events])
  }

  finish(facts: TraceFacts): void {
    this.#unclosed.length = 0
    for (const row of this.#rows) this.#addWaiting(row, Number.POSITIVE_INFINITY)
    const writer = new ByteWriter(this.#out)
    const text = new KernelText(writer, this.#functions, this.#lastCpu, facts)
    const printing = facts.clock === 'timestamps' ? timed : rebuilt
    for (const line of this.#lines.read()) this.#print(text, line, printing)
    text.finish()
  }

  #print(text: KernelText, line: Line, printing: Printing): void {
    const { head, operand } = line
    const kind = head & KINDS
    if (kind === OTHER) makeCall(text, this.#others[operand])
    else if (kind === MIGRATION) text.migrate(head >> KIND_BITS, operand)
    else for (const piece of printing[kind] ?? []) text.call(this.#graphLine(line, piece))
  }

  #graphLine({ index, head, operand, depth, at, duration }: Line, kind: GraphLine['kind']) {
    const isSplitExit = kind === 'exit' && (head & KINDS) === SPLIT_LEAF
    return {
      kind,
      track: head >> KIND_BITS,
      depth,
      at: isSplitExit ? at + duration : at,
      func: operand,
      duration,
      notes: this.#notes.get(index),
    }
  }

  /** An interrupt begins: its lines stand among those of what the cpu ran. */
  #hit(row: Row, at: Nanos): void {
    const running = this.#running.get(row.cpu)
    row.host = running?.cpu === row.cpu ? running : row
    row.base = row.host === row ? 0 : row.host.open.length
    this.#addArrow(row, at, true)
  }

  #addEntry(row: Row, func: FunctionId, at: Nanos): number {
    const depth = row.base + row.open.length
    this.#startLine(row, at, call => call.depth < depth)
    return this.#lines.append(headOf(row.host, ENTRY), func, depth, at, UNMEASURED)
  }

  #addExit(row: Row, func: FunctionId, at: Nanos, duration: Nanos, hasEntry: boolean): number {
    const depth = row.base + row.open.length
    const isTakenFor = (call: Unclosed) =>
      call.depth === depth && (call.func === func || call.func === UNNAMED)
    this.#startLine(row, at, call => call.depth < depth || isTakenFor(call), hasEntry)
    return this.#lines.append(headOf(row.host, EXIT), func, depth, at, duration)
  }

  #endLeaf(row: Row, entry: number, func: FunctionId, at: Nanos, duration: Nanos): void {
    const isLast = entry === this.#lines.length - 1
    this.#lines.change(entry, headOf(row.host, isLast ? LEAF : LATE_ENTRY), duration)
    if (isLast) {
      row.host.lastLeaf = entry
      row.host.leafDuration = duration
      return
    }
    const depth = row.base + row.open.length
    const line = this.#lines.append(headOf(row.host, LATE_EXIT), func, depth, at, duration)
    const notes = this.#notes.get(entry)
    if (notes) this.#notes.set(line, notes)
  }

  #addComment(row: Row, at: Nanos, comment: string): void {
    this.#startLine(row, at, () => true)
    const { host } = row
    const depth = row.base + row.open.length
    this.#addOther(['comment', host.id, depth, at, comment])
  }

  #addArrow(row: Row, at: Nanos, isBegin: boolean): void {
    const { host } = row
    this.#startLine(row, at, () => true)
    this.#addOther(['arrow', host.id, at, isBegin])
  }

  /**
   * Makes ready for a line of the row. It closes what is unclosed there, but for what `outlives` it:
   * that, and what is unclosed on other rows, has ended with its capture, unless the line goes on
   * with what has begun in it.
   */
  #startLine(row: Row, at: Nanos, outlives: (call: Unclosed) => boolean, goesOn = false): void {
    if (row.waiting.length > 0) this.#addWaiting(row, at)
    row.host.lastEntry = NO_LINE
    row.host.lastLeaf = NO_LINE
    row.bridgedAt = -1
    if (row.host === row) this.#run(row, at)
    if (this.#unclosed.length === 0) return
    const others = this.#unclosed.filter(call => call.row !== row.host)
    const isOver = others.length > 0 || this.#unclosed.some(outlives)
    if (isOver && !goesOn) this.#addOther(['endCapture'])
    this.#unclosed.splice(0, this.#unclosed.length, ...(goesOn ? others : []))
  }

  #run(row: Row, at: Nanos): void {
    const last = this.#running.get(row.cpu)
    if (last === row) return
    if (last) {
      last.leftAt = Math.min(last.leftAt, at)
      const leaf = last.lastLeaf
      const end = last.begunAt + last.leafDuration
      if (leaf !== NO_LINE && end > at + WITHIN_MICRO) {
        this.#lines.change(leaf, headOf(last, SPLIT_LEAF), last.leafDuration)
      }
    }
    this.#running.set(row.cpu, row)
  }

  #addWaiting(row: Row, until: Nanos): void {
    for (const { at, text } of row.waiting.splice(0)) {
      if (at <= until) this.#addComment(row, at, text)
      else row.waiting.push({ at, text })
    }
  }

  #addOther(line: DeferredCall<KernelText>): void {
    this.#lines.append(OTHER, this.#others.push(line) - 1, 0, 0, UNMEASURED)
  }
}

/** What the kernel calls stacks that it shows with events. */
const STACK_TRACE = '<stack trace>'
const USER_STACK_TRACE = '<user stack trace>'

function newRow(id: TrackId, { cpu = -1, isInterrupts = false }: Track): Row {
  const row: Omit<Row, 'host'> = {
    id,
    isInterrupts,
    pid: 0,
    cpu,
    open: [],
    lastEntry: NO_LINE,
    lastLeaf: NO_LINE,
    leafDuration: 0,
    begunAt: 0,
    leftAt: 0,
    bridgedAt: -1,
    base: 0,
    waiting: [],
  }
  return Object.assign(row, { host: row as Row })
}

/** A leaf ends its duration after its begin, and before its cpu does anything else. */
function isLeaf({ host: { begunAt, leftAt } }: Row, at: Nanos, duration: Nanos): boolean {
  return at === begunAt + duration && at <= leftAt + WITHIN_MICRO
}

function headOf(row: Row, kind: number): number {
  return (row.id << KIND_BITS) | kind
}
