/** The contents of a line of a trace; `calls/` and the engine know what it means. */
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
/** A further line of a COMMENT, or a frame of a STACK. */
export const CONTINUATION = 6
/** `CPU:1 [LOST 5 EVENTS]` */
export const LOST = 7
/** A line of the file's header, or any other line that starts with `#`. */
export const HEADER = 8
/** Another capture begins: the lines behind this one may have another dialect or layout. */
export const CAPTURE = 9
/** The head of a stack, whose frames are CONTINUATIONs. It belongs to the event before on its cpu. */
export const STACK = 10
/** `==========>`: the next call of the cpu serves an interrupt. */
export const ARROW = 13
/** A line of known form that says nothing about calls: empty, rule, banner. */
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
 * One line, as a dialect's reader fills it in. All lines share a single record, which `blankLine`
 * clears before each: a reader sets `kind` and what the line has, and need not think of the rest.
 *
 * | kind                     | to set, where the columns have it                                  |
 * |--------------------------|--------------------------------------------------------------------|
 * | ENTRY, LEAF, EXIT        | depth, func, cpu, task, time; LEAF and EXIT duration; notes' spans |
 * | SWITCH                   | cpu, from, to                                                      |
 * | COMMENT                  | cpu, task, time, text                                              |
 * | STACK                    | cpu, task, time                                                    |
 * | CONTINUATION             | text                                                               |
 * | LOST                     | cpu, events                                                        |
 * | ARROW                    | cpu                                                                |
 * | HEADER, CAPTURE, OTHER   | nothing                                                            |
 * | UNRECOGNIZED             | nothing: a blank line is one                                       |
 */
export interface TraceLine {
  kind: LineKind
  /** ABSENT without a cpu column. */
  cpu: number
  /** Id from `Tasks`; ABSENT without a task column. */
  task: number
  /**
   * The time as printed, in two parts so that no digit is lost: whole seconds, and nanoseconds
   * within the second. A line that prints none keeps the time of the line before.
   */
  seconds: number
  nanos: number
  /** How many calls of the task are around this one. */
  depth: number
  /** The flags say that the cpu was serving an interrupt. */
  isInInterrupt: boolean
  /** Id from the interner of functions; 0 where an exit has no name. */
  func: number
  /** The printed duration in nanoseconds; ABSENT without a duration column. */
  duration: number
  /**
   * The line notes more on its call than the name: arguments, the caller, the value returned. Each
   * is a span of the bytes, empty where it is not printed.
   */
  hasNotes: boolean
  /** `a=1, b=0x2`, from between the parentheses. */
  argsStart: number
  argsEnd: number
  /** `foo+0x18/0x7a [module]` */
  callerStart: number
  callerEnd: number
  /** `-22`, `0x0` */
  returnedStart: number
  returnedEnd: number
  /** Those spans as values. Readers leave this to `readNotes`. */
  notes: CallNotes | undefined
  /** Ids from `Tasks`. */
  from: number
  to: number
  /** How many events are lost; 0 if the line does not say. */
  events: number
  /** The text, a span of the bytes: `name: text` if the event has a name. */
  textStart: number
  textEnd: number
}

/** A record to fill in. Times start as NaN: the engine of JavaScript then keeps them as doubles, unboxed. */
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
    argsStart: 0,
    argsEnd: 0,
    callerStart: 0,
    callerEnd: 0,
    returnedStart: 0,
    returnedEnd: 0,
    notes: undefined,
    from: ABSENT,
    to: ABSENT,
    events: 0,
    textStart: 0,
    textEnd: 0,
  }
}

/** Clears all but the time: a line that prints none happened after the line before. */
export function blankLine(line: TraceLine): void {
  line.kind = UNRECOGNIZED
  line.cpu = line.task = ABSENT
  line.depth = 0
  line.isInInterrupt = false
  line.func = 0
  line.duration = ABSENT
  clearNotes(line)
  line.notes = undefined
  line.from = line.to = ABSENT
  line.events = 0
  line.textStart = line.textEnd = 0
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

/** A timestamp: whole seconds, and nanoseconds within the second. */
export type Timestamp = Pick<TraceLine, 'seconds' | 'nanos'>

/** The time of a timestamp whose ticks are so many nanoseconds; to the microsecond, if those are many. */
export function scaledTime({ seconds, nanos }: Timestamp, scale: number): Timestamp {
  const whole = Math.floor(seconds * scale)
  const rest = Math.round((seconds * scale - whole) * 1e9 + nanos * scale)
  return { seconds: whole + Math.floor(rest / 1e9), nanos: rest % 1e9 }
}

/** The time as printed: `606.478818`. */
export function timeText({ seconds, nanos }: Timestamp): string {
  return `${seconds}.${String(nanos).padStart(9, '0').replace(/000$/, '')}`
}
