/** The cells of a line, as kernel/trace/trace_functions_graph.c prints them. */
import type { Task } from './machine.js'

/** print_graph_abs_time: the digits below a microsecond are cut. */
export function timeCell(nanos: number): string {
  const micros = Math.floor(nanos / 1000)
  const seconds = String(Math.floor(micros / 1e6)).padStart(5)
  return `${seconds}.${String(micros % 1e6).padStart(6, '0')} |  `
}

/** print_graph_cpu: as wide as the greatest number that a cpu may have. */
export function cpuCell(cpu: number, nrCpuIds: number): string {
  const width = String(nrCpuIds - 1).length
  return ` ${String(cpu).padStart(width)}) `
}

/** print_graph_proc: seven bytes of the name and the pid, centred in 14. */
export function procCell({ comm, pid }: Task): string {
  const cell = `${comm.slice(0, 7)}-${pid}`
  const spaces = Math.max(0, 14 - cell.length)
  const left = Math.floor(spaces / 2)
  return ' '.repeat(left) + cell + ' '.repeat(spaces - left)
}

/** trace_print_graph_duration: seven digits, those behind them are cut. */
export function durationCell(nanos: number): string {
  const micros = String(Math.floor(nanos / 1000))
  const part = String(nanos % 1000).padStart(3, '0')
  const digits = micros.length < 7 ? `${micros}.${part.slice(0, 7 - micros.length)}` : micros
  return `${digits} us ${' '.repeat(Math.max(0, 8 - digits.length))}|  `
}

/** How much of a duration its cell holds. */
export function printedNanos(nanos: number): number {
  const micros = String(Math.floor(nanos / 1000))
  const unit = 10 ** Math.min(3, Math.max(0, micros.length - 4))
  return Math.floor(nanos / unit) * unit
}

/** trace_find_mark */
export function markOf(nanos: number): string {
  return marks.find(({ above }) => nanos > above)?.mark ?? ' '
}

const marks = [
  { above: 1e9, mark: '$' },
  { above: 1e8, mark: '@' },
  { above: 1e7, mark: '*' },
  { above: 1e6, mark: '#' },
  { above: 1e5, mark: '!' },
  { above: 1e4, mark: '+' },
]
