/** The contents of a call line. Scanners fill lines in; `follow` finds out what they mean. */

/** As in ../lines/trace-line.ts. */
export const ENTRY: u8 = 1
export const LEAF: u8 = 2
export const EXIT: u8 = 3

/** In place of a number that the line does not have. */
export const ABSENT: i32 = -1

@unmanaged
export class Line {
  kind: u8
  isInInterrupt: bool
  depth: i32
  func: u32
  cpu: i32
  task: i32
  /** The number under which TypeScript keeps the notes of the call; 0 for none. */
  notes: i32
  /** Where the line lies in the text. */
  begin: u32
  end: u32
  /** ABSENT without a duration. */
  duration: f64
  seconds: f64
  nanos: f64
}

/** The most lines that are scanned at a time. */
export const MOST_LINES: i32 = 256

/** Room for them, and for one more that TypeScript has scanned. */
const LINE_SIZE: i32 = 56
const lines: usize = memory.data((MOST_LINES + 1) * LINE_SIZE, 8)

export function lineAt(index: i32): Line {
  return changetype<Line>(lines + <usize>index * LINE_SIZE)
}

/** Puts a line that TypeScript has read where `follow` finds it as number `index`, or `followOther` as the last. */
export function placeLine(
  index: i32,
  kind: i32,
  isInInterrupt: bool,
  depth: i32,
  func: u32,
  duration: f64,
  cpu: i32,
  task: i32,
  seconds: f64,
  nanos: f64,
  notes: i32,
): void {
  const line = lineAt(index)
  line.kind = <u8>kind
  line.isInInterrupt = isInInterrupt
  line.depth = depth
  line.func = func
  line.duration = duration
  line.cpu = cpu
  line.task = task
  line.seconds = seconds
  line.nanos = nanos
  line.notes = notes
}

/** A line that is not among those, until the next one is asked for. */
export function otherLine(
  kind: i32,
  isInInterrupt: bool,
  depth: i32,
  func: u32,
  duration: f64,
  cpu: i32,
  task: i32,
  seconds: f64,
  nanos: f64,
  notes: i32,
): Line {
  placeLine(
    MOST_LINES,
    kind,
    isInInterrupt,
    depth,
    func,
    duration,
    cpu,
    task,
    seconds,
    nanos,
    notes,
  )
  return lineAt(MOST_LINES)
}

/**
 * Latency tracers put calls of no length at depth 0 in the middle of a stack, to mark where they
 * started and stopped (trace_graph_function): these end nothing.
 */
export function isMark(line: Line): bool {
  return line.duration === 0 && line.depth === 0
}
