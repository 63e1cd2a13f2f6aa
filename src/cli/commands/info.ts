import type { Argv } from 'yargs'
import type { TraceFilters } from '../../filter/trace-filters.js'
import type { CaptureSummary, RecordingFacts, TraceSummary } from '../../ingest/trace-summary.js'
import { ignored } from '../../timeline/sinks/index.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { inputOption } from '../options/inputs.js'
import { readingOptions } from '../options/reading-options.js'
import { readTraces } from '../read-traces.js'
import { filterText } from '../text/filter-summary.js'
import {
  callsText,
  contentRows,
  diagnosticRows,
  filterRows,
  type Row,
  spanText,
} from '../text/summary.js'
import { labelledLines } from '../text/table.js'
import { count, duration, percentText } from '../text/units.js'

export const examples = [
  ['fgraph info trace.txt', 'what is in a trace, and what is odd about it'],
  ['fgraph info trace.txt --json | jq .calls', 'the same for programs'],
  ['fgraph info trace.dat', 'the file of trace-cmd record: its kernel, clock and buffers'],
] as const

export const notes = filterNote

export function options(yargs: Argv) {
  return yargs
    .positional('trace', inputOption)
    .options(filterOptions)
    .options(readingOptions)
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
}

export async function run(
  args: Awaited<ReturnType<typeof options>['argv']>,
  io: Io,
): Promise<number> {
  const reading = readingOf(args)
  const summary = await readTraces(args.trace, { ...ignored, callEvents() {} }, reading, io)
  const input = args.trace.join(', ') || '-'
  io.stdout.write(
    args.json
      ? json(input, summary, reading.filters)
      : page(input, summary, reading.filters, io.stdout.columns),
  )
  return exitCodes.done
}

