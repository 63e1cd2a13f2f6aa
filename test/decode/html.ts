import { gunzipSync } from 'node:zlib'
import { decodeTrace, type Group, type Trace } from '../../src/emit/browser/page/data.js'
import { notesOf } from '../../src/emit/browser/page/notes.js'
import { functionName } from '../../src/timeline/names.js'
import { shownNotes } from '../../src/timeline/notes.js'
import type { CallNotes } from '../../src/timeline/sink.js'

/** The data of a page, by the page's own reading. */
export function decodeHtml(page: Uint8Array): Trace {
  const text = new TextDecoder().decode(page)
  const [, base64 = ''] =
    /<script type="application\/octet-stream" id="trace">([^<]*)</.exec(text) ?? []
  return decodeTrace(gunzipSync(Buffer.from(base64, 'base64')))
}

/** The page without what is the same in each, and the data in it line by line. */
export function printHtml(page: Uint8Array): string {
  const document = new TextDecoder()
    .decode(page)
    .replace(/<(style|script)( [^>]*)?>[^<]*.*?<\/\1>/gs, '<$1$2>...</$1>')
  const trace = decodeHtml(page)
  const { title, facts, losses } = trace
  return [
    document.trimEnd(),
    JSON.stringify({ title, facts, losses }),
    ...trace.groups.flatMap(group => [
      `${group.kind} ${group.name}${group.cpu === undefined ? '' : ` cpu ${group.cpu}`}`,
      ...group.moves.map(({ at, cpu }) => `  ${at} moves to cpu ${cpu}`),
      ...(group.steps?.positions.map((at, i) => `  ${at} ${group.steps?.values[i]}`) ?? []),
      ...[...group.instants].map(instant => instantLine(trace, instant)),
      ...Array.from({ length: group.last - group.first }, (_, i) =>
        spanLine(trace, group, group.first + i),
      ),
    ]),
    '',
  ].join('\n')
}

export function nameOf({ spans, functions, texts }: Trace, { kind }: Group, span: number): string {
  const name = spans.names[span]
  return kind === 'calls' ? functionName(functions[name]) : `${texts[name]}`
}

/** `key<tab>value`, line by line. */
export function notesLines(notes: CallNotes | undefined): string {
  const shown = notes ? shownNotes(notes) : []
  return shown.map(([key, value]) => `${key}\t${value}`).join('\n')
}

function spanLine(trace: Trace, group: Group, span: number): string {
  const { begins, ends, durations, depths } = trace.spans
  const notes = notesOf(trace, span)
  const duration = durations[span]
  const parts = [
    '  '.repeat(depths[span] + 1) + nameOf(trace, group, span),
    `${begins[span]}..${ends[span]}`,
    duration < 0 ? 'incomplete' : String(duration),
    trace.lates.has(span) && 'began before',
    notes && JSON.stringify(notesLines(notes)),
  ]
  return parts.filter(Boolean).join(' ')
}

function instantLine({ instants, texts }: Trace, instant: number): string {
  const columns = [instants.names, instants.texts, instants.stacks]
  const parts = columns.map(column => texts[column[instant]]).filter(Boolean)
  return `  ${instants.begins[instant]} ${parts.map(part => JSON.stringify(part)).join(' ')}`
}
