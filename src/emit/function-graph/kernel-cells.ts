/** The texts of a line of function_graph, cell by cell. */
import { functionName } from '../../timeline/names.js'
import { valueText } from '../../timeline/notes.js'
import type { PrintedTime } from '../../timeline/printed-time.js'
import type { CallNotes, KernelFunction, Nanos, Track } from '../../timeline/sink.js'

/** Which cells stand in front of a call. */
export interface Cells {
  readonly time: boolean
  readonly cpu: boolean
  /** Otherwise blocks of three lines show where the task of a cpu changes. */
  readonly task: boolean
  readonly duration: boolean
}

export type LineKind = 'entry' | 'leaf' | 'exit'

/** The pieces of `__print_graph_headers_flags`, in their order. */
export function headerOf({ time, cpu, task, duration }: Cells): string {
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

export function callText(kind: LineKind, name: string, notes: CallNotes | undefined): string {
  const caller = notes?.caller ? ` <-${notes.caller}` : ''
  const returned = notes?.returned ? ` ret=${notes.returned.text}` : ''
  const args = notes ? argumentsText(notes) : ''
  if (kind === 'entry') return `${name}(${args}) {${caller && ` /*${caller} */`}`
  if (kind === 'exit') return `} /* ${name}${returned} */`
  const note = caller + returned
  return `${name}(${args});${note && ` /*${note} */`}`
}

/** An argument without a name, one of a variable number, keeps its sign. */
function argumentsText({ arguments: list }: CallNotes): string {
  return list.map(({ name, value }) => `${name}=${valueText(value)}`).join(', ')
}

/** Symbols have no blanks or parentheses: trace-cmd's `(0x1f)` is the kernel's `0x1f`. */
export function symbolOf({ name, module }: KernelFunction): string {
  return functionName({ name: name.replace(/[\s()]/g, '') || '[unknown]', module })
}

export function taskOf({ pid, comm, isInterrupts }: Track): {
  readonly comm: string
  readonly pid: number
} {
  return pid === 0 || isInterrupts
    ? { comm: '<idle>', pid: 0 }
    : { comm: comm || '<...>', pid: pid ?? 0 }
}

/** `  606.478818`: cut, as every time that the kernel prints. */
export function timeText(origin: PrintedTime, at: Nanos): string {
  const nanos = origin.nanos + at
  const seconds = origin.seconds + Math.floor(nanos / 1e9)
  const micros = Math.floor((nanos % 1e9) / 1000)
  return `${String(seconds).padStart(5)}.${String(micros).padStart(6, '0')}`
}

/** Seven bytes of the name and the pid, in the middle of fourteen. */
export function taskCell(track: Track): string {
  const { comm, pid } = taskOf(track)
  const text = `${shortened(comm, 7)}-${pid}`
  const blanks = Math.max(14 - byteLength(text), 0)
  return ' '.repeat(blanks >> 1) + text + ' '.repeat(blanks - (blanks >> 1))
}

/** As many whole characters as fit into so many bytes. */
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

/** With the mark of its length; blank on lines without one. */
export function durationCell(duration: Nanos | undefined): string {
  if (duration === undefined) return '              |  '
  return `${markOf(duration)} ${durationText(duration)}|  `
}

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
