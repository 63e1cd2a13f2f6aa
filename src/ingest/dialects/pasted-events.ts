import { LF } from '../../base/ascii.js'
import type { Interner } from '../../base/interner.js'
import { BraceDepths } from '../lines/brace-depths.js'
import type { LineReader } from '../lines/line-reader.js'
import type { Tasks } from '../lines/task-cells.js'
import { GraphCells } from '../lines/trace-cmd-cells.js'
import { COMMENT, type TraceLine, UNRECOGNIZED } from '../lines/trace-line.js'
import {
  type MangledCall,
  type MangledEvent,
  type MangledEvents,
  mangledEvents,
  parseMangledEvent,
} from '../posted/mangled-event.js'
import { ExpandedLine, LONGEST_EXPANDED_LINE } from '../text/expanded-line.js'
import { scanBuffer } from '../text/scanning.js'

/** Text of trace-cmd with other blanks, or without its first columns; undefined for any other. */
export function recognizeChangedEvents(
  sample: Uint8Array,
  functions: Interner,
  tasks: Tasks,
): LineReader | undefined {
  const form = mangledEvents(sample)
  return form && new ChangedEventReader(form, functions, tasks)
}

/** Reads the calls of trace-cmd as it would have printed them. */
class ChangedEventReader implements LineReader {
  readonly columns: readonly string[]
  readonly hasSlots = false
  readonly #base: number | undefined
  readonly #tasks: Tasks
  readonly #cells: GraphCells
  readonly #depths: BraceDepths
  readonly #plain = new ExpandedLine()
  /** The cells of a call as trace-cmd prints them. */
  readonly #restored = scanBuffer(LONGEST_EXPANDED_LINE)

  constructor({ columns, base }: MangledEvents, functions: Interner, tasks: Tasks) {
    this.columns = columns
    this.#base = base
    this.#tasks = tasks
    this.#cells = new GraphCells(functions)
    this.#depths = new BraceDepths(tasks, columns)
  }

  read(bytes: Uint8Array, at: number, line: TraceLine): number {
    const feed = bytes.indexOf(LF, at)
    this.#plain.read(bytes, at, feed)
    const event = parseMangledEvent(this.#plain.text)
    if (!event || !this.#readHead(event, line)) return feed + 1
    if (!event.call) {
      line.kind = event.time ? COMMENT : UNRECOGNIZED
      line.textStart = this.#plain.origins[event.text - event.name.length - 2]
      line.textEnd = this.#plain.origins[this.#plain.length]
    } else if (this.#readCall(event.call, line)) {
      if (this.#base === undefined) this.#depths.place(line)
      else line.depth = Math.max((event.call.indent - this.#base) >> 1, 0)
    } else {
      line.kind = UNRECOGNIZED
    }
    return feed + 1
  }

  /** Reads who, where and when; false where that is not as in the other lines. */
  #readHead({ task, cpu, time }: MangledEvent, line: TraceLine): boolean {
    const { columns } = this
    if (columns.includes('TASK/PID')) {
      if (!task) return false
      line.task = this.#tasks.idOf(this.#plain.bytes, ...task)
    }
    if (columns.includes('CPU')) {
      if (cpu === undefined) return false
      line.cpu = Number(cpu)
    }
    if (columns.includes('TIME')) {
      if (!time) return false
      line.seconds = Number(time[0])
      line.nanos = Number(time[1].padEnd(9, '0'))
    }
    return true
  }

  #readCall({ duration, body }: MangledCall, line: TraceLine): boolean {
    const { bytes, length, origins } = this.#plain
    const restored = this.#restored
    const prefix = duration ? `${duration.mark} ${duration.value} us |  ` : '|  '
    for (let i = 0; i < prefix.length; i++) restored[i] = prefix.charCodeAt(i)
    restored.set(bytes.subarray(body, length), prefix.length)
    const end = prefix.length + length - body
    restored[end] = LF
    if (!this.#cells.scan(restored, 0, end, line)) return false
    const origin = (place: number) => origins[Math.max(place + body - prefix.length, 0)]
    line.argsStart = origin(line.argsStart)
    line.argsEnd = origin(line.argsEnd)
    line.callerStart = origin(line.callerStart)
    line.callerEnd = origin(line.callerEnd)
    line.returnedStart = origin(line.returnedStart)
    line.returnedEnd = origin(line.returnedEnd)
    return true
  }
}
