import { bytesInMemory } from '../../src/base/bytes-at.js'
import { openRecording } from '../../src/ingest/trace-dat/recording.js'
import { sessionsOf } from '../../src/ingest/trace-dat/sessions.js'
import {
  type ReadOptions,
  type RecordingOptions,
  TraceReader,
} from '../../src/ingest/trace-reader.js'
import type { TraceSummary } from '../../src/ingest/trace-summary.js'
import { checked } from '../../src/timeline/checked.js'
import type { TimelineSink } from '../../src/timeline/sink.js'
import { ignored } from '../../src/timeline/sinks/index.js'
import { TimelineDump } from '../dump-timeline.js'
import { type FileSpec, traceDat } from './writer.js'

/** Reads trace.dat files into a sink, and checks the contract on the way. */
export async function readFiles(
  files: readonly Uint8Array[],
  sink: TimelineSink = ignored,
  options: ReadOptions & RecordingOptions = {},
): Promise<TraceSummary> {
  const opened = await Promise.all(
    files.map(async (bytes, index) => ({
      name: `file${index + 1}`,
      recording: await openRecording(bytesInMemory(bytes)),
    })),
  )
  const reader = new TraceReader(checked(sink), options)
  for (const session of sessionsOf(opened)) {
    for (const _ of reader.readRecordings(session, options));
  }
  return reader.finish()
}

/** The timeline of files that the writer makes. */
export async function dumped(
  specs: FileSpec | readonly FileSpec[],
  options: ReadOptions & RecordingOptions = {},
): Promise<{ lines: readonly string[]; summary: TraceSummary }> {
  const dump = new TimelineDump()
  const files = ([] as FileSpec[]).concat(specs).map(traceDat)
  const summary = await readFiles(files, dump, options)
  return { lines: dump.lines, summary }
}
