/**
 * CSV as in RFC 4180, except that lines end in LF: a header, and a row for each call with the columns of
 * `call-columns.ts`.
 *
 * Lost: instants, sections, counters, lost events, the facts about the trace, where calls without an
 * exit end, and the cpus that a task ran on between.
 */

import type { ByteSink } from '../../base/byte-writer.js'
import { csvField, spreadsheetField } from '../../base/csv.js'
import { errnoOf } from '../../timeline/notes.js'
import { NO_TIME, printedTime } from '../../timeline/printed-time.js'
import type { TimelineSink } from '../../timeline/sink.js'
import type { EmitOptions } from '../format.js'
import { argumentsText, callColumns } from './call-columns.js'
import { type RowTexts, textRows } from './text-rows.js'

export interface CsvOptions extends EmitOptions {
  /** Whether a text that a spreadsheet would run as a formula gets a `'` in front; false by default. */
  readonly spreadsheet?: boolean | undefined
}

export function openCsv(
  out: ByteSink,
  { absoluteTime = false, spreadsheet = false }: CsvOptions,
): TimelineSink {
  const texts = textsOf(spreadsheet ? spreadsheetField : csvField)
  return textRows(out, ({ origin }) => ({
    texts,
    origin: absoluteTime ? printedTime(origin) : NO_TIME,
  }))
}

function textsOf(field: (text: string) => string): RowTexts {
  return {
    head: `${callColumns.join(',')}\n`,
    ts: '',
    duration: ',',
    self: ',',
    cpu: ',',
    parent: ',',
    unknown: '',
    noNotes: ',,,,',
    end: '\n',
    track: (id, { pid = '', comm }) => `,${id},${pid},${field(comm)},`,
    func: ({ name, module }) => `,${field(name)},${field(module)},`,
    ending: missing => `,${missing === ''},${missing}`,
    notes(notes) {
      const { returned, caller } = notes
      const fields = [returned?.text ?? '', errnoOf(notes), argumentsText(notes), caller]
      return `,${fields.map(field).join(',')}`
    },
  }
}
