import type { ByteWriter } from '../../base/byte-writer.js'
import { functionName } from '../../timeline/names.js'
import { valueText } from '../../timeline/notes.js'
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

/** One line of the call graph. */
export interface GraphLine {
  readonly kind: 'entry' | 'leaf' | 'exit'
  readonly track: TrackId
  readonly depth: number
  readonly at: Nanos
  readonly func: FunctionId
  /** Of a leaf or an exit. */
  readonly duration: Nanos
  readonly notes: CallNotes | undefined
}

/** Which cells stand in front of a call. */
interface Cells {
  readonly time: boolean
  readonly cpu: boolean
  /** Otherwise a block says where the task of a cpu changes. */
  readonly task: boolean
  readonly duration: boolean
}

/**
 * Prints lines as kernel/trace/trace_functions_graph.c does, cell by cell. It follows whose lines a
 * reader takes them for, and begins a capture of its own where that cannot be said otherwise.
 */
export class KernelText {
  readonly #writer: ByteWriter
  /** What is not encoded yet. */
  #text = ''
  readonly #names: readonly string[]
  readonly #cpuWidth: number
  /** When the trace began. */
  readonly #origin: PrintedTime
  /** Those of the trace, and those of the capture: none before its header. */
  readonly #wanted: Cells
  #cells: Cells | undefined
  readonly #tracks: Track[] = []
  readonly #taskCells: string[] = []
  readonly #cpus: number[] = []
  /** Without task cells, by cpu: the track that its next lines are taken for. */
  readonly #running = new Map<number, TrackId>()
  /** The cpus whose track has got a name that no block has said yet. */
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
    this.#write(`${task} ${this.#timeText(at)}: <stack trace>\n`)
    for (const frame of frames) this.#write(` => ${frame}\n`)
  }

  /** An interrupt begins, or is over. */
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

  /** What comes next has nothing to do with what is open now. */
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

  /** Many short lines are encoded at once, which takes a third of the time. */
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

  /** Sees to it that the next line is taken for one of the track; returns what stands before it. */
  #prefix(track: TrackId, at: Nanos): string {
    const cells = this.#cellsFor(track)
    const cpu = this.#cpus[track]
    const time = cells.time ? `${this.#timeText(at)} |  ` : ''
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

  /** Whether the cells say all that is known of where the track runs. */
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

  /** Where every line names its task, an interrupt of nobody known is one of the idle task. */
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

  /** A task's name is learned from a block, which must stand before the task shows up elsewhere. */
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

  /** What a reader can tell stacks apart by where lines do not name their task. */
  #cpuOf(track: TrackId): number {
    return this.#cells?.cpu ? this.#cpus[track] : NO_CPU
  }

  /** `  606.478818`: cut, as every time that the kernel prints. */
  #timeText(at: Nanos): string {
    const nanos = this.#origin.nanos + at
    const seconds = this.#origin.seconds + Math.floor(nanos / 1e9)
    const micros = Math.floor((nanos % 1e9) / 1000)
    return `${String(seconds).padStart(5)}.${String(micros).padStart(6, '0')}`
  }

  #durationCell(duration: Nanos | undefined): string {
    if (!this.#cells?.duration) return ''
    if (duration === undefined) return BLANK
    return `${markOf(duration)} ${durationText(duration)}|  `
  }
}

const ENCODED_AT_ONCE = 16 * 1024
const NO_CPU = -1
const RULE = ' ------------------------------------------\n'
const BLANK = '              |  '

/** The pieces of `__print_graph_headers_flags`, in their order. */
function headerOf({ time, cpu, task, duration }: Cells): string {
  const pieces = [
    ['#', '#'],
    time && ['     TIME       ', '      |         '],
    cpu && [' CPU', ' |  '],
    task && ['  TASK/PID       ', '   |    |        '],
    duration && ['  DURATION   ', '   |   |      '],
    ['               FUNCTION CALLS', '               |   |   |   |'],
  ].filter(piece => piece !== false)
  const row = (index: number) => pieces.map(piece => piece[index]).join('')
  return `# tracer: function_graph\n#\n${row(0)}\n${row(1)}\n`
}

function callText(kind: GraphLine['kind'], name: string, notes: CallNotes | undefined): string {
  const caller = notes?.caller ? ` <-${notes.caller}` : ''
  const returned = notes?.returned ? ` ret=${notes.returned.text}` : ''
  const args = notes ? argumentsText(notes) : ''
  if (kind === 'entry') return `${name}(${args}) {${caller && ` /*${caller} */`}`
  if (kind === 'exit') return `} /* ${name}${returned} */`
  const note = caller + returned
  return `${name}(${args});${note && ` /*${note} */`}`
}

/** What has no name, as one of a variable number, has its sign alone. */
function argumentsText({ arguments: list }: CallNotes): string {
  return list.map(({ name, value }) => `${name}=${valueText(value)}`).join(', ')
}

/** A symbol has no blank and no parenthesis; what trace-cmd calls `(0x1f)` the kernel calls `0x1f`. */
function symbolOf({ name, module }: KernelFunction): string {
  return functionName({ name: name.replace(/[\s()]/g, '') || '[unknown]', module })
}

function taskOf({ pid, comm, isInterrupts }: Track): {
  readonly comm: string
  readonly pid: number
} {
  return pid === 0 || isInterrupts
    ? { comm: '<idle>', pid: 0 }
    : { comm: comm || '<...>', pid: pid ?? 0 }
}

/** Seven bytes of the name and the pid, in the middle of fourteen. */
function taskCell(track: Track): string {
  const { comm, pid } = taskOf(track)
  const text = `${shortened(comm, 7)}-${pid}`
  const blanks = Math.max(14 - byteLength(text), 0)
  return ' '.repeat(blanks >> 1) + text + ' '.repeat(blanks - (blanks >> 1))
}

/** As many whole characters as so many bytes hold. */
function shortened(text: string, bytes: number): string {
  let short = ''
  for (const character of text) {
    if (byteLength(short + character) > bytes) break
    short += character
  }
  return short
}

function byteLength(text: string): number {
  return utf8.encode(text).length
}

const utf8 = new TextEncoder()

const marks = [
  ['$', 1e9],
  ['@', 1e8],
  ['*', 1e7],
  ['#', 1e6],
  ['!', 1e5],
  ['+', 1e4],
] as const

function markOf(duration: Nanos): string {
  return marks.find(([, least]) => duration > least)?.[0] ?? ' '
}

/** As `trace_print_graph_duration`: seven digits, of which the last ones are cut; then blanks. */
function durationText(duration: Nanos): string {
  const micros = String(Math.floor(duration / 1000))
  const decimals = String(duration % 1000).padStart(3, '0')
  const shown = micros.length < 7 ? `${micros}.${decimals.slice(0, 7 - micros.length)}` : micros
  return `${shown} us ${' '.repeat(Math.max(8 - shown.length, 0))}`
}
