/**
 * The text: what the file `trace` says of a machine's buffers, after kernel/trace/
 * trace_functions_graph.c of 6.12. Functions here note the ones that they follow there.
 */
import { cpuCell, durationCell, markOf, procCell, timeCell } from './cells.js'
import type { Buffers, Call, Task, TraceRecord } from './machine.js'
import { interruptHandlers } from './programs.js'

/** The tracer's options, `abstime` for funcgraph-abstime and so on; what is not true is off. */
export interface PrintOptions {
  readonly abstime?: boolean
  readonly cpu?: boolean
  readonly proc?: boolean
  readonly duration?: boolean
  readonly overhead?: boolean
  readonly tail?: boolean
  readonly overrun?: boolean
  /** The option latency-format. */
  readonly latency?: boolean
  /** Interrupt handlers lie in the section .irqentry.text, as they do on arm64. */
  readonly arrows?: boolean
  /** Durations leave out the time for which a task was on no cpu. */
  readonly noSleepTime?: boolean
  /** The option funcgraph-retval: what calls returned, and whether as kernels before 6.13 print it. */
  readonly returns?: ReadonlyMap<Call, string>
  readonly oldReturns?: boolean
  /** How many cpus the machine might have: 4 if it is not said. */
  readonly nrCpuIds?: number
}

/** A line of the text, or the four of a switch block. */
export interface Printed {
  readonly kind: 'header' | 'entry' | 'leaf' | 'exit' | 'switch' | 'lost' | 'arrow' | 'overrun'
  /** Each byte is a character. */
  readonly text: string
  /** Whose entry or exit it tells. */
  readonly call: Call | undefined
}

export function printTrace(buffers: Buffers, options: PrintOptions): Printed[] {
  const printer = new Printer(buffers, options)
  printer.printHeaders()
  printer.printRecords()
  return printer.printed
}

export function bytesOf(printed: readonly Printed[]): Uint8Array {
  return Buffer.from(printed.map(({ text }) => `${text}\n`).join(''), 'latin1')
}

/** Down to which depth the kernel remembers what a cpu entered (FTRACE_RETFUNC_DEPTH). */
export const RETFUNC_DEPTH = 50

/** The printer's state of a cpu (fgraph_cpu_data). */
interface CpuData {
  readonly buffer: readonly TraceRecord[]
  /** How many of its records have been printed. */
  read: number
  lastTask: Task | undefined
  /** By depth, the function whose exit needs no name. */
  readonly enterFuncs: (string | undefined)[]
}

class Printer {
  readonly printed: Printed[] = []
  readonly #options: PrintOptions
  readonly #cpus: readonly CpuData[]

