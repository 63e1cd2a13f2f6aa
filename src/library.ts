/** The most common tasks of library users, each in one call. */
import { CallStatistics, type StatisticsOptions } from './analyze/call-statistics.js'
import { byCertainty, comparisons } from './analyze/comparison.js'
import { comparisonRow } from './analyze/comparison-document.js'
import { type ErrorDocument, originDocument } from './analyze/error-document.js'
import { ErrorOrigins } from './analyze/error-origins.js'
import { metricNamed } from './analyze/metrics.js'
import { type ReportRow, reportRow, sortedRows } from './analyze/report.js'
import { joined } from './base/chunks.js'
import { type ConvertOptions, convertTo, type RunOptions, read, type Source } from './convert.js'
import { type FormatName, formats } from './emit/formats.js'
import { type FilterOptions, TraceFilters } from './filter/trace-filters.js'
import type { ReadOptions, RecordingOptions } from './ingest/trace-reader.js'
import { shownNotes } from './timeline/notes.js'
import { type KernelFunction, type Nanos, type Track, UNMEASURED } from './timeline/sink.js'
import { finishedCalls } from './timeline/sinks/index.js'

/** A trace: text, or the bytes of text or of a trace.dat, whole or in chunks that are cut anywhere. */
export type TraceInput =
  | string
  | Uint8Array
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>
  | ReadableStream<Uint8Array>

/** How a trace is read, and which parts are kept. */
export interface InputOptions extends Omit<ReadOptions, 'through'>, RecordingOptions {
  /** The name of the trace, in messages and as a title; `trace` by default. */
  readonly name?: string | undefined
  /** The parts to keep; everything by default. */
  readonly filters?: FilterOptions | undefined
}

/** The options of the input, of the format, and of nothing else. */
export type OutputOptions = InputOptions & Partial<Omit<ConvertOptions, keyof ReadOptions>>

/**
 * Converts a trace, and returns what the format writes. Throws a `UserError` if the input is no trace.
 *
 *     const folded = new TextDecoder().decode(await convert(text, 'folded'))
 */
export async function convert(
  input: TraceInput,
  format: FormatName,
  options: OutputOptions = {},
): Promise<Uint8Array> {
  const blocks: Uint8Array[] = []
  for await (const block of convertInBlocks(input, format, options)) blocks.push(block)
  return joined(blocks)
}

/** As `convert`, but hands out blocks while the trace is read. */
export async function* convertInBlocks(
  input: TraceInput,
  name: FormatName,
  options: OutputOptions = {},
): AsyncGenerator<Uint8Array> {
  const format = formats.find(each => each.name === name)
  if (!format) throw new TypeError(`no format ${name}`)
  const { source, reading } = opened(input, options)
  const taken = queue<Uint8Array>()
  const done = convertTo(
    [source],
    [{ format, write: block => taken.put(block), ready: () => taken.room() }],
    { title: source.name, ...options, ...reading },
  )
  yield* taken.until(done)
}

/** A call of a trace. Times are nanoseconds since the first moment of the trace. */
export interface TraceCall {
  readonly func: string
  /** '' for the kernel itself. */
  readonly module: string
  /** -1 where the trace does not say it. */
  readonly cpu: number
  readonly pid: number | undefined
  readonly comm: string
  /** How many calls it is nested in. */
  readonly depth: number
  readonly begin: Nanos
  readonly end: Nanos
  /** As printed; undefined if the exit is not in the trace. */
  readonly duration: Nanos | undefined
  /** The duration less those of callees; undefined if the duration is. */
  readonly self: Nanos | undefined
  /** Whether its entry is in the trace. */
  readonly hasEntry: boolean
  /** Arguments, return value and caller by their names, as texts. */
  readonly notes: Readonly<Record<string, string>>
}

/**
 * The calls of a trace as they end, callees before their callers. Memory grows with the open calls alone.
 *
 *     for await (const { func, duration } of calls(text)) console.log(func, duration)
 */
