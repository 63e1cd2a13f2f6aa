import type { ByteWriter } from '../../base/byte-writer.js'
import { type PrintedTime, printedTime } from '../../timeline/printed-time.js'
import type {
  CallNotes,
  FunctionId,
  KernelFunction,
  Nanos,
  TraceFacts,
  Track,
  TrackId,
} from '../../timeline/sink.js'
import {
  type Cells,
  callText,
  durationCell,
  headerOf,
  type LineKind,
  symbolOf,
  taskCell,
  taskOf,
  timeText,
} from './kernel-cells.js'

/** One line of the call graph. */
export interface GraphLine {
  readonly kind: LineKind
  readonly track: TrackId
  readonly depth: number
  readonly at: Nanos
  readonly func: FunctionId
  /** Of a leaf or an exit. */
  readonly duration: Nanos
  readonly notes: CallNotes | undefined
}

/**
 * Prints lines as kernel/trace/trace_functions_graph.c does, cell by cell. It keeps track of the task
 * that a reader takes each line for, and begins a new capture if there is no other way to tell.
 */
export class KernelText {
  readonly #writer: ByteWriter
  /** Text that is not encoded yet. */
  #text = ''
  readonly #names: readonly string[]
  readonly #cpuWidth: number
  /** The time of position 0. */
  readonly #origin: PrintedTime
  /** The cells of the trace, and those of the current capture, undefined before its header. */
  readonly #wanted: Cells
  #cells: Cells | undefined
  readonly #tracks: Track[] = []
  readonly #taskCells: string[] = []
  readonly #cpus: number[] = []
  /** Without task cells, by cpu: the track that a reader takes the next lines for. */
  readonly #running = new Map<number, TrackId>()
  /** The cpus whose track has a name that no switch block has shown yet. */
  readonly #unsaid = new Set<number>()

