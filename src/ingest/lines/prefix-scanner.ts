import { BAR, DOT, isDigit, LF, PAREN_CLOSE, SPACE, startsWith, ZERO } from '../../base/ascii.js'
import { NO_MATCH } from '../text/scanning.js'
import type { Layout } from './layouts.js'
import { isFlag, isInterruptFlag, LONGEST_TASK } from './marks.js'
import { RecentTasks } from './recent-tasks.js'
import type { Tasks } from './task-cells.js'
import { ABSENT, type TraceLine } from './trace-line.js'

/**
 * Reads the columns left of the duration, from left to right. Each cell is found by its own
 * separators, for every width that the kernel prints is a minimum.
 */
export class PrefixScanner {
  layout: Layout
  readonly #tasks: Tasks
  readonly #recent = new RecentTasks()

  constructor(layout: Layout, tasks: Tasks) {
    this.layout = layout
    this.#tasks = tasks
  }

  /** Reads the columns at `at` into `line`; returns where they end, or NO_MATCH. */
  scan(bytes: Uint8Array, at: number, line: TraceLine): number {
    const layout = this.layout
    let p = at
    if (layout.time === 'absolute') p = this.#scanTime(bytes, p, line)
    else if (layout.time === 'relative') p = this.#scanRelativeTime(bytes, p, line)
    if (!layout.cpu) line.cpu = ABSENT
    else if (p >= 0) p = this.#scanCpu(bytes, p, line)
    if (layout.task && p >= 0) p = this.#scanTask(bytes, p, line)
    if (layout.flags !== 'none' && p >= 0) p = this.#scanFlags(bytes, p, line)
    return p
  }

  //   606.478818 |
  #scanTime(bytes: Uint8Array, at: number, line: TraceLine): number {
    let p = at
    while (bytes[p] === SPACE) p++
    const start = p
    let seconds = 0
    let digit = bytes[p] - ZERO
    while (digit >= 0 && digit <= 9) {
      seconds = seconds * 10 + digit
      digit = bytes[++p] - ZERO
    }
    if (p === start || bytes[p] !== DOT) return NO_MATCH
    let micros = 0
    const end = p + 7
    for (p++; p < end; p++) {
      digit = bytes[p] - ZERO
      if (!(digit >= 0 && digit <= 9)) return NO_MATCH
      micros = micros * 10 + digit
    }
    line.seconds = seconds
    line.nanos = micros * 1000
    return startsWith(bytes, p, ' |  ') ? p + 4 : NO_MATCH
  }

  //      3750 us |
  #scanRelativeTime(bytes: Uint8Array, at: number, line: TraceLine): number {
    let p = at
    while (bytes[p] === SPACE) p++
    const start = p
    let micros = 0
    while (isDigit(bytes[p])) micros = micros * 10 + bytes[p++] - ZERO
    if (p === start || !startsWith(bytes, p, ' us |  ')) return NO_MATCH
    line.seconds = Math.floor(micros / 1e6)
    line.nanos = (micros - line.seconds * 1e6) * 1000
    return p + 7
  }

  //  1)
  #scanCpu(bytes: Uint8Array, at: number, line: TraceLine): number {
    let p = at
    while (bytes[p] === SPACE) p++
    const start = p
    let cpu = 0
    let digit = bytes[p] - ZERO
    while (digit >= 0 && digit <= 9) {
      cpu = cpu * 10 + digit
      digit = bytes[++p] - ZERO
    }
    if (p === start || p > start + 5) return NO_MATCH
    if (bytes[p] !== PAREN_CLOSE || bytes[p + 1] !== SPACE) return NO_MATCH
    line.cpu = cpu
    return p + 2
  }

  //   python3-363   |
  #scanTask(bytes: Uint8Array, at: number, line: TraceLine): number {
    const cpu = this.layout.cpu ? line.cpu : ABSENT
    const recent = this.#recent.match(cpu, bytes, at)
    if (recent !== ABSENT) {
      line.task = recent
      return at + this.#recent.matched
    }
    // The name may hold bars: the cell ends at the first one, 14 bytes on, that follows a pid.
    const last = at + LONGEST_TASK
    for (let p = at; p <= last && bytes[p] !== LF; p++) {
      if (bytes[p] !== BAR || p < at + 15) continue
      if (bytes[p - 1] !== SPACE || bytes[p + 1] !== SPACE) continue
      const task = this.#tasks.idOf(bytes, at, p)
      if (task === ABSENT) continue
      line.task = task
      this.#recent.remember(cpu, bytes, at, p + 2, task)
      return p + 2
    }
    return NO_MATCH
  }

  //  d.h1. |
  #scanFlags(bytes: Uint8Array, at: number, line: TraceLine): number {
    if (bytes[at] !== SPACE) return NO_MATCH
    line.isInInterrupt = isInterruptFlag(bytes[at + 3])
    let p = at + 1
    while (isFlag(bytes[p])) p++
    if (p < at + 5 || p > at + 9) return NO_MATCH
    if (this.layout.flags === 'glued') return p
    return startsWith(bytes, p, ' | ') ? p + 3 : NO_MATCH
  }
}
