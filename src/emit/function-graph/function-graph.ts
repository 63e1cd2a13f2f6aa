/**
 * The text of the kernel's own tracer, as the file `trace` of tracefs has it
 * (kernel/trace/trace_functions_graph.c in 7.2; Documentation/trace/ftrace.rst): for everything that
 * reads function_graph. It has the columns of the source, exits name their function, and notes are
 * printed as by funcgraph-args, funcgraph-retval and funcgraph-retaddr.
 *
 * It reads back as the same timeline, with positions to the microsecond: a call without an entry has no
 * entry line, a call without an exit no exit line. Lines keep the order of events, so times of different
 * cpus are out of order if they were in the trace.
 *
 * Lines are kept until the end, some eight bytes each, because entries show notes that come with the
 * exit, and the columns are known last. Lost: flags of the latency format, nanoseconds of timestamps,
 * digits of durations from 10 ms on, task names after their seventh byte, the dots of unknown
 * arguments, pids and cookies of sections, and, with interrupts apart, the time that they took from
 * interrupted calls.
 */
import { blocksInMemory } from '../../base/block-store.js'
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import type { DeferredCall } from '../../base/deferred-call.js'
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
import { KernelText } from './kernel-text.js'
import {
  ENTRY,
  EXIT,
  headOf,
  LATE_ENTRY,
  LATE_EXIT,
  LEAF,
  MIGRATION,
  OTHER,
  SPLIT_LEAF,
} from './line-kinds.js'
import { LineLog } from './line-log.js'
import { printLines } from './print-lines.js'
import { isLeaf, NO_LINE, newRow, type Row, WITHIN_MICRO } from './rows.js'
import { type Unclosed, UnclosedCalls } from './unclosed-calls.js'

export function openFunctionGraph(
  out: ByteSink,
  { store = blocksInMemory() }: EmitOptions,
): TimelineSink {
  return new FunctionGraph(out, new LineLog(store))
}

class FunctionGraph implements TimelineSink {
  readonly #out: ByteSink
  readonly #functions: KernelFunction[] = [{ name: '', module: '' }]
  readonly #rows: Row[] = []
  readonly #lanes: Lane[] = []
  /** By cpu, the row of the last line there. */
  readonly #running = new Map<number, Row>()
  #lastCpu = 0
  readonly #unclosed = new UnclosedCalls()

  /**
   * A head is eight times the row plus the kind of line; an operand is the function, the cpu, or an
   * index into the other lines.
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
      if (!row.isInterrupts) this.#unclosed.add({ row, depth: row.open.length, func })
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
    // A capture that ends with open calls ends its sections too, without lines that say so.
    if (!('track' in owner) || !this.#unclosed.isEmpty) return
    const row = this.#rows[owner.track]
    if (kind === 'markers') this.#addComment(row, at, `E|${row.pid}`)
    // Another task may end it: on this row the line has to wait until its time.
    else row.waiting.push({ at, text: `H|${row.pid}|${name}|${id}` })
  }

  count(id: TrackId, at: Nanos, name: string, value: number): void {
    const row = this.#rows[id]
    this.#addComment(row, at, `C|${row.pid}|${name}|${value}`)
  }

  lost(cpu: number, _at: Nanos, events: number): void {
    this.#unclosed.clear()
    this.#addOther(['lost', cpu, events])
  }

  nextCapture(): void {
    this.#endLines()
    this.#addOther(['endCapture'])
  }

  finish(facts: TraceFacts): void {
    this.#endLines()
    const writer = new ByteWriter(this.#out)
    const text = new KernelText(writer, this.#functions, this.#lastCpu, facts)
    const kept = { lines: this.#lines, notes: this.#notes, others: this.#others }
    printLines(text, kept, facts.clock === 'timestamps')
    text.finish()
  }

  /** The last line of a capture has come. */
  #endLines(): void {
    this.#unclosed.clear()
    for (const row of this.#rows) {
      this.#addWaiting(row, Number.POSITIVE_INFINITY)
      row.lastEntry = NO_LINE
      row.lastLeaf = NO_LINE
    }
    this.#running.clear()
  }

  /** Begins an interrupt: its lines stand among those of the row that the cpu was running. */
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

  /** To be called before a line of the row is added: see `UnclosedCalls.closeFor`. */
  #startLine(row: Row, at: Nanos, outlives: (call: Unclosed) => boolean, goesOn = false): void {
    if (row.waiting.length > 0) this.#addWaiting(row, at)
    row.host.lastEntry = NO_LINE
    row.host.lastLeaf = NO_LINE
    row.bridgedAt = -1
    if (row.host === row) this.#run(row, at)
    if (this.#unclosed.closeFor(row.host, outlives, goesOn)) this.#addOther(['endCapture'])
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

/** The kernel's names for the stacks that it prints with events. */
const STACK_TRACE = '<stack trace>'
const USER_STACK_TRACE = '<user stack trace>'