  constructor(
    writer: ByteWriter,
    functions: readonly KernelFunction[],
    lastCpu: number,
    { columns, clock, origin }: TraceFacts,
  ) {
    this.#writer = writer
    this.#names = functions.map(symbolOf)
    this.#cpuWidth = String(lastCpu).length
    this.#origin = printedTime(origin)
    this.#wanted = {
      time: clock === 'timestamps',
      cpu: columns.includes('CPU'),
      task: columns.includes('TASK/PID'),
      duration: clock !== 'order',
    }
  }

  defineTrack(id: TrackId, track: Track): void {
    const isNamedLate = this.#tracks[id]?.pid === undefined && track.pid !== undefined
    this.#tracks[id] = track
    this.#taskCells[id] = taskCell(track)
    this.#cpus[id] ??= track.cpu ?? NO_CPU
    const cpu = this.#cpuOf(id)
    if (isNamedLate && this.#running.get(cpu) === id) this.#unsaid.add(cpu)
  }

  migrate(id: TrackId, cpu: number): void {
    this.#cpus[id] = cpu
  }

  call({ kind, track, depth, at, func, duration, notes }: GraphLine): void {
    const prefix = this.#prefix(track, at)
    const cell = this.#durationCell(kind === 'entry' ? undefined : duration)
    const body = callText(kind, this.#names[func], notes)
    this.#write(`${prefix}${cell}${'  '.repeat(depth)}${body}\n`)
  }

  /** `text` may have several lines. */
  comment(track: TrackId, depth: number, at: Nanos, text: string): void {
    const prefix = this.#prefix(track, at)
    const indent = depth > 1 ? '  '.repeat(depth) : ''
    this.#write(`${prefix}${this.#durationCell(undefined)}${indent}/* ${text} */\n`)
  }

  /** The frames of a stack, the innermost one first. */
  stack(track: TrackId, at: Nanos, frames: readonly string[]): void {
    this.#prefix(track, at)
    const { comm, pid } = taskOf(this.#tracks[track])
    const cpu = String(Math.max(this.#cpus[track], 0)).padStart(3, '0')
    const task = `${comm.padStart(16)}-${String(pid).padEnd(7)} [${cpu}]`
    this.#write(`${task} ${timeText(this.#origin, at)}: <stack trace>\n`)
    for (const frame of frames) this.#write(` => ${frame}\n`)
  }

  /** The arrow at the begin or the end of an interrupt. */
  arrow(track: TrackId, at: Nanos, isBegin: boolean): void {
    const arrow = isBegin ? '==========>' : '<=========='
    const prefix = this.#prefix(track, at)
    this.#write(`${prefix}${this.#cells?.duration ? `  ${arrow} |` : arrow}\n`)
  }

  lost(cpu: number, events: number): void {
    this.#sayNames()
    if (!this.#cells) this.#begin(this.#wanted)
    const count = events > 0 ? `${events} ` : ''
    this.#write(`CPU:${Math.max(cpu, 0)} [LOST ${count}EVENTS]\n`)
  }

  /** Ends the capture: the next lines do not continue the open calls. */
  endCapture(): void {
    this.#sayNames()
    this.#cells = undefined
    this.#running.clear()
  }

  finish(): void {
    this.#sayNames()
    if (!this.#cells) this.#begin(this.#wanted)
    this.#writer.text(this.#text)
    this.#writer.flush()
  }

  /** Encodes many short lines at once, in a third of the time. */
  #write(text: string): void {
    this.#text += text
    if (this.#text.length < ENCODED_AT_ONCE) return
    this.#writer.text(this.#text)
    this.#text = ''
  }

  #begin(cells: Cells): void {
    this.#cells = cells
    this.#write(headerOf(cells))
  }

  /** Makes a reader take the next line for one of the track; returns the cells before its text. */
  #prefix(track: TrackId, at: Nanos): string {
    const cells = this.#cellsFor(track)
    const cpu = this.#cpus[track]
    const time = cells.time ? `${timeText(this.#origin, at)} |  ` : ''
    const cpuCell = cells.cpu ? ` ${String(cpu).padStart(this.#cpuWidth)}) ` : ''
    if (cells.task) return `${time}${cpuCell}${this.#taskCells[track]} | `
    this.#switchTo(track)
    return `${time}${cpuCell}`
  }

  #cellsFor(track: TrackId): Cells {
    if (this.#cells && !this.#fits(track, this.#cells)) this.endCapture()
    if (!this.#cells) {
      const { cpu, task } = this.#wanted
      const hasCpu = this.#cpus[track] !== NO_CPU
      const isNamed = this.#isNamed(track)
      this.#begin({ ...this.#wanted, cpu: cpu && hasCpu, task: task && isNamed })
    }
    return this.#cells as unknown as Cells
  }

  /** Whether these cells can show the track's cpu and task, as far as they are known. */
  #fits(track: TrackId, cells: Cells): boolean {
    const hasCpu = this.#cpus[track] !== NO_CPU
    const isNamed = this.#isNamed(track)
    if (this.#wanted.cpu && cells.cpu !== hasCpu) return false
    if (this.#wanted.task && cells.task !== isNamed) return false
    if (cells.task) return true
    const running = this.#running.get(this.#cpuOf(track))
    if (running === undefined || running === track) return true
    return isNamed && this.#isNamed(running)
  }

  /** If every line names its task, an interrupt of an unknown task counts as the idle task's. */
  #isNamed(track: TrackId): boolean {
    const { pid, isInterrupts } = this.#tracks[track]
    return pid !== undefined || (isInterrupts === true && this.#wanted.task)
  }

  #switchTo(track: TrackId): void {
    const cpu = this.#cpuOf(track)
    const running = this.#running.get(cpu)
    if (running === track) return
    this.#running.set(cpu, track)
    if (!this.#isNamed(track)) return
    if (running === undefined) {
      this.#unsaid.add(cpu)
      return
    }
    this.#unsaid.delete(cpu)
    for (const other of this.#unsaid) {
      const { pid } = this.#tracks[this.#running.get(other) as TrackId]
      if (pid === this.#tracks[track]?.pid) this.#sayName(other)
    }
    this.#writeSwitch(cpu, running, track)
  }

  #sayNames(): void {
    for (const cpu of this.#unsaid) this.#sayName(cpu)
  }

  /** Readers learn a task's name from a block, which must come before the task runs elsewhere. */
  #sayName(cpu: number): void {
    this.#unsaid.delete(cpu)
    const track = this.#running.get(cpu) as TrackId
    this.#writeSwitch(cpu, track, track)
  }

  #writeSwitch(cpu: number, from: TrackId, to: TrackId): void {
    const cpuCell = String(Math.max(cpu, 0)).padStart(this.#cpuWidth)
    const cells = `${this.#taskCells[from]} => ${this.#taskCells[to]}`
    this.#write(`${RULE} ${cpuCell}) ${cells}\n${RULE}\n`)
  }

  /** The cpu by which a reader tells stacks apart if lines do not name their task. */
  #cpuOf(track: TrackId): number {
    return this.#cells?.cpu ? this.#cpus[track] : NO_CPU
  }

  #durationCell(duration: Nanos | undefined): string {
    return this.#cells?.duration ? durationCell(duration) : ''
  }
}

const ENCODED_AT_ONCE = 16 * 1024
const NO_CPU = -1
const RULE = ' ------------------------------------------\n'
