import { UserError } from '../base/user-error.js'
import { parseDuration } from '../timeline/duration-text.js'
import { printedTime, totalNanos } from '../timeline/printed-time.js'
import type { Nanos } from '../timeline/sink.js'

/** A part of a trace's time. An undefined moment leaves that side open. */
export interface TimeRange {
  /** As the user wrote it. */
  readonly text: string
  readonly from: Moment | undefined
  readonly to: Moment | undefined
}

/** One end of a range. */
export type Moment =
  /** Time since the beginning of the trace. */
  | { readonly since: Nanos }
  /** A timestamp as the trace prints it, in nanoseconds. */
  | { readonly printed: bigint }

/**
 * Parses a range. `1.5s~2s`, with units, counts from the beginning of the trace; `606.478818~606.5`
 * are timestamps as the trace prints them. Either side may be left out.
 */
export function timeRange(text: string): TimeRange {
  const [, from, to] = /^([^~]*)~([^~]*)$/.exec(text) ?? []
  const moments = [from, to].map(side => (side?.trim() === '' ? undefined : moment(side)))
  const isEmpty = moments.every(side => side === undefined)
  if (isEmpty || moments.includes(WRONG)) {
    throw new UserError(
      `'${text}' is not a range of time; write 1.5ms~2ms for times from the start, or 606.478~606.5 as the trace prints them; one side may be left out`,
    )
  }
  return { text, from: moments[0] as Moment | undefined, to: moments[1] as Moment | undefined }
}

/** The bounds of a range in the times of a timeline that begins at the timestamp `origin`. */
export function boundsOf({ text, from, to }: TimeRange, origin: string): Bounds {
  const position = (moment: Moment) => {
    if ('since' in moment) return moment.since
    if (origin !== '') return Number(moment.printed - totalNanos(printedTime(origin)))
    throw new UserError(
      `'${text}': the trace has no timestamps; give times since its beginning, with units, such as 1.5ms~2ms`,
    )
  }
  const bounds = {
    from: from ? position(from) : 0,
    to: to ? position(to) : Number.POSITIVE_INFINITY,
  }
  if (bounds.from < bounds.to) return bounds
  throw new UserError(`'${text}': ends before it begins; give the earlier time first`)
}

/** `from` is inside, `to` is not. */
export interface Bounds {
  readonly from: Nanos
  readonly to: Nanos
}

const WRONG = 'wrong'

function moment(text: string | undefined): Moment | typeof WRONG {
  const trimmed = text?.trim() ?? ''
  if (trimmed === '0') return { since: 0 }
  if (/^\d+(\.\d{1,9})?$/.test(trimmed)) return { printed: totalNanos(printedTime(trimmed)) }
  const since = /\D$/.test(trimmed) ? parseDuration(trimmed) : undefined
  return since === undefined ? WRONG : { since }
}
