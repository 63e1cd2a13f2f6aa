import { LF } from '../base/ascii.js'
import { Diagnostics } from '../base/diagnostics.js'
import { Interner } from '../base/interner.js'
import { UserError } from '../base/user-error.js'
import type { KernelFunction, TimelineSink, TraceFacts } from '../timeline/sink.js'
import { byCpu, type LeftOut, withoutSleep } from '../timeline/sinks/index.js'
import { OFF_CPU } from '../timeline/sleep-functions.js'
import type { InterruptsShown } from './calls/interrupts.js'
import { type SleepShown, Stacks, type TracksShown } from './calls/stacks.js'
import { type Survey, TOD_SCALE } from './calls/survey.js'
import { CaptureReader } from './capture/capture-reader.js'
import { LineCounter } from './capture/line-counter.js'
import { type NewCapture, Recognizer, SAMPLE, type Suspicion } from './capture/recognizer.js'
import { CaptureList } from './capture-list.js'
import type { DialectName } from './dialects.js'
import { Engine } from './engine.js'
import type { NotesWanted } from './lines/call-notes.js'
import { FastScanner } from './lines/fast-scanner.js'
import { KeptNotes } from './lines/kept-notes.js'
import { Tasks } from './lines/task-cells.js'
import type { TraceLine } from './lines/trace-line.js'
import { damageText } from './posted/damage.js'
import { PostedText } from './posted/posted-text.js'
import { LineBuffer } from './text/line-buffer.js'
import { Utf8Input } from './text/utf8-input.js'
import {
  chosenBuffers,
  type Damage,
  type InSession,
  type Part,
  partsOf,
  RecordingReader,
  RecordLines,
  recordColumns,
  recordingFacts,
  recordsOf,
  surveyOf,
  textOf,
  traceDat,
} from './trace-dat/index.js'
import { noteSources, type RecordingFacts, type TraceSummary } from './trace-summary.js'

/** How a trace is read. */
export interface ReadOptions {
  /** The only dialect that the text may be of; by default the text tells. */
  readonly dialect?: DialectName | undefined
  /**
   * Whether arguments, return values and callers are read, or only the values returned; true by default.
   * Reading arguments takes longer than all the rest of a line.
   */
  readonly notes?: NotesWanted | undefined
  /** Where the calls of interrupts are shown; `inline` by default. */
  readonly interrupts?: InterruptsShown | undefined
  /** Whether time off the cpu is told apart, or left out; `inline` by default. */
  readonly sleep?: SleepShown | undefined
  /** Tracks are tasks, or cpus with everything that ran there; `task` by default. */
  readonly tracks?: TracksShown | undefined
  /** Filters between the timeline and the sink. */
  readonly through?: ((sink: TimelineSink, source: ReadingPlace) => TimelineSink) | undefined
  /** Every event is told by itself, so that `line` is exact; it takes longer. */
  readonly lineByLine?: boolean | undefined
}

/** How a trace.dat is read. */
export interface RecordingOptions {
  /** The instance whose buffer is read: the top one by default, all of them for `all`. */
  readonly buffer?: string | undefined
}

/** A piece of a text: whole lines of one capture, or of the text before it. */
export interface CaptureText {
  /** Which capture of its input, the first one being 1. */
  readonly number: number
  /** How many lines come before it. */
  readonly line: number
  /** UTF-8, valid until the call that they are given to returns. */
  readonly bytes: Uint8Array
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
 *
 * This is the door of ingest. The text goes through the rooms in this order: `posted/` undoes what
 * happened to it on its way; `text/` makes whole lines of the bytes; `capture/` finds the dialect and runs the loop over the lines; `dialects/`,
 * with the scanners of `lines/`, says what a line says; `calls/` what it means. Both are written in
 * AssemblyScript where speed matters: `assembly/` is the one engine of all traces.
 */
export class TraceReader implements ReadingPlace {
  readonly #sink: TimelineSink
  readonly #leftOut: Readonly<LeftOut> | undefined
  readonly #takeText: (text: CaptureText) => void
  readonly #diagnostics = new Diagnostics()
  readonly #counter = new LineCounter(this.#diagnostics)
  readonly #stacks: Stacks
  readonly #recognizer: Recognizer
  readonly #capture: CaptureReader
  readonly #captures = new CaptureList()
  readonly #functions: Interner
  readonly #tasks: Tasks
  readonly #records: RecordingReader
  readonly #recordings: RecordingFacts[] = []
  readonly #notesWanted: NotesWanted
  readonly #isLineByLine: boolean
  #isInRecords = false
  readonly #input = new Utf8Input()
  readonly #posted = new PostedText()
  readonly #text: LineBuffer
  #columns: readonly string[] = []
  #isStarted = false
  /** That of the first capture; '' before. */
  #dialect = ''
  /** Lines of calls in the inputs before this one. */
  #callsBefore = 0
  /** Text of the input has come. */
  #isInInput = false
  /** A sample of any size must do. */
  #isDecided = false

