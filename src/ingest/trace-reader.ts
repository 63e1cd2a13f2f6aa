import { LF } from '../base/ascii.js'
import { Diagnostics } from '../base/diagnostics.js'
import { Interner } from '../base/interner.js'
import { UserError } from '../base/user-error.js'
import type { KernelFunction, TimelineSink, TraceFacts } from '../timeline/sink.js'
import { byCpu } from '../timeline/sinks/index.js'
import type { InterruptsShown } from './calls/interrupts.js'
import { type SleepShown, Stacks, type TracksShown } from './calls/stacks.js'
import { type Survey, surveyed } from './calls/survey.js'
import type { Dialect, LineReader } from './dialect.js'
import { type DialectName, dialects } from './dialects.js'
import { UsualCalls } from './fast/usual-calls.js'
import { UsualLines } from './fast/usual-lines.js'
import { usualModule } from './fast/usual-module.js'
import { readNotes } from './lines/call-notes.js'
import { Tasks } from './lines/task-cells.js'
import {
  ARROW,
  CAPTURE,
  COMMENT,
  CONTINUATION,
  ENTRY,
  EXIT,
  emptyLine,
  HEADER,
  LEAF,
  type LineKind,
  LOST,
  OTHER,
  STACK,
  SWITCH,
  type TraceLine,
  UNRECOGNIZED,
} from './lines/trace-line.js'
import { type LookAlike, lookAlike } from './look-alikes.js'
import { HeldBytes } from './text/held-bytes.js'
import { Repeat } from './text/repeated-capture.js'
import { TextInput } from './text/text-decoder.js'
import { noLines, type TraceSummary } from './trace-summary.js'

/** How much of a capture decides on its dialect and layout. */
const SAMPLE = 64 * 1024
/** A longer line is no line of a trace: it is skipped, and never held in memory. */
const LONGEST_LINE = 1024 * 1024
/** So much text is taken at a time: there is room for it behind the start of the longest line. */
const PIECE = 1024 * 1024
/** After so many unrecognized lines in a row the layout is looked at anew. */
const PATIENCE = 20

const utf8 = new TextDecoder()

export interface ReadOptions {
  readonly dialect?: DialectName | undefined
  readonly notes?: boolean | undefined
  /** Where the calls of interrupts are shown; `inline` by default. */
  readonly interrupts?: InterruptsShown | undefined
  /** Whether time off the cpu is told apart; `inline` by default. */
  readonly sleep?: SleepShown | undefined
  /** What a track is: a task, or a cpu with what ran on it; `task` by default. */
  readonly tracks?: TracksShown | undefined
  /** What the timeline goes through on its way to the sink: filters. */
  readonly through?: ((sink: TimelineSink, source: ReadingPlace) => TimelineSink) | undefined
  /** Every line is told before the next one is read, so that `line` is exact; it takes longer. */
  readonly lineByLine?: boolean | undefined
}

/** Where a reader is. */
export interface ReadingPlace {
  /** The first timestamp as printed, once there is one; '' until then. */
  readonly origin: string
  /** The number of the line that is being read, of all that was pushed; see `lineByLine`. */
  readonly line: number
}

/**
 * Reads a trace from bytes, in chunks of any size, into a timeline. Synchronous, and free of any
 * environment: the same bytes give the same events however they are cut.
 */
export class TraceReader implements ReadingPlace {
  readonly #sink: TimelineSink
  /** Those that are asked. */
  readonly #dialects: readonly Dialect[]
  readonly #diagnostics = new Diagnostics()
  readonly #module = usualModule()
  readonly #usual = new UsualLines(this.#module)
  readonly #usualCalls = new UsualCalls(this.#module)
  readonly #functions: Interner
  readonly #tasks = new Tasks((id, cell) => this.#usual.learnTask(id, cell))
  readonly #stacks: Stacks
  readonly #lines = noLines()
  readonly #input = new TextInput()
  readonly #held = new HeldBytes(this.#usual.bytes)
  /** Inside a line that is too long. */
  #skipping = false
  #reader: LineReader | undefined
  /** What comes next may have another dialect or layout. */
  #isDoubtful = true
  readonly #line = emptyLine()
  #hasTime = false
  readonly #repeat = new Repeat()
  /** How many lines more have been read before. */
  #repeated = 0
  #dialect = ''
  /** What the text may be if it is no trace. */
  #lookAlike: LookAlike | undefined
  #columns: readonly string[] = []
  #isStarted = false
  /** Unrecognized lines since the last one that was recognized, and how many are put up with. */
  #strays = 0
  #patience = PATIENCE
  /** What comes next starts afresh, even if it looks the same. */
  #isNewCapture = true
  /** Whether anybody wants to know what a trace notes on calls. */
  readonly #wantsNotes: boolean
  readonly #isLineByLine: boolean
  /** An event that may go on: its first line, what it says so far, and its stack. */
  #event: { line: TraceLine; text: string; frames: string[]; isInStack: boolean } | undefined

