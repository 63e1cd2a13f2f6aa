import type { ByteSink } from './base/byte-writer.js'
import { UserError } from './base/user-error.js'
import type { EmitOptions, Format } from './emit/formats.js'
import { mergedByTime } from './ingest/merge.js'
import { type ReadOptions, TraceReader } from './ingest/trace-reader.js'
import type { TraceSummary } from './ingest/trace-summary.js'
import type { TimelineSink } from './timeline/sink.js'
import { tee } from './timeline/tee.js'

/** One input: the bytes of a trace, or of a part of one. */
export interface Source {
  /** What messages call it. */
  readonly name: string
  readonly chunks: AsyncIterable<Uint8Array>
}

/** One output: a format and where its bytes go. */
export interface Destination {
  readonly format: Format
  readonly write: ByteSink
  /** If more was written than should be held in memory: resolves when there is room again. */
  ready?(): Promise<void> | undefined
}

/** `notes` holds for formats that can show what the trace notes on calls. */
export interface ConvertOptions extends EmitOptions, ReadOptions {}

/**
 * Reads the sources into one timeline and writes it to every destination, in one pass. As `read`.
 */
export async function convert(
  sources: Iterable<Source>,
  destinations: readonly Destination[],
  options: ConvertOptions,
): Promise<TraceSummary> {
  const sinks: TimelineSink[] = []
  for (const { format, write } of destinations) {
    const open = await format.load()
    sinks.push(open(write, options))
  }
  const notes = options.notes !== false && destinations.some(({ format }) => format.notes)
  return read(sources, tee(sinks), { ...options, notes }, async () => {
    for (const destination of destinations) await destination.ready?.()
  })
}

/**
 * Reads the sources into one timeline, one after another, or by time if each is the text of another
 * cpu. After each block it waits for `ready`. Rejects with a `UserError` that names the source if
 * that is no trace.
 */
export async function read(
  sources: Iterable<Source>,
  sink: TimelineSink,
  options: ReadOptions,
  ready?: () => Promise<void>,
): Promise<TraceSummary> {
  const reader = new TraceReader(sink, options)
  for (const { name, chunks } of await inOrder([...sources])) {
    const inSource = (readOn: () => void) => {
      try {
        readOn()
      } catch (error) {
        throw error instanceof UserError ? new UserError(`${name}: ${error.message}`) : error
      }
    }
    for await (const chunk of chunks) {
      inSource(() => reader.push(chunk))
      await ready?.()
    }
    inSource(() => reader.endInput())
  }
  return reader.finish()
}

/** Texts of one recording's cpus become one source. */
async function inOrder(sources: readonly Source[]): Promise<readonly Source[]> {
  if (sources.length < 2) return sources
  const texts = await mergedByTime(sources.map(({ chunks }) => chunks))
  const names = sources.map(({ name }) => name)
  return texts.map((chunks, index) => ({
    name: texts.length === sources.length ? (names[index] as string) : names.join(', '),
    chunks,
  }))
}
