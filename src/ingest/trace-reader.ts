import { LF } from '../base/ascii.js'
import { Diagnostics } from '../base/diagnostics.js'
import { HeldBytes } from '../base/held-bytes.js'
import { Interner } from '../base/interner.js'
import { UserError } from '../base/user-error.js'
import type { KernelFunction, TimelineSink, TraceFacts } from '../timeline/sink.js'
import { type Dialect, type DialectName, dialects, type LineReader } from './dialects.js'
import { SCAN_AHEAD } from './graph-scanner.js'
import { Stacks } from './stacks.js'
import { Tasks } from './tasks.js'
import {
  CAPTURE,
  COMMENT,
  CONTINUATION,
  ENTRY,
  EXIT,
  emptyLine,
  HEADER,
  LEAF,
  LOST,
  SWITCH,
  type TraceLine,
  UNRECOGNIZED,
} from './trace-line.js'
import { noLines, type TraceSummary } from './trace-summary.js'

/** How much of a capture decides on its dialect and layout. */
const SAMPLE = 64 * 1024
/** A longer line is no line of a trace: it is skipped, and never held in memory. */
const LONGEST_LINE = 1024 * 1024
/** After so many unrecognized lines in a row the layout is looked at anew. */
const PATIENCE = 20

const utf8 = new TextDecoder()

/**
 * Reads a trace from bytes, in chunks of any size, into a timeline. Synchronous, and free of any
 * environment: the same bytes give the same events however they are cut.
 */
export class TraceReader {
  readonly #sink: TimelineSink
  /** Those that are asked. */
  readonly #dialects: readonly Dialect[]
  readonly #diagnostics = new Diagnostics()
  readonly #functions: Interner
  readonly #tasks = new Tasks()
  readonly #stacks: Stacks
  readonly #lines = noLines()
  readonly #held = new HeldBytes(SCAN_AHEAD)
  /** Inside a line that is too long. */
  #skipping = false
  #reader: LineReader | undefined
  /** What comes next may have another dialect or layout. */
  #isDoubtful = true
  readonly #line = emptyLine()
  #dialect = ''
  #columns: readonly string[] = []
  /** Unrecognized lines since the last one that was recognized, and how many are put up with. */
  #strays = 0
  #patience = PATIENCE
  /** What comes next starts afresh, even if it looks the same. */
  #isNewCapture = true
  /** A comment of several lines: its first line, and what it says so far. */
  #comment: { line: TraceLine; text: string } | undefined

