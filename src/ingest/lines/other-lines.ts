/** Lines of the kernel's text that are not of the call graph. */
import { isDigit, startsWith } from '../../base/ascii.js'
import { decimal, skipBlanks } from '../text/scanning.js'
import type { Tasks } from './task-cells.js'
import { ABSENT, type TraceLine } from './trace-line.js'

/** Two cells of tasks, padding included, are narrower. */
const WIDEST_SWITCH = 80

/** ` 1)    bash-170    =>  python3-253`: reads cpu and tasks into `line`; false for any other line. */
export function readSwitch(
  bytes: Uint8Array,
  at: number,
  end: number,
  line: TraceLine,
  tasks: Tasks,
): boolean {
  const cpu = skipBlanks(bytes, at)
  let p = cpu
  while (isDigit(bytes[p])) p++
  if (p === cpu || p > cpu + 5 || !startsWith(bytes, p, ') ')) return false
  const from = p + 2
  // A name may hold the arrow too: it is the one that has a pid on both of its sides.
  for (p = from; p < end && p < from + WIDEST_SWITCH; p++) {
    if (!startsWith(bytes, p, ' => ')) continue
    line.from = tasks.idOf(bytes, from, p)
    line.to = tasks.idOf(bytes, p + 4, end)
    if (line.from === ABSENT || line.to === ABSENT) continue
    line.cpu = decimal(bytes, cpu, from - 2)
    return true
  }
  return false
}

/** `CPU:1 [LOST 187278 EVENTS]`, `CPU:1 [LOST EVENTS]`: reads cpu and number; false for any other line. */
export function readLost(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
  if (!startsWith(bytes, at, 'CPU:')) return false
  let p = at + 4
  while (isDigit(bytes[p])) p++
  if (p === at + 4 || !startsWith(bytes, p, ' [LOST ')) return false
  line.cpu = decimal(bytes, at + 4, p)
  const count = p + 7
  for (p = count; isDigit(bytes[p]); ) p++
  line.events = decimal(bytes, count, p)
  return startsWith(bytes, end - 7, 'EVENTS]')
}

/** ` ------------------------------------------`, which stands around switch blocks. */
export function isRule(bytes: Uint8Array, at: number): boolean {
  return startsWith(bytes, skipBlanks(bytes, at), '------------------------------------------')
}

/** A line above the frames of a stack. */
export interface StackHead {
  readonly task: string
  readonly cpu: number
  readonly seconds: number
  readonly nanos: number
}

/** Reads the line above the frames of a stack; undefined for any other line. */
export function stackHead(text: string): StackHead | undefined {
  const groups = stackHeads.map(form => form.exec(text)).find(Boolean)?.groups
  if (!groups) return undefined
  const { task, cpu, seconds = '0', micros } = groups
  const whole = Math.floor(Number(micros) / 1e6)
  return {
    task,
    cpu: Number(cpu),
    seconds: Number(seconds) + whole,
    nanos: (Number(micros) - whole * 1e6) * 1000,
  }
}

/** Whether a rare line is of a known form that says nothing about calls. */
export function isKnownLine(text: string): boolean {
  return otherLines.some(form => form.test(text))
}

/** The second form is that of latency tracers and dumps. */
const stackHeads: readonly RegExp[] = [
  //         python3-215     [001] d..2.   101.546691: <stack trace>
  /^ *(?<task>\S.*-\d+) +(?:\([ \d-]+\) +)?\[(?<cpu>\d{3,})\] +\S* *(?<seconds>\d+)\.(?<micros>\d{6}): <stack trace>$/,
  //  python3-59        0dNH6.  228us : <stack trace>
  /^ *(?<task>\S.*-\d+) +(?<cpu>\d+)\D\S+ +(?<micros>\d+)us.?: <stack trace>$/,
]

const otherLines: readonly RegExp[] = [
  //  (Overruns: 0)
  /^ ?\(Overruns: \d+\)$/,
  //         python3-215     [001] d..2.   101.546691: vfs_write <-ksys_write
  /^ *\S.*-\d+ +(?:\([ \d-]+\) +)?\[\d{3,}\] +\S* *\d+\.\d{6}: /,
  //  python3-59        0dNH6.  228us : vfs_write <-ksys_write
  /^ *\S.*-\d+ +\d\S+ +\d+us.?: /,
  //           <idle>       0   0 45 00000004 00000001 [0153e433] 0.134ms (+0.001ms): <stack trace>
  /^ *\S.* \d+ +\d+ \d+ [0-9a-f]{8} [0-9a-f]{8} \[[0-9a-f]+\] [\d.]+ms \(\+[\d.]+ms\): /,
  // The kernel prints this in place of the rest of a line longer than a page.
  /^\[LINE TOO BIG\]$/,
  // A dump prints these around the text, in a kernel log or a debugger.
  /^Dumping ftrace (?:instance \S+ )?buffer:$/,
  /^-{33}$/,
  /^ *\(ftrace buffer empty\)$/,
  /^\(skipping \d+ entries\)$/,
  // perf-tools' funcgraph prints these before and after.
  /^Tracing "/,
  /^(?:\^C)?Ending tracing\.\.\.$/,
  /^\^C$/,
  // Android's atrace prints these before.
  /^capturing trace\.\.\.(?: done)?$/,
  /^TRACE:$/,
]
