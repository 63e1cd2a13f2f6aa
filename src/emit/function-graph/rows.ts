import type { Nanos, Track, TrackId } from '../../timeline/sink.js'

/** In place of a line. */
export const NO_LINE = -1

/** Timestamps are cut to the microsecond. */
export const WITHIN_MICRO = 999

/** A track, and where its lines stand. */
export interface Row {
  readonly id: TrackId
  readonly isInterrupts: boolean
  pid: number
  cpu: number
  /** By level, the line that the call begins with; NO_LINE for one without a name. */
  readonly open: number[]
  /** The entry that may become a leaf, because nothing has followed it on the row; or NO_LINE. */
  lastEntry: number
  /** The leaf that it became, as long as nothing follows it on the row. */
  lastLeaf: number
  leafDuration: Nanos
  /** Where the call of that line begins, and where its cpu switched to another row. */
  begunAt: Nanos
  leftAt: Nanos
  /** Where the first UNNAMED call since the last line began; -1 if there is none. */
  bridgedAt: Nanos
  /** For an interrupt: the row among whose lines its own stand, and the depth there. */
  host: Row
  base: number
  /** Ends of sections that wait until the row reaches their time. */
  readonly waiting: { readonly at: Nanos; readonly text: string }[]
}

export function newRow(id: TrackId, { cpu = -1, isInterrupts = false }: Track): Row {
  const row: Omit<Row, 'host'> = {
    id,
    isInterrupts,
    pid: 0,
    cpu,
    open: [],
    lastEntry: NO_LINE,
    lastLeaf: NO_LINE,
    leafDuration: 0,
    begunAt: 0,
    leftAt: 0,
    bridgedAt: -1,
    base: 0,
    waiting: [],
  }
  return Object.assign(row, { host: row as Row })
}

/** A leaf ends its duration after its begin, and before its cpu does anything else. */
export function isLeaf({ host: { begunAt, leftAt } }: Row, at: Nanos, duration: Nanos): boolean {
  return at === begunAt + duration && at <= leftAt + WITHIN_MICRO
}
