import type { Interner } from '../../base/interner.js'
import { returnedValue } from '../../timeline/printed-notes.js'
import type { Argument, CallNotes } from '../../timeline/sink.js'
import type { NotesWanted } from '../lines/call-notes.js'
import { DEEPEST } from '../lines/marks.js'
import type { Tasks } from '../lines/task-cells.js'
import {
  ABSENT,
  blankLine,
  COMMENT,
  ENTRY,
  EXIT,
  type LineKind,
  STACK,
  type TraceLine,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { AddressMap } from './address-map.js'
import type { CpuRecords } from './cpu-records.js'
import type { EventFormat, Field } from './event-format.js'
import type { Recording } from './recording.js'
import type { Part } from './sessions.js'
import { type Address, addressText } from './symbols.js'
import { TaskNames } from './task-names.js'
import { Values } from './values.js'

/** How the records of one event are read: the fields that matter here. */
interface Layout {
  readonly format: EventFormat
  readonly kind: LineKind
  readonly pid: Field | undefined
  readonly flags: Field | undefined
  readonly func: Field | undefined
  readonly depth: Field | undefined
  readonly entered: Field | undefined
  readonly left: Field | undefined
  readonly returned: Field | undefined
  readonly caller: Field | undefined
  readonly args: Field | undefined
  /** Records are at least so long. */
  readonly least: number
}

/** An event beside the calls. */
export interface RecordedEvent {
  readonly name: string
  readonly text: string
}

/** By the name of an event of the system ftrace. */
const kinds: ReadonlyMap<string, LineKind> = new Map<string, LineKind>([
  ['funcgraph_entry', ENTRY],
  ['fgraph_retaddr_entry', ENTRY],
  ['funcgraph_exit', EXIT],
  ['kernel_stack', STACK],
  ['user_stack', STACK],
])

/** `TRACE_FLAG_HARDIRQ`, `_SOFTIRQ`, `_NMI` (include/linux/trace_events.h). */
const IN_INTERRUPT = 0x08 | 0x10 | 0x40

/** Reads records as lines of a trace, which the engine follows. */
export class RecordLines {
  readonly #recording: Recording
  readonly #values: Values
  readonly #functions: Interner
  readonly #notesWanted: NotesWanted
  readonly #layouts: (Layout | undefined | null)[] = []
  readonly #ids = new AddressMap()
  readonly #names: TaskNames

  constructor(part: Part, functions: Interner, tasks: Tasks, notesWanted: NotesWanted) {
    const { recording } = part
    this.#recording = recording
    this.#values = new Values(recording)
    this.#functions = functions
    this.#notesWanted = notesWanted
    this.#names = new TaskNames(part, tasks)
  }

  /** Fills in what a record says. UNRECOGNIZED: its event is not known, or it makes no sense. */
  read(record: CpuRecords, line: TraceLine): void {
    blankLine(line)
    const layout = this.#layoutOf(record)
    if (!layout || record.end - record.at < layout.least) return
    const values = this.#values
    const { pid, flags } = layout
    line.cpu = record.cpu
    line.seconds = record.clock.seconds
    line.nanos = record.clock.nanos
    line.task = pid ? this.#names.taskOf(values.number(record, pid)) : ABSENT
    line.isInInterrupt = flags !== undefined && (values.number(record, flags) & IN_INTERRUPT) !== 0
    line.kind = layout.kind
    if (layout.kind === ENTRY || layout.kind === EXIT) this.#readCall(record, layout, line)
  }

  /** The event of a record that is a COMMENT; learns names of tasks from it. */
  event(record: CpuRecords): RecordedEvent {
    const { format } = this.#layoutOf(record) as Layout
    const values = this.#values
    const field = (name: string) =>
      format.fields.find(each => each.name === name && values.has(record, each))
    const [ip, buf] = [field('ip'), field('buf')]
    if (format.system === 'ftrace' && ip && buf?.kind === 'text') {
      // print: tracing_mark_write: hello
      const name = this.#symbolName(values.address(record, ip))
      return { name, text: utf8.decode(values.text(record, buf)).trimEnd() }
    }
    const fmt = field('fmt')
    if (format.name === 'bprint' && ip && fmt) {
      const name = this.#symbolName(values.address(record, ip))
      const text = this.#recording.printk.get(addressText(values.address(record, fmt)))
      return { name, text: text ?? values.textOfEvent(record, format) }
    }
    this.#names.learn(record, format, values)
    return { name: format.name, text: values.textOfEvent(record, format) }
  }

  /** The frames of a record that is a STACK, the innermost first. */
  frames(record: CpuRecords): string[] {
    const { format } = this.#layoutOf(record) as Layout
    const values = this.#values
    const caller = format.fields.find(({ name }) => name === 'caller')
    if (!caller) return []
    const size = format.fields.find(each => each.name === 'size' && values.has(record, each))
    const addresses = size
      ? values.elements(record, { ...caller, size: 0 }, values.number(record, size))
      : values.elements(record, caller)
    const isUser = format.name === 'user_stack'
    return addresses
      .filter(address => address !== 0 && address !== END_OF_STACK)
      .map(address => (isUser ? `0x${addressText(address)}` : this.#symbolName(address)))
  }

  #readCall(record: CpuRecords, layout: Layout, line: TraceLine): void {
    const values = this.#values
    const { func, depth, entered, left } = layout
    line.depth = depth ? values.number(record, depth) : ABSENT
    if (!func || line.depth < 0 || line.depth > DEEPEST) {
      line.kind = UNRECOGNIZED
      return
    }
    line.func = this.#functionAt(values.address(record, func))
    if (line.kind === EXIT && entered && left) {
      line.duration = values.difference(record, entered, left)
    }
    if (this.#notesWanted) this.#readNotes(record, layout, line)
  }

  #readNotes(record: CpuRecords, layout: Layout, line: TraceLine): void {
    const { func, returned } = layout
    const { caller, args } = this.#notesWanted === 'returned' ? NOTHING_ELSE : layout
    const values = this.#values
    const hasArguments =
      args !== undefined && values.has(record, args) && record.at + args.offset < record.end
    if (!returned && !caller && !hasArguments) return
    const notes: CallNotes = {
      arguments: hasArguments && func ? this.#argumentsOf(record, func, args) : NO_ARGUMENTS,
      caller: caller ? values.symbolText(values.address(record, caller)) : '',
      returned: returned && returnedValue(values.returned(record, returned)),
    }
    line.notes = notes
    line.hasNotes = true
  }

  /** By their names, if the recording has the types of the kernel; otherwise what stood in registers. */
  #argumentsOf(record: CpuRecords, func: Field, args: Field): readonly Argument[] {
    const values = this.#values
    const registers = values.longs(record, args)
    const { types, page } = this.#recording
    const [name = ''] = this.#symbolName(values.address(record, func)).split(' ')
    const known = types()?.argumentsOf(name, registers, page.longSize)
    if (known) return known
    return registers.map(number => {
      return { name: '', value: { text: `0x${number.toString(16)}`, number, meaning: '' } }
    })
  }

  /** How records of the event are read; undefined if the recording does not say. */
  #layoutOf(record: CpuRecords): Layout | undefined {
    if (record.end - record.at < 2) return undefined
    const id = record.view.getUint16(record.at, this.#recording.isLittle)
    const known = this.#layouts[id]
    if (known !== undefined) return known ?? undefined
    const format = this.#recording.formats.get(id)
    const layout = format && layoutOf(format)
    this.#layouts[id] = layout ?? null
    return layout
  }

  #functionAt(address: Address): number {
    const known = this.#ids.get(address)
    if (known > 0) return known
    const text = utf8Bytes.encode(this.#symbolName(address))
    const id = this.#functions.intern(text, 0, text.length)
    this.#ids.set(address, id)
    return id
  }

  /** As the kernel prints functions (`%ps`): without the offset. */
  #symbolName(address: Address): string {
    return this.#recording.symbols.find(address)?.name ?? `0x${addressText(address)}`
  }
}

function layoutOf(format: EventFormat): Layout {
  const { fields, common } = format
  const field = (name: string) => fields.find(each => each.name === name)
  const kind = (format.system === 'ftrace' && kinds.get(format.name)) || COMMENT
  const used = kind === COMMENT ? common : [...common, ...fields]
  return {
    format,
    kind,
    pid: common.find(({ name }) => name === 'common_pid'),
    flags: common.find(({ name }) => name === 'common_flags'),
    func: field('func'),
    depth: field('depth'),
    entered: whole(field('calltime')),
    left: whole(field('rettime')),
    returned: field('retval'),
    caller: field('retaddr'),
    args: field('args'),
    least: kind === STACK ? 0 : Math.max(...used.map(({ offset, size }) => offset + size)),
  }
}

/** A time, which has 64 bits everywhere. */
function whole(field: Field | undefined): Field | undefined {
  return field?.size === 8 ? field : undefined
}

const NOTHING_ELSE = { caller: undefined, args: undefined }
const NO_ARGUMENTS: readonly Argument[] = []
/** -1 ends the frames that older kernels record. */
const END_OF_STACK = -1

const utf8 = new TextDecoder()
const utf8Bytes = new TextEncoder()
