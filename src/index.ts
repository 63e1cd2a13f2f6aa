/**
 * fgraph as a library: reads Linux function_graph text into a timeline and writes timelines in the
 * formats of profilers. Nothing here needs Node; files, pipes and unpacking are in `fgraph/node`.
 *
 *     import { formats, TraceReader } from 'fgraph'
 *
 *     const openFolded = await formats.find(({ name }) => name === 'folded').load()
 *     const reader = new TraceReader(openFolded(write, { title: 'trace' }))
 *     reader.push(bytes)
 *     reader.endInput()
 *     const summary = reader.finish()
 */
export { CallStatistics } from './analyze/call-statistics.js'
export { type BlockStore, blocksInMemory } from './base/block-store.js'
export type { ByteSink } from './base/byte-writer.js'
export {
  type Diagnostic,
  type DiagnosticName,
  diagnosticKinds,
  type Severity,
} from './base/diagnostics.js'
export { UserError } from './base/user-error.js'
export { type ConvertOptions, convert, type Destination, read, type Source } from './convert.js'
export type { ChromeOptions } from './emit/chrome.js'
export type { DotOptions } from './emit/dot.js'
export type { FlamegraphOptions } from './emit/flamegraph/flamegraph.js'
export type { FoldedOptions, FoldedWeight, ModulesShown } from './emit/folded/folded.js'
export type { EmitOptions, Format, MemoryClass, Open } from './emit/format.js'
export { type FormatName, type FormatOptions, formats } from './emit/formats.js'
export type { PprofOptions } from './emit/pprof/pprof.js'
export type { StackRoot } from './emit/stack-roots.js'
export type { Context } from './filter/contexts.js'
export { type Moment, type TimeRange, timeRange } from './filter/time-range.js'
export { type FilterOptions, type Miss, TraceFilters } from './filter/trace-filters.js'
export type { InterruptsShown } from './ingest/calls/interrupts.js'
export type { SleepShown, TracksShown } from './ingest/calls/stacks.js'
export type { Dialect } from './ingest/dialect.js'
export { type DialectName, dialects } from './ingest/dialects.js'
export { type ReadOptions, TraceReader } from './ingest/trace-reader.js'
export type { LineCounts, TraceSummary } from './ingest/trace-summary.js'
export { checked } from './timeline/checked.js'
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
export { ignored, sendCallEvents, tee } from './timeline/sinks/index.js'
export {
  CallTree,
  type Grouping,
  type NodeId,
  type StackGroup,
  StackWeights,
} from './timeline/stacks/index.js'
