/** Where another capture may begin in a text, and whether it does. */
import { LF } from '../../base/ascii.js'
import { type LineReader, readLine } from '../lines/line-reader.js'
import {
  COMMENT,
  CONTINUATION,
  EXIT,
  emptyLine,
  HEADER,
  OTHER,
  type TraceLine,
  UNRECOGNIZED,
} from '../lines/trace-line.js'
import { callForm, isCaptureMark } from './capture-marks.js'

/** Why another capture may begin at a line. */
export type Suspicion =
  /** The line says so: the head of a recording, */
  | 'header'
  /** or a prompt, or what a tool prints first. */
  | 'mark'
  /** It is earlier than a buffer explains. */
  | 'jump'
  /** It is a call, but not in the layout that is being read. */
  | 'form'

/** So many lines are looked at to find out whether one does. */
const LOOKED_AT = 16

/** Why another capture may begin at a line that is no call of this one. */
export function suspicionOf(
  { kind }: TraceLine,
  bytes: Uint8Array,
  at: number,
  feed: number,
): Suspicion | undefined {
  if (at === feed || !(kind === HEADER || mayHideCalls(kind))) return undefined
  if (isCaptureMark(bytes, at, feed)) return 'mark'
  return mayHideCalls(kind) && callForm(bytes, at, feed) ? 'form' : undefined
}

function mayHideCalls(kind: number): boolean {
  return kind === UNRECOGNIZED || kind === OTHER || kind === CONTINUATION
}

/** The few lines that tell whether a capture begins with them; undefined if more are to come. */
export function firstLines(lines: Uint8Array, isAll: boolean): Uint8Array | undefined {
  let end = 0
  for (let count = 0; count < LOOKED_AT; count++) {
    const feed = lines.indexOf(LF, end)
    if (feed < 0) return isAll ? lines.subarray(0, end) : undefined
    end = feed + 1
  }
  return lines.subarray(0, end)
}

/** Whether the first two calls of a sample, its first line one of them, are calls to a reader. */
export function readsFirstCalls(reader: LineReader, sample: Uint8Array): boolean {
  const line = emptyLine()
  let calls = 0
  for (let at = 0; at < sample.length && calls < 2; ) {
    const feed = sample.indexOf(LF, at)
    const isCall = callForm(sample, at, feed) !== undefined
    readLine(reader, sample, at, line)
    if (isCall && line.kind > EXIT && line.kind !== COMMENT) return false
    if (isCall) calls++
    at = feed + 1
  }
  return calls === 2
}

/** Whether any line behind the first one of a sample is one that `isJump`, or there is no other. */
export function goesOnBack(
  reader: LineReader,
  sample: Uint8Array,
  isJump: (line: TraceLine) => boolean,
): boolean {
  const line = emptyLine()
  let timed = 0
  for (let at = 0; at < sample.length; ) {
    at = readLine(reader, sample, at, line)
    if (line.kind > EXIT && line.kind !== COMMENT) continue
    if (++timed > 1 && isJump(line)) return true
  }
  return timed < 2
}
