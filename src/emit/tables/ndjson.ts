/**
 * Newline-delimited JSON (jsonlines.org): a line with an object for each call. The keys are the columns
 * of `call-columns.ts`; keys of notes are left out for calls without them.
 *
 * Lost: as in CSV.
 */
import type { ByteSink } from '../../base/byte-writer.js'
import { errnoOf, shownNotes } from '../../timeline/notes.js'
import { NO_TIME, printedTime } from '../../timeline/printed-time.js'
import type { CallNotes, TimelineSink } from '../../timeline/sink.js'
import type { EmitOptions } from '../format.js'
import { type RowTexts, textRows } from './text-rows.js'

export function openNdjson(out: ByteSink, { absoluteTime = false }: EmitOptions): TimelineSink {
  return textRows(out, facts => {
    const origin = absoluteTime ? printedTime(facts.origin) : NO_TIME
    return { texts: textsOf(origin.seconds >= TOO_MANY_SECONDS ? '"' : ''), origin }
  })
}

/** From here on nanoseconds exceed 2^53: many readers would lose digits of such numbers. */
const TOO_MANY_SECONDS = 9_000_000

/** `quote` is around times. */
function textsOf(quote: string): RowTexts {
  return {
    head: '',
    ts: `{"ts_ns":${quote}`,
    duration: `${quote},"dur_ns":`,
    self: ',"self_ns":',
    cpu: ',"cpu":',
    parent: ',"parent_id":',
    unknown: 'null',
    noNotes: '',
    end: '}\n',
    track: (id, { pid, comm }) =>
      `,${fields({ track: id, pid: pid ?? null, comm: comm || null })},"depth":`,
    func: ({ name, module }) => `,${fields({ func: name, module: module || null })},"id":`,
    ending: missing => `,${fields({ complete: missing === '', missing: missing || null })}`,
    notes: notesText,
  }
}

const NO_NOTES: CallNotes = { arguments: [], caller: '', returned: undefined }

function notesText(notes: CallNotes): string {
  const { arguments: list, returned, caller } = notes
  const error = errnoOf(notes)
  const args = list.length > 0 && Object.fromEntries(shownNotes({ ...NO_NOTES, arguments: list }))
  return `,${fields({
    ...(returned && { retval: returned.text }),
    ...(error !== '' && { error }),
    ...(args && { args }),
    ...(caller && { caller }),
  })}`
}

/** The inside of an object. */
function fields(object: object): string {
  return JSON.stringify(object).slice(1, -1)
}