  /**
   * `dialect` names the only one to be asked; by default the text tells. `notes: false` passes over
   * arguments, return values and callers, which take longer to read than all the rest of a line.
   */
  constructor(
    sink: TimelineSink,
    {
      dialect,
      notes = true,
      interrupts = 'inline',
      sleep = 'inline',
      tracks = 'task',
      through = sink => sink,
      lineByLine = false,
    }: ReadOptions = {},
  ) {
    this.#sink = through(tracks === 'cpu' ? byCpu(sink) : sink, this)
    this.#isLineByLine = lineByLine
    this.#wantsNotes = notes
    this.#dialects = dialect ? dialects.filter(({ name }) => name === dialect) : dialects
    this.#functions = new Interner((id, text) => {
      this.#usual.learnFunction(id, text)
      this.#stacks.defineFunction(id, kernelFunction(text))
    })
    const named = (text: string) => () => {
      const name = new TextEncoder().encode(text)
      return this.#functions.intern(name, 0, name.length)
    }
    const names = { unknown: named('[unknown]'), offCpu: named('[off-cpu]') }
    const context = { interrupts, sleep, tracks }
    this.#stacks = new Stacks(
      this.#sink,
      this.#tasks,
      this.#diagnostics,
      names,
      context,
      this.#usualCalls,
    )
  }

  get origin(): string {
    return this.#stacks.origin
  }

  get line(): number {
    return this.#lines.total
  }

  /** Reads on. Throws a `UserError` where no dialect claims the text. */
  push(chunk: Uint8Array): void {
    this.#pushText(this.#input.push(chunk))
  }

  /** One input is at its end; what is pushed after it is another capture. */
  endInput(): void {
    this.#pushText(this.#input.end())
    if (this.#held.lineEnd() < this.#held.length) this.#held.push(Uint8Array.of(LF))
    this.#readHeld(true)
    if (!this.#reader) {
      throw new UserError(this.#lines.total > 0 ? this.#refusal() : EMPTY)
    }
    this.#endEvent()
    this.#reader = undefined
    this.#lookAlike = undefined
    this.#isDoubtful = true
    this.#isNewCapture = true
    this.#skipping = false
  }

  /** The trace is at its end: everything is told to the sink, and the summary returned. */
  finish(): TraceSummary {
    if (!this.#isStarted) this.#tellStart([], '')
    this.#stacks.finish()
    this.#addNotes()
    const { tracks, calls, time, moved, clock, origin, span, lostEvents } = this.#stacks
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
      time,
      moved,
      tracks: tracks.stacks.length,
      diagnostics: this.#diagnostics.list(),
    }
  }

  #pushText(text: Uint8Array): void {
    for (let at = 0; at < text.length; at += PIECE) this.#pushPiece(text.subarray(at, at + PIECE))
  }

  #pushPiece(text: Uint8Array): void {
    let rest = text
    if (this.#skipping) {
      const feed = text.indexOf(LF)
      if (feed < 0) return
      this.#skipping = false
      rest = text.subarray(feed + 1)
    }
    this.#held.push(rest)
    this.#readHeld(false)
    if (this.#held.length > LONGEST_LINE && this.#held.lineEnd() === 0) {
      this.#countLongLine()
      this.#skipping = true
      this.#held.drop(this.#held.length)
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
    this.#lookAlike ??= this.#reader ? undefined : lookAlike(sample)
    if (this.#lookAlike?.isSure && this.#dialects === dialects) {
      throw new UserError(this.#lookAlike.sentence)
    }
    for (const dialect of this.#dialects) {
      const found = dialect.recognize(sample, this.#functions, this.#tasks)
      if (!found) continue
      if ('skip' in found) {
        this.#countOther(sample.subarray(0, found.skip))
        return found.skip
      }
      this.#dialect ||= dialect.name
      this.#start(found, surveyed(sample, dialect))
      return 0
    }
    if (!this.#reader) throw new UserError(this.#refusal())
    this.#isDoubtful = false
    return 0
  }

  /** Why the text is no trace, in one line. */
  #refusal(): string {
    const wanted = this.#dialects.map(({ name, lookingFor }) => `${name}: ${lookingFor}`).join('; ')
    const { sentence } = this.#lookAlike ?? {}
    return sentence ?? `not a function_graph trace; looked for ${wanted}`
  }

  #start(reader: LineReader, survey: Survey): void {
    const { columns } = reader
    const { clockScale, hasExitsOnly, firstTasks } = survey
    const isSame = this.#reader?.columns.join() === columns.join()
    this.#isDoubtful = false
    this.#strays = 0
    this.#line.isInInterrupt = false
    if (reader.layout) this.#usual.layout = reader.layout
    if (isSame && !this.#isNewCapture) return
    this.#reader = reader
    this.#isNewCapture = false
    this.#patience = PATIENCE
    this.#hasTime = hasTimestamps(reader) && clockScale > 0
    if (hasTimestamps(reader) && clockScale === 0) this.#diagnostics.add('clock-of-order')
    if (clockScale > 0 && clockScale < 1) this.#diagnostics.add('clock-of-cycles')
    if (!this.#isStarted) this.#tellStart(columns, survey.origin)
    this.#repeat.reset()
    this.#repeated = 0
    this.#stacks.startCapture({
      time: this.#hasTime,
      clockScale,
      hasExitsOnly,
      firstTasks,
      cpu: columns.includes('CPU'),
      slots: reader.hasSlots,
      task: columns.includes('TASK/PID'),
      duration: columns.includes('DURATION'),
    })
  }

  /** Says what is known before the first event. */
  #tellStart(columns: readonly string[], firstTime: string): void {
    this.#isStarted = true
    this.#columns = columns
    const untimed = columns.includes('DURATION') ? 'rebuilt' : 'order'
    this.#sink.start({
      dialect: this.#dialect,
      columns,
      clock: this.#hasTime ? 'timestamps' : untimed,
      origin: this.#hasTime ? firstTime : '',
    })
  }

  /** Reads lines up to `end`, or to where the text must be looked at anew; returns where it is. */
  #readLines(start: number, end: number): number {
    const { bytes } = this.#held
    const reader = this.#reader as LineReader
    const line = this.#line
    let at = start
    while (at < end && !this.#isDoubtful) {
      if (reader.layout) at = this.#readUsual(bytes, at, end, reader)
      if (at === end) break
      const from = at
      at = reader.read(bytes, at, line)
      if (line.hasNotes && line.kind <= EXIT) this.#readNotes(bytes)
      this.#readLine(bytes, from, at)
    }
    return at
  }

  /** Reads lines as long as they are such as most; returns where the first other one is. */
  #readUsual(bytes: Uint8Array, start: number, end: number, reader: LineReader): number {
    const usual = this.#usual
    let at = start
    while (at < end) {
      const count = usual.read(at, end)
      if (count === 0) break
      reader.passed?.()
      for (let index = this.#follow(0, count); index < count; index = this.#follow(index, count)) {
        usual.fill(this.#line, index)
        this.#readLine(bytes, usual.begin(index), usual.end(index))
        index++
      }
      at = usual.end(count - 1)
    }
    return at
  }

  /**
   * Follows lines from number `from` of those that were read at once on, as far as nothing but the
   * calls themselves matters; returns the number of the first one that is to be looked at.
   */
  #follow(from: number, end: number): number {
    const repeat = this.#repeat
    const isFirst = this.#hasTime && (this.#repeated > 0 || Number.isNaN(repeat.nanos))
    if (from === end || isFirst || this.#isLineByLine || !this.#stacks.isFollowing) return from
    if (this.#event) this.#endEvent()
    const next = this.#stacks.follow(from, end, repeat.seconds, repeat.nanos)
    if (next === from) return from
    const lines = this.#lines
    lines.total += next - from
    lines.entry += this.#usualCalls.entries
    lines.leaf += this.#usualCalls.leaves
    lines.exit += this.#usualCalls.exits
    this.#strays = 0
    repeat.passed()
    return next
  }

  /** Takes what a line says, which lies between `from` and `to`. */
  #readLine(bytes: Uint8Array, from: number, to: number): void {
    const line = this.#line
    const lines = this.#lines
    lines.total++
    if (this.#event && !mayGoOn(line.kind)) this.#endEvent()
    if (this.#hasTime && this.#isRepeated(bytes, from, to)) return
    switch (line.kind) {
      case ENTRY:
        lines.entry++
        this.#stacks.entry(line)
        break
      case LEAF:
        lines.leaf++
        this.#stacks.leaf(line)
        break
      case EXIT:
        lines.exit++
        this.#stacks.exit(line)
        break
      default:
        this.#readOther(bytes, from, to)
        return
    }
    this.#strays = 0
  }

  /** Passes over what a capture with timestamps says again. */
  #isRepeated(bytes: Uint8Array, from: number, to: number): boolean {
    const line = this.#line
    if (this.#repeated === 0 && line.kind <= EXIT) {
      this.#repeated = this.#repeat.lengthAt(line, bytes, from, to, this.#lines.total)
    }
    if (this.#repeated === 0) return false
    this.#repeated--
    this.#lines.other++
    return true
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
        this.#startEvent(utf8.decode(bytes.subarray(line.textStart, line.textEnd)))
        break
      case STACK:
        lines.other++
        this.#startStack(STACK_TRACE)
        break
      case CONTINUATION:
        lines.other++
        this.#continueEvent(utf8.decode(bytes.subarray(line.textStart, line.textEnd)))
        break
      case ARROW:
        lines.other++
        this.#stacks.interrupt(line)
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

  #startEvent(text: string): void {
    if (text.startsWith(USER_STACK_TRACE)) {
      this.#startStack(USER_STACK_TRACE)
      return
    }
    this.#endEvent()
    this.#event = { line: { ...this.#line }, text, frames: [], isInStack: false }
  }

  /** A stack is that of the event before on its cpu, or an event by itself. */
  #startStack(text: string): void {
    const event = this.#event
    if (!event || event.line.cpu !== this.#line.cpu || event.isInStack) {
      this.#endEvent()
      this.#event = { line: { ...this.#line }, text, frames: [], isInStack: true }
    } else {
      event.isInStack = true
    }
  }

  #continueEvent(text: string): void {
    const event = this.#event
    if (!event) return
    if (event.isInStack) event.frames.push(text.replace(/^ *=> */, ''))
    else event.text += `\n${text}`
  }

  #endEvent(): void {
    if (!this.#event) return
    const { line, text, frames } = this.#event
    this.#event = undefined
    const [, name = '', rest = text] = /^([A-Za-z_]\w*): +(.*)$/s.exec(text) ?? []
    this.#stacks.event(line, name, rest, frames)
  }

  #readNotes(bytes: Uint8Array): void {
    this.#line.notes = this.#wantsNotes ? readNotes(bytes, this.#line) : undefined
  }

  /** Says of the trace as a whole where its numbers come from. */
  #addNotes(): void {
    const { tracks, clock } = this.#stacks
    const hasColumn = (name: string) => this.#columns.includes(name)
    const { entry, leaf, exit } = this.#lines
    if (entry + leaf + exit === 0) this.#diagnostics.add('no-calls')
    else if (clock === 'rebuilt' && !hasColumn('TIME')) this.#diagnostics.add('rebuilt-time')
    else if (clock === 'order') this.#diagnostics.add('order-only')
    else if (!hasColumn('DURATION')) this.#diagnostics.add('derived-durations')
    if (!hasColumn('CPU') && !hasColumn('TASK/PID') && tracks.cpuNumbers().length > 1) {
      this.#diagnostics.add('no-cpu-column')
    }
  }
}

function hasTimestamps({ columns }: LineReader): boolean {
  return columns.includes('TIME') || columns.includes('REL TIME')
}

/** `nf_conntrack_in [nf_conntrack]`: the text names the module behind the function. */
function kernelFunction(text: string): KernelFunction {
  const module = / \[(.+)\]$/.exec(text)
  if (!module) return { name: text, module: '' }
  return { name: text.slice(0, module.index), module: module[1] }
}

/** Whether an event may go on with such a line, or behind it. */
function mayGoOn(kind: LineKind): boolean {
  return kind === CONTINUATION || kind === STACK || kind === COMMENT || kind === OTHER
}

const STACK_TRACE = '<stack trace>'
const USER_STACK_TRACE = '<user stack trace>'

const EMPTY = 'nothing in it; echo function_graph > current_tracer, record, and save the file trace'
