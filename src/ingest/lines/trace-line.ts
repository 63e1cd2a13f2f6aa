/** What a line of a trace says, before anyone asks what it means. */
import type { CallNotes } from '../../timeline/sink.js'

/** `foo() {` */
export const ENTRY = 1
/** `foo();` */
export const LEAF = 2
/** A closing brace, with or without the name of what it closes. */
export const EXIT = 3
/** ` 0)  bash-133  =>  python3-215`: another task runs on the cpu from here on. */
export const SWITCH = 4
/** An event or a marker inside the graph. */
export const COMMENT = 5
/** A further line of the comment, or a further frame of the stack before. */
export const CONTINUATION = 6
/** `CPU:1 [LOST 5 EVENTS]` */
export const LOST = 7
/** A line of the file's header, or any other line that starts with `#`. */
export const HEADER = 8
/** Another capture begins: what comes next may have another dialect or layout. */
export const CAPTURE = 9
/** The frames of a stack follow, each a CONTINUATION: of the event before, if that is its cpu's. */
export const STACK = 10
/** `==========>`: what the cpu calls next is an interrupt. */
export const ARROW = 13
/** A line of known form that says nothing about calls: blank, rule, arrow, banner. */
export const OTHER = 11
export const UNRECOGNIZED = 12

export type LineKind =
  | typeof ENTRY
  | typeof LEAF
  | typeof EXIT
  | typeof SWITCH
  | typeof COMMENT
  | typeof CONTINUATION
  | typeof LOST
  | typeof HEADER
  | typeof CAPTURE
  | typeof STACK
  | typeof ARROW
  | typeof OTHER
  | typeof UNRECOGNIZED

/** In place of a number that the line does not have. */
export const ABSENT = -1

/**
 * One line, as a dialect fills it in. A single record is used for all lines: what a kind of line
 * does not have keeps the value of some line before.
 */
export interface TraceLine {
  kind: LineKind
  /** ABSENT without a cpu column. */
  cpu: number
  /** Task id from the task column; ABSENT without one. */
  task: number
  /** The time as printed, split so that no digit is lost: whole seconds... */
  seconds: number
  /** ...and nanoseconds within the second. */
  nanos: number
  depth: number
  /** The flags of the line say that an interrupt was being served. */
  isInInterrupt: boolean
  /** Function id of an entry or leaf, or what the note of an exit names: 0 if it names nothing. */
  func: number
  /** Printed duration in nanoseconds; ABSENT without a duration column. */
  duration: number
  /** ENTRY, LEAF, EXIT: the line says more of the call than its name, in the spans that follow. */
  hasNotes: boolean
  /** If it does, and somebody wants to know, what it says. */
  notes: CallNotes | undefined
  /** What stands between the parentheses; as every span here, empty if it is not there. */
  argsStart: number
  argsEnd: number
  /** Where the call came from: `foo+0x18/0x7a [module]`. */
  callerStart: number
  callerEnd: number
  /** What it returned: `-22`, `0x0`. */
  returnedStart: number
  returnedEnd: number
  /** SWITCH: task ids. */
  from: number
  to: number
  /** LOST: how many events, 0 if it does not say. */
  events: number
  /** COMMENT, CONTINUATION: where the text lies in the bytes read, `name: text` if it has a name. */
  textStart: number
  textEnd: number
}

/** A record to fill in. The times are no integers, so that they need not become boxed later. */
export function emptyLine(): TraceLine {
  return {
    kind: UNRECOGNIZED,
    cpu: ABSENT,
    task: ABSENT,
    seconds: Number.NaN,
    nanos: Number.NaN,
    depth: 0,
    isInInterrupt: false,
    func: 0,
    duration: Number.NaN,
    hasNotes: false,
    notes: undefined,
    argsStart: 0,
    argsEnd: 0,
    callerStart: 0,
    callerEnd: 0,
    returnedStart: 0,
    returnedEnd: 0,
    from: ABSENT,
    to: ABSENT,
    events: 0,
    textStart: 0,
    textEnd: 0,
  }
}

/** A call on which nothing is noted. */
export function clearNotes(line: TraceLine): void {
  line.hasNotes = false
  line.argsStart = line.argsEnd = 0
  line.callerStart = line.callerEnd = 0
  line.returnedStart = line.returnedEnd = 0
}

/** Makes the spans of a line lie `distance` further on. */
export function moveSpans(line: TraceLine, distance: number): void {
  line.textStart += distance
  line.textEnd += distance
  line.argsStart += distance
  line.argsEnd += distance
  line.callerStart += distance
  line.callerEnd += distance
  line.returnedStart += distance
  line.returnedEnd += distance
}

/** The time as printed: `606.478818`. */
export function timeText({ seconds, nanos }: Pick<TraceLine, 'seconds' | 'nanos'>): string {
  return `${seconds}.${String(nanos).padStart(9, '0').replace(/000$/, '')}`
}
