/**
 * Where time jumps back by more than a buffer explains: there another capture begins. The buffer of a
 * cpu is in order; those of several cpus may stand one after another, and then begin at about the same
 * time. One line whose time is damaged is no jump.
 */
import { Cpu } from './cpu'

/** How far time may go back on a cpu: texts may be ordered by where calls end. */
const WITHIN_CPU: f64 = 1e9
/** How far behind the line before one of another cpu may stand anyway. */
const ACROSS_CPUS: f64 = 1e10

/** The times of the first and of the last line of the capture, as printed; negative before there is one. */
let firstTime: f64 = -1
let lastTime: f64 = -1

/** Another capture begins. */
export function forgetTimes(): void {
  firstTime = -1
  lastTime = -1
}

/** Whether a line is too early to follow those that were seen. */
export function jumpsBack(cpu: Cpu, seconds: f64, nanos: f64): bool {
  const time = seconds * 1e9 + nanos
  if (time < cpu.lastTime - WITHIN_CPU && time < cpu.timeBefore - WITHIN_CPU) return true
  // Another cpu may have begun earlier than the first one, by about as long as that has recorded.
  return time < lastTime - ACROSS_CPUS && time < firstTime - (lastTime - firstTime)
}

/** A line of the cpu has been read. */
export function seeTime(cpu: Cpu, seconds: f64, nanos: f64): void {
  const time = seconds * 1e9 + nanos
  cpu.timeBefore = cpu.lastTime < 0 ? time : cpu.lastTime
  cpu.lastTime = time
  if (firstTime < 0) firstTime = time
  lastTime = time
}
