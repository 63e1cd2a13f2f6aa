/**
 * fgraph as a library: reads Linux function_graph text into a timeline and writes timelines in the
 * formats of profilers. Nothing here needs Node; files, pipes and gzip are in `fgraph/node`.
 *
 *     import { formats, TraceReader } from 'fgraph'
 *
 *     const openFolded = await formats.find(({ name }) => name === 'folded').load()
 *     const reader = new TraceReader(openFolded(write, { title: 'trace', root: 'none' }))
 *     reader.push(bytes)
 *     reader.endInput()
 *     const summary = reader.finish()
 */
export type { ByteSink } from './base/byte-writer.js'
export {
  type Diagnostic,
  type DiagnosticName,
  diagnosticKinds,
  type Severity,
} from './base/diagnostics.js'
export { UserError } from './base/user-error.js'
export { type ConvertOptions, convert, type Destination, type Source } from './convert.js'
export {
  type EmitOptions,
  type FoldedRoot,
  type Format,
  type FormatName,
  formats,
  type MemoryClass,
  type Open,
} from './emit/formats.js'
export { type Dialect, type DialectName, dialects } from './ingest/dialects.js'
export { TraceReader } from './ingest/trace-reader.js'
export type { LineCounts, TraceSummary } from './ingest/trace-summary.js'
export { CallTree, type NodeId } from './timeline/call-tree.js'
export { checked } from './timeline/checked.js'
export { functionName, trackName } from './timeline/names.js'
export { Recording } from './timeline/recording.js'
export {
  type Clock,
  type FunctionId,
  type KernelFunction,
  type Nanos,
  type TimelineSink,
  type TraceFacts,
  type Track,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from './timeline/sink.js'
export { type Grouping, type StackGroup, StackWeights } from './timeline/stack-weights.js'
export { tee } from './timeline/tee.js'
