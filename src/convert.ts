import { LF } from './base/ascii.js'
import type { ByteSink } from './base/byte-writer.js'
import { UserError } from './base/user-error.js'
import type { Format } from './emit/format.js'
import type { FormatOptions } from './emit/formats.js'
import { selectedCaptures } from './ingest/selected-captures.js'
import { sessionsOf } from './ingest/trace-dat/index.js'
import { type ReadOptions, type RecordingOptions, TraceReader } from './ingest/trace-reader.js'
import type { TraceSummary } from './ingest/trace-summary.js'
import { inputsOf, type NamedRecording, naming, type Source } from './inputs.js'
import type { TimelineSink } from './timeline/sink.js'
import { type AwakeSink, tee, withoutSleep } from './timeline/sinks/index.js'

export type { Source } from './inputs.js'

/** One output: a format and where its bytes go. */
export interface Destination {
  readonly format: Format
  readonly write: ByteSink
  /** While too much waits in memory: resolves when there is room again. */
  ready?(): Promise<void> | undefined
}

/** Reads the bytes of a trace into a sink: a `TraceReader`, or one on another thread. */
export interface Reader {
  /** Skips captures and lines: later bytes are numbered as if these had been read. */
  passOver(captures: number, lines: number): void | Promise<void>
  /** Takes the next bytes of an input, cut anywhere; they may be used again afterwards. */
  push(chunk: Uint8Array): void | Promise<void>
  /** An input ends; another one may follow. */
  endInput(): void | Promise<void>
  /** Ends the timeline. */
  finish(): TraceSummary | Promise<TraceSummary>
  /** Tells what has come, even if more would help to tell what it is. */
  decide?(): void
  /** To be called when it is no longer needed, at the end or before. */
  close?(): void
}

/** How the sources of a run are read. */
export interface RunOptions extends ReadOptions, RecordingOptions {
  /** Opens the reader, unless the trace goes `through` something; a `TraceReader` by default. */
  readonly openReader?: ((sink: TimelineSink, options: ReadOptions) => Promise<Reader>) | undefined
  /** What the trace goes through needs the values that calls returned, whoever shows them. */
  readonly needsReturned?: boolean | undefined
  /** Somebody watches: what trickles in reaches the sink each second. */
  readonly isLive?: boolean | undefined
}

/** `notes` matters only for formats that can show notes. */
export interface ConvertOptions extends FormatOptions, RunOptions {}

/** How often outputs are flushed, for those who read one while its trace trickles in. */
const FLUSH_MS = 1000

/**
 * Reads the sources into one timeline, as `read` does, and writes it to all destinations in one pass.
 */
export async function convertTo(
  sources: Iterable<Source>,
  destinations: readonly Destination[],
  options: ConvertOptions,
): Promise<TraceSummary> {
  const sinks: TimelineSink[] = []
  const awake: AwakeSink[] = []
  for (const { format, write } of destinations) {
    const open = await format.load()
    const sink = open(write, options)
    if (format.onCpu && !options.sleep) awake.push(withoutSleep(sink))
    else sinks.push(sink)
  }
  const sink = tee([...sinks, ...awake])
  const shown = new Set(destinations.map(({ format }) => options.notes !== false && format.notes))
  const needsReturned = options.needsReturned || shown.has('returned')
  const notes = shown.has(true) || (needsReturned && 'returned')
  const timer = setInterval(() => sink.flush?.(), FLUSH_MS)
  try {
    const summary = await read(sources, sink, { ...options, notes }, async () => {
      for (const destination of destinations) await destination.ready?.()
    })
    return awake[0] ? { ...summary, leftOut: awake[0].leftOut } : summary
  } finally {
    clearInterval(timer)
  }
}

/**
 * Reads the sources into one timeline, one after another, or by time if each is the text of another
 * cpu. Files of trace.dat come before texts, and those of a host and its guests together. After each block it waits for `ready`. Rejects with a `UserError` that names the source if
 * that is no trace.
 */
