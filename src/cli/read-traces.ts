import { read } from '../convert.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import type { TimelineSink } from '../timeline/sink.js'
import type { Io } from './io.js'
import type { Reading } from './options/filter-options.js'
import { openInputs } from './options/inputs.js'
import { finishing, onTermination } from './termination.js'
import { filterWarnings, refuseMisses } from './text/filter-summary.js'
import { startProgress } from './text/progress.js'
import { shown } from './text/shown.js'

/**
 * Reads traces as one into a sink, for a command that prints its answer at the end; Ctrl-C ends a
 * live input. Warns on stderr about filters that match nothing or leave nothing; throws a UserError
 * where a name that is not in the trace leaves nothing.
 */
export async function readTraces(
  paths: readonly string[],
  sink: TimelineSink,
  { options, filters, captures }: Reading,
  io: Io,
): Promise<TraceSummary> {
  const inputs = openInputs(paths, captures, false, io)
  const progress = startProgress(inputs, io.stderr)
  const stop = () => progress.stop()
  const termination = onTermination(io, stop, finishing(inputs, stop, io))
  try {
    const notes = options.notes || (options.needsReturned && 'returned')
    const summary = await read(inputs, sink, { ...options, notes })
    progress.stop()
    refuseMisses(filters, summary)
    for (const warning of filterWarnings(filters, summary)) {
      io.stderr.write(`fgraph: ${shown(warning)}\n`)
    }
    return summary
  } finally {
    progress.stop()
    termination.release()
  }
}
