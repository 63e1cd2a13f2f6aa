import { functionName, trackName } from '../timeline/names.js'
import { type Shown, shownNotes } from '../timeline/notes.js'
import type { ErrorDoubt, ErrorOrigin, ErrorOrigins, ErrorStep, Outcome } from './error-origins.js'

/** An origin as a row of a table, or several of them. */
export interface ErrorRow {
  readonly count: number
  readonly error: string
  readonly name: string
  readonly module: string
  readonly surfaced: number
  readonly swallowed: number
  readonly unknown: number
  readonly task: string
  readonly line: number | null
  /** Functions, from the one that called the origin. */
  readonly way: readonly string[]
  readonly doubtful: ErrorDoubt | null
}

/** An origin with its example. */
export function originRow(origin: ErrorOrigin, { functions, tracks }: ErrorOrigins): ErrorRow {
  const { func, error, outcomes, example, doubt } = origin
  return {
    ...{ count: origin.count, error, ...functions[func], ...outcomes },
    task: trackName(tracks[example.track]),
    line: example.line || null,
    way: example.way.slice(1).map(step => functionName(functions[step.func])),
    doubtful: doubt ?? null,
  }
}

/** What `fgraph errors --json` has of an origin. */
export interface ErrorDocument extends ErrorRow {
  /** How often it was swallowed by which function. */
  readonly swallowed_by: Readonly<Record<string, number>>
  /** How often it was turned into which error. */
  readonly turned_into: Readonly<Record<string, number>>
  /** How often it was born in which task. */
  readonly tasks: Readonly<Record<string, number>>
  readonly example: {
    readonly outcome: Outcome
    /** Where the origin began. */
    readonly begin_ns: number
    /** The origin first. */
    readonly way: readonly ErrorWayStep[]
    /** The notes of the origin. */
    readonly arguments: Readonly<Record<string, Shown>>
  }
}

/** A call on the way of an error, for programs. */
export interface ErrorWayStep {
  readonly name: string
  readonly module: string
  readonly error: string | null
  /** As printed. */
  readonly returned: string | null
}

/** An origin for programs. */
export function originDocument(origin: ErrorOrigin, errors: ErrorOrigins): ErrorDocument {
  const { functions, tracks } = errors
  const { example, swallowed, turned, tasks } = origin
  const named = <Key>(counts: ReadonlyMap<Key, number>, name: (key: Key) => string) =>
    Object.fromEntries([...counts].map(([key, times]) => [name(key), times]))
  const noted = ({ func, error, notes }: ErrorStep): ErrorWayStep => ({
    name: functions[func].name,
    module: functions[func].module,
    error: error || null,
    returned: notes?.returned?.text ?? null,
  })
  return {
    ...originRow(origin, errors),
    swallowed_by: named(swallowed, func => functionName(functions[func])),
    turned_into: named(turned, error => error),
    tasks: named(tasks, track => trackName(tracks[track])),
    example: {
      outcome: example.outcome,
      begin_ns: example.begin,
      way: example.way.map(noted),
      arguments: Object.fromEntries(example.way[0].notes ? shownNotes(example.way[0].notes) : []),
    },
  }
}
