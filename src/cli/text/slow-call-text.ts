import type { SlowCall, SlowestCalls } from '../../analyze/slowest-calls.js'
import { compared, type Typical } from '../../analyze/typical-calls.js'
import type { TraceSummary } from '../../ingest/trace-summary.js'
import { functionName, trackName } from '../../timeline/names.js'
import { printedTime, totalNanos } from '../../timeline/printed-time.js'
import type { KernelFunction, Nanos } from '../../timeline/sink.js'
import { comparedText, nestedCalls, type TreePage } from './call-tree-table.js'
import { shown } from './shown.js'
import { type Column, wrapped } from './table.js'
import { counted, timeText } from './units.js'

/** Facts about the trace that the calls are from. */
export interface CallOrigin extends Pick<TraceSummary, 'clock' | 'origin'> {
  /** Whether calls have lines. Without entries only outermost calls do: their exits. */
  readonly hasLines: boolean
}

/**
 * `1. vfs_read 2.000 us, bash-170 on CPU 0, at 100.000000, line 7`, in as many lines as it takes.
 */
export function slowCallTitle(
  rank: number,
  call: SlowCall,
  { functions, tracks }: SlowestCalls,
  { clock, origin, hasLines }: CallOrigin,
  page: TreePage,
): string {
  const name = functionName(functions[call.func])
  const task = trackName(tracks[call.track])
  const cpu = call.cpu < 0 || task === `CPU ${call.cpu}` ? '' : ` on CPU ${call.cpu}`
  const moment = call.hasEntry ? call.begin : call.end
  const time =
    clock === 'timestamps'
      ? timestamp(origin, moment)
      : `${timeText(moment, page.ns).trim()}, rebuilt`
  const place = hasLines ? `, line ${call.line}` : ''
  const where = `${task}${cpu}, ${call.hasEntry ? 'at' : 'which ended at'} ${time}${place}`
  const head = `${rank}. ${name} ${timeText(call.duration, page.ns).trim()}, ${where}`
  const lines = wrapped(shown(head), page.width || Number.POSITIVE_INFINITY)
  return lines.map(text => `${page.paint('bold', text)}\n`).join('')
}

/** A call beside the typical call of its function, or why there is none. */
export function againstText(call: SlowCall, typical: Typical | undefined, page: TreePage): string {
  if (!typical) return 'nothing is typical of so few calls of the function\n'
  const { calls, tree } = typical
  const middle = `typical is the mean of the middle fifth of ${counted(calls, 'call')}`
  return `${middle}\n${comparedText(compared(call.tree, tree), page)}`
}

export function typicalDocument(
  typical: Typical | undefined,
  functions: readonly KernelFunction[],
) {
  if (!typical) return null
  return { of_calls: typical.calls, tree: nestedCalls([typical.tree], functions)[0] }
}

/** The fields of `slowCallRow`, in order. */
export const slowCallFields = [
  ...['name', 'module', 'duration_ns', 'task', 'pid', 'cpu'],
  ...['begin_ns', 'end_ns', 'timestamp', 'line'],
]

/** The columns of a Markdown table of calls. */
export function slowCallColumns(ns: boolean): Column<SlowCallRow>[] {
  return [
    { head: 'DURATION', align: 'right', rank: 0, text: row => timeText(row.duration_ns, ns) },
    { head: 'TASK', align: 'left', rank: 0, text: ({ task }) => task },
    { head: 'CPU', align: 'right', rank: 0, text: ({ cpu }) => String(cpu ?? '-') },
    {
      head: 'AT',
      align: 'right',
      rank: 0,
      text: row => row.timestamp ?? timeText(row.begin_ns, ns),
    },
    { head: 'LINE', align: 'right', rank: 0, text: ({ line }) => String(line ?? '-') },
    { head: 'FUNCTION', align: 'left', rank: 0, text: functionName },
  ]
}

export type SlowCallRow = ReturnType<typeof slowCallRow>

/** A call for programs, with what it called. */
export function slowCallDocument(call: SlowCall, slowest: SlowestCalls, origin: CallOrigin) {
  const tree = nestedCalls([call.tree], slowest.functions)[0]
  return { ...slowCallRow(call, slowest, origin), has_entry: call.hasEntry, tree }
}

/** A call for programs. */
export function slowCallRow(
  call: SlowCall,
  { functions, tracks }: SlowestCalls,
  { clock, origin, hasLines }: CallOrigin,
) {
  const track = tracks[call.track]
  return {
    ...functions[call.func],
    duration_ns: call.duration,
    task: trackName(track),
    pid: track.pid ?? null,
    cpu: call.cpu < 0 ? null : call.cpu,
    begin_ns: call.begin,
    end_ns: call.end,
    line: hasLines ? call.line : null,
    timestamp: clock === 'timestamps' ? timestamp(origin, call.begin) : null,
  }
}

/** A time as the trace prints it: in seconds, with as many digits as the origin has. */
function timestamp(origin: string, at: Nanos): string {
  const [, fraction = ''] = origin.split('.')
  const digits = String(totalNanos(printedTime(origin)) + BigInt(at)).padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9).slice(0, fraction.length)}`
}
