/**
 * fgraph as a library: reads Linux function_graph text into a timeline, and writes timelines in the
 * formats of profilers. It runs in Node and in browsers; files, pipes and unpacking are in
 * `fgraph/node`, reading on a second thread in `fgraph/threads`.
 *
 *     import { calls, convert, errors, report } from 'fgraph'
 *
 *     // Folded stacks, for flamegraph.pl. A trace is text, bytes, or chunks that are cut anywhere.
 *     export async function foldedStacks(trace: AsyncIterable<Uint8Array>) {
 *       return new TextDecoder().decode(await convert(trace, 'folded'))
 *     }
 *
 *     // The calls that take longer than so many nanoseconds, as they end.
 *     export async function slowCalls(trace: AsyncIterable<Uint8Array>, nanos: number) {
 *       const slow: string[] = []
 *       for await (const { func, duration = 0 } of calls(trace)) {
 *         if (duration > nanos) slow.push(`${func} ${duration}`)
 *       }
 *       return slow
 *     }
 *
 *     // The functions of a module that take the most time.
 *     export async function busiest(trace: AsyncIterable<Uint8Array>, module: string) {
 *       const rows = await report(trace, { filters: { modules: [module] } })
 *       return rows.slice(0, 2).map(({ name, total_ns }) => `${name} ${total_ns}`)
 *     }
 *
 *     // Which functions bore the errors that system calls returned.
 *     export async function refusals(trace: AsyncIterable<Uint8Array>) {
 *       const surfaced = (await errors(trace)).filter(each => each.surfaced > 0)
 *       return surfaced.map(({ name, error }) => `${name} ${error}`)
 *     }
 *
 * A sink of your own, any object with the methods of `TimelineSink`, can take the place of a format's.
 */
import { type DialectName, inputForms } from './ingest/dialects.js'

/** A form of text, or of a file, that fgraph reads. */
export interface Dialect {
  readonly name: DialectName
  /** What the text is, in one line. */
  readonly summary: string
  /** The commands that record such text. */
  readonly recording: string
}

/** All dialects, in the order in which a `TraceReader` tries them. */
export const dialects: readonly Dialect[] = inputForms

export type { CallRow, GroupedBy, Subject } from './analyze/call-row.js'
export {
  CallStatistics,
  type StatisticsOptions,
  type SubjectRow,
} from './analyze/call-statistics.js'
export type { Bucket, Distribution, Estimate } from './analyze/distribution.js'
export type { ErrorDocument, ErrorRow, ErrorWayStep } from './analyze/error-document.js'
export {
  type EarlierCall,
  type ErrorDoubt,
  type ErrorExample,
  type ErrorOptions,
  type ErrorOrigin,
  ErrorOrigins,
  type ErrorStep,
  type Outcome,
} from './analyze/error-origins.js'
export type { ReportRow } from './analyze/report.js'
export { type BlockStore, blocksInMemory } from './base/block-store.js'
export type { ByteSink } from './base/byte-writer.js'
export { type BytesAt, bytesInMemory } from './base/bytes-at.js'
export {
  type Diagnostic,
  type DiagnosticName,
  diagnosticKinds,
  type Severity,
} from './base/diagnostics.js'
export { UserError } from './base/user-error.js'
export {
  type ConvertOptions,
  convertTo,
  type Destination,
  type Reader,
  type RunOptions,
  read,
  type Source,
} from './convert.js'
export type { ChromeOptions } from './emit/chrome.js'
export type { DotOptions } from './emit/dot.js'

export type { FoldedOptions, FoldedWeight, ModulesShown } from './emit/folded/folded.js'
export type { EmitOptions, Format, MemoryClass, Open } from './emit/format.js'
export { type FormatName, type FormatOptions, formats } from './emit/formats.js'
export type { Gzip, GzipOptions } from './emit/gzip.js'
export type { HtmlOptions } from './emit/html/html.js'
export type { PageOptions } from './emit/html/page-rows.js'
export type { StackRoot, StackRootOptions } from './emit/stack-roots.js'
export type { CsvOptions } from './emit/tables/csv.js'
export type { Removal } from './filter/call-sink.js'
export { type Moment, type TimeRange, timeRange } from './filter/time-range.js'
export type { TraceSource } from './filter/trace-cursor.js'
export {
  type FilterOptions,
  type FunctionOption,
  type Miss,
  TraceFilters,
} from './filter/trace-filters.js'
export type { InterruptsShown } from './ingest/calls/interrupts.js'
export type { SleepShown, TracksShown } from './ingest/calls/stacks.js'
export type { DialectName } from './ingest/dialects.js'
export type { NotesWanted } from './ingest/lines/call-notes.js'
export type { Task } from './ingest/lines/task-cells.js'
export {
  type CaptureText,
  type ReadingPlace,
  type ReadOptions,
  type RecordingOptions,
  TraceReader,
} from './ingest/trace-reader.js'
export type {
  CallCounts,
  CaptureSummary,
  LineCounts,
  RecordingFacts,
  TraceSummary,
} from './ingest/trace-summary.js'
export {
  calls,
  convert,
  convertInBlocks,
  diff,
  type ErrorsOptions,
  errors,
  type InputOptions,
  type OutputOptions,
  type ReportOptions,
  report,
  type TraceCall,
  type TraceInput,
} from './library.js'
export { checked } from './timeline/checked.js'
export type { FunctionPattern } from './timeline/function-pattern.js'
export type { Context } from './timeline/interrupt-functions.js'
export { Recording } from './timeline/logs/index.js'
export { functionName, trackName } from './timeline/names.js'
export { type Shown, shownNotes } from './timeline/notes.js'
export {
  type Argument,
  type CallEvents,
  type CallNotes,
  type Clock,
  type FunctionId,
  type KernelFunction,
  type Lane,
  type LaneId,
  type LaneKind,
  type Nanos,
  type TimelineSink,
  type TraceFacts,
  type TraceStart,
  type Track,
  type TrackId,
  UNMEASURED,
  UNNAMED,
  type Value,
} from './timeline/sink.js'
export { ignored, type LeftOut, sendCallEvents, tee } from './timeline/sinks/index.js'
export {
  CallTree,
  type Grouping,
  type NodeId,
  type StackGroup,
  type StackTotals,
  StackWeights,
} from './timeline/stacks/index.js'