  /** `takeText` gets the text as well, once it is known which capture it is of. */
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
    takeText: (text: CaptureText) => void = () => {},
  ) {
    this.#sink = through(tracks === 'cpu' ? byCpu(sink) : sink, this)
    this.#takeText = takeText
    const engine = new Engine()
    const kept = new KeptNotes()
    const scanner = new FastScanner(engine, kept, notes)
    const functions = new Interner((id, text) => {
      scanner.learnFunction(id, text)
      this.#stacks.defineFunction(id, kernelFunction(text))
    })
    const tasks = new Tasks((id, cell) => scanner.learnTask(id, cell))
    const names = { unknown: named(functions, '[unknown]'), offCpu: named(functions, OFF_CPU) }
    const context = { interrupts, sleep }
    if (sleep === 'drop') {
      const awake = withoutSleep(this.#sink)
      this.#sink = awake
      this.#leftOut = awake.leftOut
    }
    this.#stacks = new Stacks(this.#sink, tasks, this.#diagnostics, names, context, engine, kept)
    this.#recognizer = new Recognizer(dialect, functions, tasks)
    this.#functions = functions
    this.#tasks = tasks
    this.#records = new RecordingReader(this.#stacks, this.#counter)
    this.#notesWanted = notes
    this.#isLineByLine = lineByLine
    this.#capture = new CaptureReader(scanner, this.#stacks, this.#recognizer, this.#counter, {
      notes,
      lineByLine,
    })
    this.#text = new LineBuffer(() => scanner.bytes, {
      readLines: (end, isEnd) => this.#readLines(end, isEnd),
      skippedLine: () => this.#skippedLine(),
    })
  }

  get origin(): string {
    return this.#stacks.origin
  }

  get line(): number {
    return this.#isInRecords ? this.#records.line : this.#capture.line
  }

  /**
   * So many captures and lines of the input come next and are not read: the others keep their
   * numbers. The next bytes are another capture.
   */
  passOver(captures: number, lines: number): void {
    if (this.#isInInput) this.#endText()
    this.#captures.pass(captures, lines)
    this.#counter.pass(lines)
  }

  /** Reads on. Throws a `UserError` where no dialect claims the text. */
  push(chunk: Uint8Array): void {
    this.#isInInput = true
    this.#text.push(this.#posted.push(this.#input.push(chunk)))
  }

  /** Tells the sink what has come, even if more would help to tell what the text is. */
  decide(): void {
    if (!this.#recognizer.isDue) return
    this.#isDecided = true
    this.#text.push(this.#posted.decide())
    this.#text.readOn()
    this.#isDecided = false
  }

  /**
   * One input is at its end; the next bytes are another capture. Throws a `UserError` where
   * no dialect claims the text, or where none of its calls can be read.
   */
  endInput(): void {
    this.#endText()
    this.#captures.endInput(this.#counter.number)
    this.#isInInput = false
  }

  /**
   * Reads a trace.dat, or those of a host and its guests, some records at a time, so that others have their
   * turn. Throws a UserError where a file has no such buffer.
   */
  *readRecordings(
    session: readonly InSession[],
    { buffer }: RecordingOptions = {},
  ): Generator<void, void, void> {
    for (const { recording } of session) {
      const read = chosenBuffers(recording, buffer)
      this.#recordings.push(recordingFacts(recording, read))
      this.#diagnostics.add('damaged-recording', recording.unread)
    }
    for (const parts of partsOf(session, buffer)) {
      if (parts.some(part => part.buffer.isText)) yield* this.#readText(parts[0])
      else yield* this.#readRecords(parts)
    }
    this.#captures.endInput(this.#counter.number)
  }

  /** Reads the kernel's own text, which a latency tracer has left. */
  *#readText({ recording, buffer }: Part): Generator<void, void, void> {
    const damage: Damage = { pages: 0 }
    for (const bytes of textOf(recording, buffer, damage)) {
      this.push(bytes)
      yield
    }
    this.#endText()
    this.#diagnostics.add('damaged-recording', damage.pages)
    this.#isInInput = false
  }

  /** Reads the records of one buffer; of several, if they are those of a host and its guests. */
  *#readRecords(parts: readonly Part[]): Generator<void, void, void> {
    const [functions, tasks] = [this.#functions, this.#tasks]
    const damage: Damage = { pages: 0 }
    const survey = surveyOf(parts)
    const lines = parts.map(part => new RecordLines(part, functions, tasks, this.#notesWanted))
    this.#beginCapture({
      dialect: traceDat.name,
      columns: recordColumns,
      hasSlots: false,
      survey,
      buffer: parts[0].buffer.name,
    })
    this.#isInRecords = true
    yield* this.#records.read(recordsOf(parts, damage), lines, this.#isLineByLine)
    this.#isInRecords = false
    this.#diagnostics.add('damaged-recording', damage.pages)
    this.#diagnostics.add('unknown-records', this.#records.takeUnread())
    this.#endCapture()
  }

  /** The trace is at its end: everything is told to the sink, and the summary returned. */
  finish(): TraceSummary {
    if (!this.#isStarted) this.#tellStart([], false, '')
    this.#endCapture()
    this.#stacks.finish()
    const { captures } = this.#captures
    const texts = captures.filter(({ buffer }) => buffer === undefined)
    if (texts.some(({ input }, index) => input === texts[index - 1]?.input)) {
      this.#diagnostics.add('several-captures', texts.length)
    }
    const { tracks, calls, time, moved, extents, origin, span, lostEvents } = this.#stacks
    const { clock } = captures[0] ?? this.#stacks
    const facts: TraceFacts = {
      dialect: this.#dialect,
      columns: this.#columns,
      clock,
      origin,
      span,
      lostEvents,
    }
    const lines = this.#counter.counts(this.#stacks.lines)
    const cpus = tracks.cpuNumbers()
    noteSources(facts, lines, cpus, this.#diagnostics)
    this.#sink.finish(facts)
    return {
      ...facts,
      lines,
      cpus,
      tasks: tracks.tasks(),
      calls,
      time,
      moved,
      extents,
      ...(this.#leftOut && { leftOut: this.#leftOut }),
      tracks: tracks.count,
      ...(this.#recordings.length > 0 && { recordings: this.#recordings }),
      captures,
      undone: this.#posted.undone,
      diagnostics: this.#diagnostics.list(),
    }
  }

  /** An input that has lines of calls, none of which can be read, was damaged on its way. */
  #refuseDamaged(): void {
    const { entry, leaf, exit } = this.#stacks.lines
    const calls = entry + leaf + exit
    const damaged = this.#counter.takeDamaged()
    if (damaged && calls === this.#callsBefore) throw new UserError(damageText(damaged))
    this.#callsBefore = calls
  }

  /** Reads what the buffer holds, up to `end`; returns how much of it has been read. */
  #readLines(end: number, isEnd: boolean): number {
    let at = 0
    while (at < end) {
      const { bytes, length } = this.#text
      if (this.#capture.suspicion && !this.#lookInto(this.#capture.suspicion, at, end, isEnd)) break
      if (this.#recognizer.isDue) {
        const { sampleSize } = this.#recognizer
        const isAll = isEnd || this.#isDecided
        const sampleEnd = isAll ? Math.min(at + sampleSize, end) : at + sampleSize
        if (sampleEnd > length) break
        const sample = bytes.subarray(at, sampleEnd)
        at = this.#tellText(at, from => {
          return from + this.#recognize(sample.subarray(0, sample.lastIndexOf(LF) + 1))
        })
      }
      if (!this.#recognizer.isDue) {
        at = this.#tellText(at, from => this.#capture.readLines(from, end))
      }
    }
    return at
  }

  /** Reads on from `at`, and tells what text was read; returns where it is. */
  #tellText(at: number, readOn: (from: number) => number): number {
    const line = this.#counter.number
    const end = readOn(at)
    if (end > at) {
      const bytes = this.#text.bytes.subarray(at, end)
      this.#takeText({ number: this.#captures.number, line, bytes })
    }
    return end
  }

  /** Finds out whether another capture begins at `at`; false if more must come first. */
  #lookInto(suspicion: Suspicion, at: number, end: number, isEnd: boolean): boolean {
    const lines = this.#text.bytes.subarray(at, Math.min(end, at + SAMPLE))
    const isAll = isEnd || lines.length === SAMPLE
    const isJump = (line: TraceLine) => this.#stacks.isJump(line)
    if (!this.#recognizer.lookInto(suspicion, lines, isAll, isJump)) return false
    this.#capture.goOn()
    return true
  }

  /** Finds out what the text from here on is; returns how much of it is passed over. */
  #recognize(sample: Uint8Array): number {
    const found = this.#recognizer.recognize(sample, this.#counter.number)
    if (!found) return 0
    if ('skip' in found) {
      this.#counter.addSkipped(sample.subarray(0, found.skip))
      this.#capture.drop()
      return found.skip
    }
    this.#startCapture(found)
    return 0
  }

  #startCapture({ dialect, reader, survey }: NewCapture): void {
    const { columns, hasSlots } = reader
    const hasTime = this.#beginCapture({ dialect, columns, hasSlots, survey })
    this.#capture.start(reader, hasTime)
  }

  /** Returns whether its timestamps tell time. */
  #beginCapture({ dialect, columns, hasSlots, survey, buffer }: CaptureFacts): boolean {
    const { clockScale, hasExitsOnly, firstTasks, names, origin } = survey
    const hasTime = hasTimestamps(columns) && clockScale > 0
    if (hasTimestamps(columns) && clockScale === 0) this.#diagnostics.add('clock-of-order')
    if (clockScale === TOD_SCALE) this.#diagnostics.add('clock-of-tod')
    else if (clockScale > 0 && clockScale < 1) this.#diagnostics.add('clock-of-cycles')
    this.#dialect ||= dialect
    if (!this.#isStarted) this.#tellStart(columns, hasTime, origin)
    this.#endCapture()
    this.#captures.begin({ dialect, columns, ...(buffer !== undefined && { buffer }) })
    this.#stacks.startCapture({
      time: hasTime,
      clockScale,
      hasExitsOnly,
      firstTasks,
      names,
      cpu: columns.includes('CPU'),
      slots: hasSlots,
      duration: columns.includes('DURATION'),
      isNext: this.#captures.captures.length > 0,
    })
    return hasTime
  }

  #endText(): void {
    this.#text.push(this.#posted.push(this.#input.end()))
    this.#text.push(this.#posted.end())
    this.#text.end()
    this.#recognizer.end(this.line === 0)
    this.#endCapture()
    this.#refuseDamaged()
  }

  #endCapture(): void {
    this.#capture.end()
    this.#stacks.endCapture()
    const { calls, clock, captureOrigin, position } = this.#stacks
    const lines = this.#counter.number
    this.#captures.end({ lines, calls, clock, origin: captureOrigin, ...position })
  }

  /** Says what is known before the first event. */
  #tellStart(columns: readonly string[], hasTime: boolean, firstTime: string): void {
    this.#isStarted = true
    this.#columns = columns
    const untimed = columns.includes('DURATION') ? 'rebuilt' : 'order'
    this.#sink.start({
      dialect: this.#dialect,
      columns,
      clock: hasTime ? 'timestamps' : untimed,
      origin: hasTime ? firstTime : '',
    })
  }

  #skippedLine(): void {
    this.#counter.number++
    this.#counter.countTooLong()
  }
}

function hasTimestamps(columns: readonly string[]): boolean {
  return columns.includes('TIME') || columns.includes('REL TIME')
}

/** A function that stands for calls without a name, interned when it is first asked for. */
function named(functions: Interner, text: string): () => number {
  let id: number | undefined
  const name = new TextEncoder().encode(text)
  return () => {
    id ??= functions.intern(name, 0, name.length)
    return id
  }
}

/** `nf_conntrack_in [nf_conntrack]`: the text names the module behind the function. */
function kernelFunction(text: string): KernelFunction {
  const open = text.indexOf(' [')
  if (open < 0 || open + 3 >= text.length || !text.endsWith(']')) return { name: text, module: '' }
  return { name: text.slice(0, open), module: text.slice(open + 2, -1) }
}

/** Facts about a capture that begins. */
interface CaptureFacts {
  readonly dialect: string
  readonly columns: readonly string[]
  readonly hasSlots: boolean
  readonly survey: Survey
  /** Of a trace.dat. */
  readonly buffer?: string
}
