import type { Engine, MemoryView } from '../engine.js'
import { type NotesWanted, readNotes } from './call-notes.js'
import type { KeptNotes } from './kept-notes.js'
import type { Layout } from './layouts.js'
import { emptyLine, type LineKind, type TraceLine } from './trace-line.js'

const utf8 = new TextEncoder()

/** The numbers of a line whose notes have to be read (../assembly/notes.ts). */
const UNREAD_SIZE = 7

/**
 * Scans most lines of a trace, ten times as fast as `GraphScanner`: those of calls whose functions and
 * tasks it has been told of. The text must lie in the engine.
 */
export class FastScanner {
  readonly #engine: Engine
  readonly #notes: KeptNotes
  readonly #wanted: NotesWanted
  readonly #unread: MemoryView<Int32Array>
  readonly #memory: MemoryView<Uint8Array>
  readonly #spans = emptyLine()

  /** What lines note on their calls is kept in `notes`, as far as it is wanted. */
  constructor(engine: Engine, notes: KeptNotes, wanted: NotesWanted) {
    this.#engine = engine
    this.#notes = notes
    this.#wanted = wanted
    this.#unread = engine.view(
      (buffer, m) => new Int32Array(buffer, m.unreadNotes.value, UNREAD_SIZE * m.MOST_LINES.value),
    )
    this.#memory = engine.view(buffer => new Uint8Array(buffer))
    if (wanted) engine.module.wantNotes(wanted === 'returned')
  }

  /** Where the text has to be. */
  get bytes(): Uint8Array {
    return this.#engine.text
  }

  set layout({ time, cpu, task, flags, duration }: Layout) {
    this.#engine.module.setLayout(
      time === 'absolute',
      time === 'relative',
      cpu,
      task,
      flags === 'cell',
      flags === 'glued',
      duration,
    )
  }

  learnFunction(id: number, name: string): void {
    const length = this.#place(name)
    if (length > 0) this.#engine.module.learnFunction(length, id)
  }

  learnTask(id: number, cell: string): void {
    const length = this.#place(cell)
    if (length > 0) this.#engine.module.learnTask(length, id)
  }

  /**
   * Scans lines of the text from `start` on, up to `end` or to one that it leaves to others; returns
   * how many. At most some hundred: there may be more where they end.
   */
  scan(start: number, end: number): number {
    const { module } = this.#engine
    const count = module.scan(module.text.value + start, module.text.value + end)
    if (this.#wanted) this.#readNotes()
    return count
  }

  /** Reads the notes that the engine has found, and does not know. */
  #readNotes(): void {
    const kept = this.#notes
    const { module } = this.#engine
    const end = UNREAD_SIZE * module.countUnread()
    const spans = this.#spans
    for (let row = 0; row < end; row += UNREAD_SIZE) {
      const numbers = this.#unread.array
      spans.argsStart = numbers[row + 1]
      spans.argsEnd = numbers[row + 2]
      spans.callerStart = numbers[row + 3]
      spans.callerEnd = numbers[row + 4]
      spans.returnedStart = numbers[row + 5]
      spans.returnedEnd = numbers[row + 6]
      const notes = readNotes(this.#memory.array, spans, this.#wanted)
      const hasOthers = spans.argsStart < spans.argsEnd || spans.callerStart > 0
      const lasting = notes?.returned && !hasOthers ? kept.keepForGood(notes) : 0
      if (lasting) module.learnValue(spans.returnedStart, spans.returnedEnd, lasting)
      module.setNotes(numbers[row], lasting || kept.keep(notes))
    }
  }

  /** Lets go of the notes of lines that are not followed, from number `from` up to `to`. */
  drop(from: number, to: number): void {
    if (!this.#wanted) return
    for (let index = from; index < to; index++) {
      this.#notes.take(this.#engine.module.takeNotes(index))
    }
  }

  /** Reads line number `index` of these, once; the first is 0. */
  fill(line: TraceLine, index: number): void {
    const engine = this.#engine
    engine.takeLine = (
      kind,
      isInInterrupt,
      depth,
      func,
      duration,
      cpu,
      task,
      seconds,
      nanos,
      notes,
    ) => {
      line.kind = kind as LineKind
      line.isInInterrupt = isInInterrupt !== 0
      line.depth = depth
      line.func = func
      line.duration = duration
      line.cpu = cpu
      line.task = task
      line.seconds = seconds
      line.nanos = nanos
      line.hasNotes = notes !== 0
      line.notes = this.#notes.take(notes)
    }
    engine.module.showLine(index)
  }

  /** Where that line starts in the text. */
  begin(index: number): number {
    return this.#engine.module.lineBegin(index)
  }

  /** Where the next one starts. */
  end(index: number): number {
    return this.#engine.module.lineEnd(index)
  }

  /** Puts a name where it is to be learned from; returns its length, 0 if it is too long. */
  #place(name: string): number {
    const { module } = this.#engine
    const bytes = utf8.encode(name)
    if (bytes.length > module.LONGEST_NAME.value) return 0
    new Uint8Array(module.memory.buffer, module.name.value, bytes.length).set(bytes)
    return bytes.length
  }
}