function json(input: string, summary: TraceSummary, { removals, left }: TraceFilters): string {
  const { dialect, undone, columns, clock, lines, cpus, tasks, calls, time, moved, extents, span } =
    summary
  const document = {
    input,
    dialect,
    undone,
    columns,
    clock,
    lines,
    cpus,
    tasks,
    calls,
    time: {
      roots_ns: time.roots,
      without_entry_ns: time.withoutEntry,
      without_exit_ns: time.withoutExit,
    },
    moved: { calls: moved.calls, furthest_ns: moved.furthest },
    extents: {
      longer_by_sleep: extents.longerBySleep,
      longer_by_callees: extents.longerByCallees,
      shorter: extents.shorter,
      largest_ns: extents.largest,
    },
    span_ns: span,
    lost_events: summary.lostEvents,
    lost_share: lostShare(summary),
    captures: summary.captures.map(captureDocument),
    ...(summary.recordings && { recordings: summary.recordings.map(recordingDocument) }),
    ...(removals.length > 0 && { filters: { left_calls: left, removed_calls: removals } }),
    diagnostics: summary.diagnostics,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function captureDocument({
  number,
  dialect,
  columns,
  clock,
  origin,
  calls,
  ...where
}: CaptureSummary) {
  return {
    number,
    ...(where.buffer !== undefined && { buffer: where.buffer }),
    first_line: where.firstLine,
    lines: where.lines,
    dialect,
    columns,
    clock,
    origin,
    calls,
    begin_ns: where.begin,
    span_ns: where.span,
  }
}

function recordingDocument({ traceCmd, buffers, ...facts }: RecordingFacts) {
  const { version, compression, kernel, clock, overruns } = facts
  return {
    version,
    compression,
    kernel,
    trace_cmd: traceCmd,
    clock,
    buffers: buffers.map(({ name, cpus, isRead }) => ({ name, cpus, read: isRead })),
    overruns,
  }
}

/** Facts that each trace.dat knows of itself. */
function recordingRows({ recordings = [] }: TraceSummary): Row[] {
  return recordings.flatMap(({ version, compression, kernel, traceCmd, clock, ...facts }) => {
    const made = traceCmd === '' ? '' : `, by trace-cmd ${traceCmd}`
    return [
      ['file', `version ${version}, compression ${compression}${made}`],
      ...(kernel === '' ? [] : [['kernel', kernel] as const]),
      ['buffers', `${facts.buffers.map(bufferText).join('; ')}; clock ${clock || 'unknown'}`],
      ...overrunRows(facts),
    ]
  })
}

/** `top: cpus 0, 1`, `foo: cpus 0, not read (--buffer foo)` */
function bufferText({ name, cpus, isRead }: RecordingFacts['buffers'][number]): string {
  const where = cpus.length > 0 ? `cpus ${cpus.join(', ')}` : 'text'
  return `${name || 'top'}: ${where}${isRead ? '' : `, not read (--buffer ${name || 'all'})`}`
}

function overrunRows({ overruns }: Pick<RecordingFacts, 'overruns'>): Row[] {
  if (overruns.length === 0) return []
  const cpus = overruns.map(({ cpu, events }) => `${count(events)} on cpu ${cpu}`)
  return [['overruns', `${cpus.join(', ')}: events that newer ones had overwritten`]]
}

/** A row for each capture, if there are several: what `FILE#2` would read. */
function captureRows({ captures }: TraceSummary): Row[] {
  if (captures.length < 2) return []
  return captures.map(({ number, firstLine, lines, dialect, buffer, columns, calls, ...times }) => {
    const where = `${buffer === undefined ? 'lines' : `${buffer || 'top'}, records`} ${firstLine}-${firstLine + lines - 1}`
    const form = columns.length > 0 ? `${dialect}: ${columns.join(', ')}` : dialect
    return [`#${number}`, [where, callsText(calls), spanText(times), form].join('; ')]
  })
}

/** Lost events as a share of all events, lost or not. A leaf is two events. */
function lostShare({ lines, lostEvents }: TraceSummary): number {
  const seen = lines.entry + lines.exit + lines.leaf * 2 + lines.comment
  return lostEvents === 0 ? 0 : lostEvents / (lostEvents + seen)
}

function lostText(summary: TraceSummary): string {
  const { lostEvents, lines } = summary
  if (lostEvents === 0) return lines.lost > 0 ? 'some events, of unknown number' : 'no events'
  return `${count(lostEvents)} events, ${percentText(lostShare(summary))} of all`
}

function timeText({ time: { roots, withoutEntry, withoutExit } }: TraceSummary): string {
  const all = roots + withoutExit
  const parts = [
    [roots - withoutEntry, 'of calls that are whole'],
    [withoutEntry, 'of calls that began before'],
    [withoutExit, 'of calls without an exit'],
  ] as const
  const shares = parts
    .filter(([nanos]) => nanos > 0)
    .map(([nanos, what]) => `${percentText(nanos / all)} ${what}`)
  return [`${duration(all)} in calls`, ...shares].join(', ')
}

function movedText({ moved, clock }: TraceSummary): string {
  if (clock !== 'timestamps') return 'all calls: positions are not those of the recording'
  if (moved.calls === 0) return 'no calls'
  return `${count(moved.calls)} calls, by up to ${duration(moved.furthest)}`
}

function extentsText({ extents }: TraceSummary): string {
  const { longerBySleep, longerByCallees, shorter, largest } = extents
  const calls = longerBySleep + longerByCallees + shorter
  if (calls === 0) return 'as printed'
  const parts = [
    [longerBySleep, 'longer, for time asleep is not in the printed durations'],
    [longerByCallees, 'longer, for callees take longer'],
    [shorter, 'shorter, for they began before their entry was recorded'],
  ] as const
  const reasons = parts
    .filter(([count]) => count > 0)
    .map(([number, reason]) => `${count(number)} ${reason}`)
  const all = `${count(calls)} calls are not as long as printed, by up to ${duration(largest)}`
  return `${all}: ${reasons.join('; ')}`
}

function page(
  input: string,
  summary: TraceSummary,
  filters: TraceFilters,
  width: number | undefined,
): string {
  const { total, ...kinds } = summary.lines
  const present = Object.entries(kinds).filter(([, lines]) => lines > 0)
  const tasks = summary.tasks.map(({ pid, comm }) => `${comm}-${pid}`)
  return labelledLines(
    [
      ['input', input === '-' ? 'standard input' : input],
      ['dialect', [summary.dialect, ...summary.undone].join(', ')],
      ...recordingRows(summary),
      ['columns', summary.columns.join(', ')],
      ['clock', summary.clock],
      [
        summary.recordings ? 'records' : 'lines',
        `${count(total)}: ${present.map(([kind, n]) => `${count(n)} ${kind}`).join(', ')}`,
      ],
      ['cpus', summary.cpus.join(', ') || 'not named'],
      ['tasks', tasks.join(', ') || 'not named'],
      ...captureRows(summary),
      ...contentRows(summary),
      ['time', timeText(summary)],
      ['moved', movedText(summary)],
      ['extents', extentsText(summary)],
      ['lost', lostText(summary)],
      ...filterRows(filterText(filters)),
      ...diagnosticRows(summary.diagnostics),
    ],
    width,
  )
}