  /** `dialect` names the only one to be asked; by default the text tells. */
  constructor(sink: TimelineSink, dialect?: DialectName) {
    this.#sink = sink
    this.#dialects = dialects.filter(({ name }) => dialect === undefined || name === dialect)
    this.#functions = new Interner((id, text) => sink.defineFunction(id, kernelFunction(text)))
    this.#stacks = new Stacks(sink, this.#tasks, this.#diagnostics, () => {
      const name = new TextEncoder().encode('[unknown]')
      return this.#functions.intern(name, 0, name.length)
    })
  }

  /** Reads on. Throws a `UserError` where no dialect claims the text. */
  push(chunk: Uint8Array): void {
    let rest = chunk
    if (this.#skipping) {
      const feed = chunk.indexOf(LF)
      if (feed < 0) return
      this.#skipping = false
      rest = chunk.subarray(feed + 1)
    }
    this.#held.push(rest)
    this.#readHeld(false)
    if (this.#held.length > LONGEST_LINE && this.#held.lineEnd() === 0) {
      this.#countLongLine()
      this.#skipping = true
      this.#held.drop(this.#held.length)
    }
  }

  /** One input is at its end; what is pushed after it is another capture. */
  endInput(): void {
    if (this.#held.lineEnd() < this.#held.length) this.#held.push(Uint8Array.of(LF))
    this.#readHeld(true)
    if (!this.#reader) {
      throw new UserError(this.#lines.total > 0 ? unclaimed(this.#dialects) : EMPTY)
    }
    this.#endComment()
    this.#reader = undefined
    this.#isDoubtful = true
    this.#isNewCapture = true
    this.#skipping = false
  }

  /** The trace is at its end: everything is told to the sink, and the summary returned. */
  finish(): TraceSummary {
    this.#stacks.finish()
    this.#addNotes()
    const { tracks, calls, clock, origin, span, lostEvents } = this.#stacks
    const facts: TraceFacts = {
      dialect: this.#dialect,
      columns: this.#columns,
      clock,
      origin,
      span,
      lostEvents,
    }
    this.#sink.finish(facts)
    return {
      ...facts,
      lines: this.#lines,
      cpus: tracks.cpuNumbers(),
      tasks: tracks.tasks(),
      calls,
      tracks: tracks.stacks.length,
      diagnostics: this.#diagnostics.list(),
    }
  }

  #readHeld(isEnd: boolean): void {
    const held = this.#held
    const end = held.lineEnd()
    let at = 0
    while (at < end) {
      if (this.#isDoubtful) {
        const sampleEnd = isEnd ? Math.min(at + SAMPLE, end) : at + SAMPLE
        if (sampleEnd > held.length) break
        const sample = held.bytes.subarray(at, sampleEnd)
        at += this.#recognize(sample.subarray(0, sample.lastIndexOf(LF) + 1))
      }
      if (!this.#isDoubtful) at = this.#readLines(at, end)
    }
    held.drop(at)
  }

  /** Finds out what the text from here on is; returns how much of it is to be passed over. */
  #recognize(sample: Uint8Array): number {
    let skip = 0
    for (const dialect of this.#dialects) {
      const found = dialect.recognize(sample, this.#functions, this.#tasks)
      if (!found) continue
      if ('read' in found) {
        this.#dialect ||= dialect.name
        this.#start(found)
        return 0
      }
      skip ||= found.skip
    }
    if (skip > 0) {
      this.#countOther(sample.subarray(0, skip))
      return skip
    }
    if (!this.#reader) throw new UserError(refusal(sample, this.#dialects))
    this.#isDoubtful = false
    return 0
  }

  #start(reader: LineReader): void {
    const { columns } = reader
    const isSame = this.#reader?.columns.join() === columns.join()
    this.#isDoubtful = false
    this.#strays = 0
    if (isSame && !this.#isNewCapture) return
    if (this.#columns.length === 0) this.#columns = columns
    this.#reader = reader
    this.#isNewCapture = false
    this.#patience = PATIENCE
    this.#stacks.startCapture({
      time: columns.includes('TIME') || columns.includes('REL TIME'),
      cpu: columns.includes('CPU'),
      task: columns.includes('TASK/PID'),
      duration: columns.includes('DURATION'),
    })
  }

  /** Reads lines up to `end`, or to where the text must be looked at anew; returns where it is. */
  #readLines(start: number, end: number): number {
    const { bytes } = this.#held
    const reader = this.#reader as LineReader
    const line = this.#line
    const lines = this.#lines
    const stacks = this.#stacks
    let at = start
    while (at < end && !this.#isDoubtful) {
      const from = at
      at = reader.read(bytes, at, line)
      lines.total++
      if (this.#comment && line.kind !== CONTINUATION) this.#endComment()
      switch (line.kind) {
        case ENTRY:
          lines.entry++
          stacks.entry(line)
          break
        case LEAF:
          lines.leaf++
          stacks.leaf(line)
          break
        case EXIT:
          lines.exit++
          stacks.exit(line)
          break
        default:
          this.#readOther(bytes, from, at)
          continue
      }
      this.#strays = 0
    }
    return at
  }

  /** Lines that are rare, so that their cost does not matter. */
  #readOther(bytes: Uint8Array, from: number, next: number): void {
    const line = this.#line
    const lines = this.#lines
    if (next - from > LONGEST_LINE) {
      lines.total--
      this.#countLongLine()
      return
    }
    switch (line.kind) {
      case SWITCH:
        lines.switch++
        this.#stacks.switchTask(line)
        break
      case LOST:
        lines.lost++
        this.#stacks.lost(line)
        break
      case COMMENT:
        lines.comment++
        this.#comment = { line: { ...line }, text: utf8.decode(commentText(bytes, line)) }
        if (!line.goesOn) this.#endComment()
        break
      case CONTINUATION:
        lines.other++
        if (!this.#comment) break
        this.#comment.text += `\n${utf8.decode(commentText(bytes, line))}`
        if (!line.goesOn) this.#endComment()
        break
      case CAPTURE:
        lines.header++
        this.#isDoubtful = true
        this.#isNewCapture = true
        return
      case HEADER:
        lines.header++
        return
      case UNRECOGNIZED:
        lines.unrecognized++
        this.#diagnostics.addLine('unrecognized-lines', lines.total)
        if (++this.#strays === this.#patience) {
          this.#isDoubtful = true
          this.#patience *= 2
        }
        return
      default:
        lines.other++
        return
    }
    this.#strays = 0
  }

  #countOther(text: Uint8Array): void {
    let count = 0
    for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) count++
    this.#lines.total += count
    this.#lines.other += count
  }

  #countLongLine(): void {
    this.#lines.total++
    this.#lines.unrecognized++
    this.#diagnostics.addLine('long-lines', this.#lines.total)
  }

  #endComment(): void {
    if (!this.#comment) return
    const { line, text } = this.#comment
    this.#comment = undefined
    const event = /^([A-Za-z_]\w*): (.*)$/s.exec(text)
    this.#stacks.instant(line, event?.[1] ?? text, event?.[2] ?? '')
  }

  /** Says of the trace as a whole where its numbers come from. */
  #addNotes(): void {
    const { tracks, clock } = this.#stacks
    const hasColumn = (name: string) => this.#columns.includes(name)
    const { entry, leaf, exit } = this.#lines
    if (entry + leaf + exit === 0) this.#diagnostics.add('no-calls')
    else if (clock === 'rebuilt') this.#diagnostics.add('rebuilt-time')
    else if (clock === 'order') this.#diagnostics.add('order-only')
    else if (!hasColumn('DURATION')) this.#diagnostics.add('derived-durations')
    if (!hasColumn('CPU') && !hasColumn('TASK/PID') && tracks.cpuNumbers().length > 1) {
      this.#diagnostics.add('no-cpu-column')
    }
  }
}

/** `nf_conntrack_in [nf_conntrack]`: the text names the module behind the function. */
function kernelFunction(text: string): KernelFunction {
  const module = / \[(.+)\]$/.exec(text)
  if (!module) return { name: text, module: '' }
  return { name: text.slice(0, module.index), module: module[1] as string }
}

function commentText(bytes: Uint8Array, line: TraceLine): Uint8Array {
  return bytes.subarray(line.textStart, line.textEnd)
}

const EMPTY = 'nothing in it; echo function_graph > current_tracer, record, and save the file trace'

/** Why a text is no trace, in one line. */
function refusal(sample: Uint8Array, asked: readonly Dialect[]): string {
  const tracer = /^# tracer: (\S+)/m.exec(utf8.decode(sample))?.[1]
  if (!tracer || tracer === 'function_graph') return unclaimed(asked)
  return `the tracer was ${tracer}, not function_graph; echo function_graph > current_tracer and record again`
}

function unclaimed(asked: readonly Dialect[]): string {
  const wanted = asked.map(dialect => `${dialect.name}: ${dialect.lookingFor}`).join('; ')
  return `not a function_graph trace; looked for ${wanted}`
}