export async function read(
  sources: Iterable<Source>,
  sink: TimelineSink,
  options: RunOptions,
  ready?: () => Promise<void>,
): Promise<TraceSummary> {
  const { openReader, through, buffer, ...readOptions } = optionsOfReading(options)
  const { texts, recordings } = await inputsOf(sources, readOptions.dialect)
  if (buffer !== undefined && recordings.length === 0) {
    throw new UserError('--buffer is for trace.dat, and this is text; leave it out')
  }
  const isOnThread = openReader && !through && recordings.length === 0
  const reader: Reader | TraceReader = isOnThread
    ? await openReader(sink, readOptions)
    : new TraceReader(sink, { ...readOptions, through })
  try {
    if (reader instanceof TraceReader) {
      for (const session of sessionsOf(recordings))
        await readSession(session, reader, buffer, ready)
    }
    for (const source of texts) {
      if (source.captures) await readSelected(source, source.captures, reader, readOptions, ready)
      else await readWhole(source, reader, ready, options.isLive)
    }
    return await reader.finish()
  } finally {
    if ('close' in reader) reader.close?.()
    for (const { recording } of recordings) recording.file.close?.()
  }
}

/** After so many pieces of a recording, signals and timers have their turn. */
const TURN = 16

async function readSession(
  session: readonly NamedRecording[],
  reader: TraceReader,
  buffer: string | undefined,
  ready?: () => Promise<void>,
): Promise<void> {
  const name = session.map(each => each.name).join(', ')
  const pieces = reader.readRecordings(session, { buffer })
  for (let turn = 1; !(await naming(name, () => pieces.next())).done; turn++) {
    await ready?.()
    if (turn % TURN === 0) await new Promise(resolve => setTimeout(resolve))
  }
}

async function readWhole(
  { name, chunks }: Source,
  reader: Reader,
  ready?: () => Promise<void>,
  isLive = false,
): Promise<void> {
  for await (const chunk of isLive ? withTicks(chunks) : chunks) {
    await naming(name, () => (chunk ? reader.push(chunk) : reader.decide?.()))
    await ready?.()
  }
  await naming(name, () => reader.endInput())
}

/** The chunks, and undefined each second. */
async function* withTicks(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array | undefined> {
  const iterator = chunks[Symbol.asyncIterator]()
  let timer: NodeJS.Timeout | undefined
  const newTick = () =>
    new Promise<undefined>(resolve => {
      timer = setTimeout(resolve, FLUSH_MS, undefined)
    })
  let tick = newTick()
  let next = iterator.next()
  try {
    for (;;) {
      const result = await Promise.race([next, tick])
      if (result?.done) return
      yield result?.value
      if (result) next = iterator.next()
      else tick = newTick()
    }
  } finally {
    clearTimeout(timer)
    // Not awaited: the source may be waiting for bytes that nobody needs any more.
    void iterator.return?.()
  }
}

/** Reads some captures of a source. */
async function readSelected(
  { name, chunks }: Source,
  numbers: readonly number[],
  reader: Reader,
  options: ReadOptions,
  ready?: () => Promise<void>,
): Promise<void> {
  const pieces = selectedCaptures(chunks, numbers, options)
  let last = 0
  let line = 0
  for (;;) {
    const { done, value } = await naming(name, () => pieces.next())
    if (done) break
    if (value.number !== last) {
      const [captures, lines] = [value.number - last - 1, value.line - line]
      await naming(name, () => reader.passOver(captures, lines))
    }
    await naming(name, () => reader.push(value.bytes))
    await ready?.()
    last = value.number
    line = value.line + linesIn(value.bytes)
  }
  await naming(name, () => reader.endInput())
}

function linesIn(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count++
  return count
}

/** Only the options of reading: another thread can receive nothing but data. */
function optionsOfReading(options: RunOptions): RunOptions {
  const { openReader, through, buffer, lineByLine, dialect, notes } = options
  const { interrupts, sleep, tracks } = options
  return { openReader, through, buffer, lineByLine, dialect, notes, interrupts, sleep, tracks }
}