  constructor(buffers: Buffers, options: PrintOptions) {
    this.#options = options
    this.#cpus = buffers.map(buffer => ({
      buffer,
      read: 0,
      lastTask: undefined,
      enterFuncs: [],
    }))
  }

  /** print_graph_headers_flags */
  printHeaders(): void {
    const { abstime, cpu, proc, latency, duration } = this.#options
    const columns = [
      { isShown: abstime, name: '     TIME       ', mark: '      |         ' },
      { isShown: cpu, name: ' CPU', mark: ' |  ' },
      { isShown: proc, name: '  TASK/PID       ', mark: '   |    |        ' },
      { isShown: latency, name: '||||   ', mark: '||||   ' },
      { isShown: duration, name: '  DURATION   ', mark: '   |   |      ' },
      {
        isShown: true,
        name: '               FUNCTION CALLS',
        mark: '               |   |   |   |',
      },
    ].filter(({ isShown }) => isShown)
    this.#print('header', '# tracer: function_graph')
    this.#print('header', '#')
    if (latency) for (const line of latencyHeader) this.#print('header', line)
    this.#print('header', `#${columns.map(({ name }) => name).join('')}`)
    this.#print('header', `#${columns.map(({ mark }) => mark).join('')}`)
  }

  printRecords(): void {
    for (let cpu = this.#nextCpu(); cpu; cpu = this.#nextCpu()) {
      const record = cpu.buffer[cpu.read++]
      this.#printLost(record)
      this.#printSwitch(record, cpu)
      if (record.kind === 'entry') this.#printEntry(record, cpu)
      else this.#printReturn(record, cpu)
    }
  }

  /** __find_next_entry: the cpu whose next record is the earliest. */
  #nextCpu(): CpuData | undefined {
    const at = ({ buffer, read }: CpuData) => buffer[read].at
    return this.#cpus
      .filter(({ buffer, read }) => read < buffer.length)
      .reduce<CpuData | undefined>(
        (next, cpu) => (next && at(next) <= at(cpu) ? next : cpu),
        undefined,
      )
  }

  /** print_trace_line */
  #printLost({ cpu, lostBefore }: TraceRecord): void {
    if (lostBefore > 0) this.#print('lost', `CPU:${cpu} [LOST ${lostBefore} EVENTS]`)
  }

  /** verif_pid */
  #printSwitch({ cpu, call: { task } }: TraceRecord, data: CpuData): void {
    const last = data.lastTask
    data.lastTask = task
    if (!last || last.pid === task.pid) return
    const rule = ' ------------------------------------------'
    const tasks = `${this.#cpu(cpu)}${procCell(last)} => ${procCell(task)}`
    this.#print('switch', `${rule}\n${tasks}\n${rule}\n`)
  }

  /** print_graph_entry_leaf and print_graph_entry_nested */
  #printEntry(record: TraceRecord, data: CpuData): void {
    const { func, depth } = record.call
    this.#printArrow(record, '==========>')
    const exit = returnForLeaf(record, data)
    if (depth < RETFUNC_DEPTH) data.enterFuncs[depth] = exit ? undefined : func
    if (!exit) {
      this.#printCall('entry', record, this.#blank(), `${func}() {`)
      return
    }
    data.read++
    const note = this.#returned(exit.call)
    const text = `${func}();${note && ` /*${note} */`}`
    this.#printCall('leaf', record, this.#duration(exit.call), text)
    this.#printArrow(record, '<==========')
  }

  /** print_graph_return */
  #printReturn(record: TraceRecord, { enterFuncs }: CpuData): void {
    const { func, depth } = record.call
    let isMatch = true
    if (depth < RETFUNC_DEPTH) {
      isMatch = enterFuncs[depth] === func
      enterFuncs[depth] = undefined
    }
    const note = this.#returned(record.call)
    const isBare = isMatch && !this.#options.tail && note === ''
    const closer = isBare ? '}' : `} /* ${func}${note} */`
    this.#printCall('exit', record, this.#duration(record.call), closer)
    if (this.#options.overrun) this.#print('overrun', ' (Overruns: 0)')
    this.#printArrow(record, '<==========')
  }

  /** print_graph_retval */
  #returned(call: Call): string {
    const { returns, oldReturns } = this.#options
    const text = returns?.get(call)
    if (text === undefined) return ''
    return oldReturns ? ` = ${text}` : ` ret=${text}`
  }

  #printCall(kind: 'entry' | 'leaf' | 'exit', record: TraceRecord, cell: string, text: string) {
    const { call } = record
    const indent = '  '.repeat(call.depth)
    this.#print(kind, `${this.#prologue(record)}${cell}${indent}${text}`, call)
  }

  /** print_graph_irq */
  #printArrow(record: TraceRecord, arrow: string): void {
    const { arrows, duration } = this.#options
    if (!arrows || !interruptHandlers.includes(record.call.func)) return
    this.#print('arrow', `${this.#prologue(record)}${duration ? `  ${arrow} |` : arrow}`)
  }

  /** print_graph_prologue */
  #prologue({ at, cpu, call }: TraceRecord): string {
    const { abstime, cpu: hasCpu, proc, latency } = this.#options
    const cells = [
      abstime && timeCell(at),
      hasCpu && this.#cpu(cpu),
      proc && `${procCell(call.task)} | `,
      latency && ` ${isInInterrupt(call) ? 'd.h2.' : '...1.'} | `,
    ]
    return cells.filter(Boolean).join('')
  }

  #cpu(cpu: number): string {
    return cpuCell(cpu, this.#options.nrCpuIds ?? 4)
  }

  /** print_graph_duration */
  #duration({ begin, end, asleep }: Call): string {
    const { duration, overhead, noSleepTime } = this.#options
    if (!duration) return ''
    const nanos = end - begin - (noSleepTime ? asleep : 0)
    return `${overhead ? markOf(nanos) : ' '} ${durationCell(nanos)}`
  }

  /** print_graph_duration where there is none */
  #blank(): string {
    return this.#options.duration ? '              |  ' : ''
  }

  #print(kind: Printed['kind'], text: string, call?: Call): void {
    this.printed.push({ kind, text, call })
  }
}

/** get_return_for_leaf: a call is a leaf if its exit is what its cpu recorded next. */
function returnForLeaf({ call }: TraceRecord, { buffer, read }: CpuData): TraceRecord | undefined {
  const next = buffer[read]
  if (next?.kind !== 'exit' || next.lostBefore > 0) return undefined
  return next.call.task.pid === call.task.pid && next.call.func === call.func ? next : undefined
}

function isInInterrupt(call: Call | undefined): boolean {
  if (!call) return false
  return interruptHandlers.includes(call.func) || isInInterrupt(call.caller)
}

/** print_trace_header and print_lat_help_header */
const latencyHeader = [
  '# function_graph latency trace v1.1.5 on 6.12.107+deb13-amd64',
  '# --------------------------------------------------------------------',
  '# latency: 0 us, #1/1, CPU#0 | (M:desktop VP:0, KP:0, SP:0 HP:0 #P:2)',
  '#    -----------------',
  '#    | task: -0 (uid:0 nice:0 policy:0 rt_prio:0)',
  '#    -----------------',
  '#',
  '#                                       _-----=> irqs-off        ',
  '#                                      / _----=> need-resched    ',
  '#                                     | / _---=> hardirq/softirq ',
  '#                                     || / _--=> preempt-depth   ',
  '#                                     ||| /                      ',
]