export async function* calls(
  input: TraceInput,
  options: InputOptions = {},
): AsyncGenerator<TraceCall> {
  const { source, reading } = opened(input, options)
  const functions: KernelFunction[] = []
  const tracks: Track[] = []
  const taken = queue<TraceCall>()
  const sink = finishedCalls({
    start() {},
    finish() {},
    defineFunction: (id, definition) => {
      functions[id] = definition
    },
    defineTrack: (id, track) => {
      tracks[id] = track
    },
    take({ func, track, duration, self, notes, ...call }) {
      const { name, module } = functions[func]
      const { pid, comm } = tracks[track]
      const { cpu, depth, begin, end, hasEntry } = call
      const isMeasured = duration !== UNMEASURED
      taken.put({
        ...{ func: name, module, cpu, pid, comm, depth, begin, end, hasEntry },
        duration: isMeasured ? duration : undefined,
        self: isMeasured ? self : undefined,
        notes: Object.fromEntries(
          (notes ? shownNotes(notes) : []).map(([key, value]) => [key, String(value)]),
        ),
      })
    },
  })
  yield* taken.until(read([source], sink, reading, () => taken.room()))
}

/** What `report` groups by, and how the trace is read. */
export type ReportOptions = InputOptions & Partial<Pick<StatisticsOptions, 'by'>>

/**
 * The rows of `fgraph report --json`, those with the highest total first: times are nanoseconds, and
 * numbers that a row does not have are null.
 */
export async function report(input: TraceInput, options: ReportOptions = {}): Promise<ReportRow[]> {
  const rows = await statisticsOf(input, options)
  return sortedRows(rows, metricNamed('total')).map(each => reportRow(each))
}

/** The rows of `fgraph diff --csv`: functions of two traces, certain changes first. */
export async function diff(
  before: TraceInput,
  after: TraceInput,
  options: InputOptions = {},
): Promise<ReportRow[]> {
  const [was, is] = [await statisticsOf(before, options), await statisticsOf(after, options)]
  return byCertainty(comparisons(was, is)).map(comparisonRow)
}

/** Which errors are wanted, and how the trace is read; `interrupts` is `apart` by default. */
export interface ErrorsOptions extends InputOptions {
  /** Also those that are probably none; false by default. */
  readonly all?: boolean | undefined
}

/**
 * The errors of `fgraph errors --json`, the most frequent first: where each was born, who handed it on, and what became
 * of it. None in a trace without return values.
 */
export async function errors(
  input: TraceInput,
  { all = false, filters = {}, ...options }: ErrorsOptions = {},
): Promise<ErrorDocument[]> {
  const { interrupts = 'apart' } = options
  const { source, reading } = opened(input, { ...options, interrupts })
  const place = new TraceFilters(filters)
  const { through } = place
  const origins = new ErrorOrigins({ line: () => place.line })
  await read([source], origins, { ...reading, through, notes: true, lineByLine: true })
  return origins.origins
    .filter(({ doubt }) => all || doubt === undefined)
    .map(origin => originDocument(origin, origins))
}

async function statisticsOf(input: TraceInput, options: ReportOptions) {
  const { source, reading } = opened(input, options)
  const statistics = new CallStatistics({ by: options.by ?? 'function' })
  await read([source], statistics, { ...reading, notes: 'returned' })
  return statistics.rows()
}

function opened(
  input: TraceInput,
  { name = 'trace', filters, ...options }: InputOptions,
): { source: Source; reading: RunOptions } {
  const { dialect, buffer, notes, interrupts, sleep, tracks, lineByLine } = options
  const through = filters && new TraceFilters(filters).through
  const needsReturned = filters?.errors
  return {
    source: { name, chunks: chunksOf(input) },
    reading: {
      ...{ dialect, buffer, notes, needsReturned, interrupts },
      ...{ sleep, tracks, lineByLine, through },
    },
  }
}

async function* chunksOf(input: TraceInput): AsyncGenerator<Uint8Array> {
  if (typeof input === 'string') yield new TextEncoder().encode(input)
  else if (input instanceof Uint8Array) yield input
  else if ('getReader' in input) yield* chunksOfStream(input)
  else yield* input
}

/** Not every browser can iterate over a stream. */
async function* chunksOfStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

/** Hands on what a run brings forth while it runs, which waits while there is something left. */
function queue<T>() {
  let items: T[] = []
  let wake = () => {}
  let makeRoom = () => {}
  return {
    put(item: T) {
      items.push(item)
      wake()
    },
    /** Resolves when there is nothing left to hand on. */
    async room(): Promise<void> {
      if (items.length === 0) return
      await new Promise<void>(resolve => {
        makeRoom = resolve
      })
    },
    async *until(run: Promise<unknown>): AsyncGenerator<T> {
      let isDone = false
      const end = run.finally(() => {
        isDone = true
        wake()
      })
      // It is awaited below; until then its failure is nobody's.
      end.catch(() => {})
      for (;;) {
        const some = items
        items = []
        yield* some
        makeRoom()
        if (items.length > 0) continue
        if (isDone) break
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      await end
    },
  }
}
