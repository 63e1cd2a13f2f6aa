/**
 * Apache Parquet: the rows of `call-columns.ts` in typed columns, for DuckDB, Spark and pandas
 * (parquet.apache.org/docs/file-format). Facts about the trace are in the metadata.
 *
 * A group of rows is kept until it is full. Times and ids are written as differences, names by their
 * number among the distinct ones. Lost: as in CSV, except for those facts.
 */

import { ByteWriter, type SchemaElement } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import type { ByteSink } from '../../../base/byte-writer.js'
import { clockTexts } from '../../../timeline/names.js'
import { errnoOf } from '../../../timeline/notes.js'
import { printedTime, totalNanos } from '../../../timeline/printed-time.js'
import type {
  CallNotes,
  KernelFunction,
  TimelineSink,
  TraceFacts,
  TraceStart,
  Track,
} from '../../../timeline/sink.js'
import { ignored } from '../../../timeline/sinks/index.js'
import type { EmitOptions } from '../../format.js'
import { argumentsText, type CallColumn, callColumns, missingParts } from '../call-columns.js'
import { CallRows, type RowColumns } from '../call-rows.js'
import {
  ChunkWriter,
  type ColumnChunk,
  type ColumnType,
  type DistinctValue,
  type FileMetaData,
} from './column-chunks.js'

export function openParquet(out: ByteSink, options: EmitOptions): TimelineSink {
  const table = new ParquetTable(out, options)
  const rows = new CallRows(() => table.take(rows))
  return {
    ...ignored,
    start: facts => table.start(facts),
    defineFunction: (id, definition) => table.defineFunction(id, definition),
    defineTrack(id, track) {
      rows.defineTrack(id, track)
      table.defineTrack(id, track)
    },
    begin: (track, func, at) => rows.begin(track, func, at),
    end: (track, func, at, duration, notes) => rows.end(track, func, at, duration, notes),
    callEvents: (events, from, to) => rows.callEvents(events, from, to),
    migrate: (track, cpu) => rows.migrate(track, cpu),
    flush: () => rows.flush(),
    finish(facts) {
      rows.flush()
      table.finish(facts)
    },
  }
}

/** About the size of DuckDB's own row groups. */
const GROUP_ROWS = 100_000

const MAGIC = new TextEncoder().encode('PAR1')

class ParquetTable {
  readonly #title: string
  readonly #isAbsolute: boolean
  readonly #chunks: ChunkWriter
  readonly #groups: FileMetaData['row_groups'] = []
  readonly #functions: KernelFunction[] = []
  /** Each track as it was at a time, and by track the number of what it is now. */
  readonly #tracks: { readonly id: number; readonly track: Track }[] = []
  readonly #latest: number[] = []
  #origin = 0n
  #rows = 0
  // The rows of the group.
  readonly #begins = new Float64Array(GROUP_ROWS)
  readonly #durations = new Float64Array(GROUP_ROWS)
  readonly #selves = new Float64Array(GROUP_ROWS)
  readonly #ids = new Float64Array(GROUP_ROWS)
  readonly #parents = new Float64Array(GROUP_ROWS)
  readonly #calls = {
    cpu: new Int32Array(GROUP_ROWS),
    track: new Int32Array(GROUP_ROWS),
    depth: new Int32Array(GROUP_ROWS),
    func: new Int32Array(GROUP_ROWS),
    missing: new Int32Array(GROUP_ROWS),
  }
  readonly #notes: (CallNotes | undefined)[] = new Array(GROUP_ROWS).fill(undefined)
  #hasNotes = false
  /** The highest cpu and depth of the group. */
  #mostCpu = -1
  #mostDepth = 0

  constructor(out: ByteSink, { title, absoluteTime = false }: EmitOptions) {
    this.#title = title
    this.#isAbsolute = absoluteTime
    this.#chunks = new ChunkWriter(out, GROUP_ROWS)
    this.#chunks.write(MAGIC)
  }

  start({ origin }: TraceStart): void {
    if (this.#isAbsolute) this.#origin = totalNanos(printedTime(origin))
  }

  defineFunction(id: number, definition: KernelFunction): void {
    this.#functions[id] = definition
  }

  defineTrack(id: number, track: Track): void {
    this.#latest[id] = this.#tracks.push({ id, track }) - 1
  }

  /** Adds rows to the group, and writes it when it is full. */
  take({ columns, length, notes, noted }: CallRows): void {
    let next = 0
    for (let from = 0; from < length; ) {
      const to = Math.min(length, from + GROUP_ROWS - this.#rows)
      this.#add(columns, from, to)
      for (; noted[next] < to; next++) {
        this.#notes[this.#rows + noted[next] - from] = notes[next]
        this.#hasNotes = true
      }
      this.#rows += to - from
      if (this.#rows === GROUP_ROWS) this.#writeGroup()
      from = to
    }
  }

  #add(columns: RowColumns, from: number, to: number): void {
    const at = this.#rows
    const calls = this.#calls
    this.#begins.set(columns.begins.subarray(from, to), at)
    this.#durations.set(columns.durations.subarray(from, to), at)
    this.#selves.set(columns.selves.subarray(from, to), at)
    this.#ids.set(columns.ids.subarray(from, to), at)
    this.#parents.set(columns.parents.subarray(from, to), at)
    calls.func.set(columns.functions.subarray(from, to), at)
    calls.missing.set(columns.missing.subarray(from, to), at)
    for (let row = from; row < to; row++) {
      const place = at + row - from
      const [cpu, depth] = [columns.cpus[row], columns.depths[row]]
      calls.cpu[place] = cpu + 1
      calls.depth[place] = depth
      calls.track[place] = this.#latest[columns.tracks[row]]
      if (cpu > this.#mostCpu) this.#mostCpu = cpu
      if (depth > this.#mostDepth) this.#mostDepth = depth
    }
  }

  finish({ dialect, columns, clock, origin, span, lostEvents }: TraceFacts): void {
    if (this.#rows > 0) this.#writeGroup()
    const facts = {
      ...{ title: this.#title, dialect, columns: columns.join(', '), clock: clockTexts[clock] },
      ...{ origin, span_ns: `${span}`, lost_events: `${lostEvents}` },
    }
    const metadata: FileMetaData = {
      version: 2,
      schema,
      num_rows: this.#groups.reduce((sum, { num_rows: rows }) => sum + rows, 0n),
      row_groups: this.#groups,
      key_value_metadata: Object.entries(facts).map(([key, value]) => ({ key, value })),
      created_by: 'fgraph',
      metadata_length: 0,
    }
    const footer = new ByteWriter()
    writeMetadata(footer, metadata)
    this.#chunks.write(footer.getBytes().slice())
    this.#chunks.write(MAGIC)
    this.#chunks.flush()
  }

  #writeGroup(): void {
    const begin = this.#chunks.length
    const columns = callColumns.map(name => this.#writers[name](typeOf(name), this.#rows))
    const size = columns.reduce(
      (sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n),
      0n,
    )
    this.#groups.push({
      columns,
      total_byte_size: size,
      num_rows: BigInt(this.#rows),
      file_offset: BigInt(begin),
      total_compressed_size: BigInt(this.#chunks.length - begin),
    })
    this.#chunks.flush()
    this.#rows = 0
    this.#mostCpu = -1
    this.#mostDepth = 0
    if (this.#hasNotes) this.#notes.fill(undefined)
    this.#hasNotes = false
  }

  /** How each column is written. */
  readonly #writers: Record<CallColumn, (type: ColumnType, rows: number) => ColumnChunk> = {
    ts_ns: (type, rows) => this.#chunks.numbers(type, this.#begins, rows, 0, this.#origin),
    dur_ns: (type, rows) => this.#chunks.repeatedNumbers(type, this.#durations, rows),
    self_ns: (type, rows) => this.#chunks.repeatedNumbers(type, this.#selves, rows),
    id: (type, rows) => this.#chunks.numbers(type, this.#ids, rows, 1),
    parent_id: (type, rows) => this.#chunks.numbers(type, this.#parents, rows, 1),
    cpu: (type, rows) =>
      this.#chunks.codes(type, this.#calls.cpu, rows, this.#mostCpu + 2, code =>
        code === 0 ? null : code - 1,
      ),
    depth: (type, rows) =>
      this.#chunks.codes(type, this.#calls.depth, rows, this.#mostDepth + 1, code => code),
    track: this.#ofTrack(({ id }) => id),
    pid: this.#ofTrack(({ track }) => track.pid ?? null),
    comm: this.#ofTrack(({ track }) => track.comm || null),
    func: this.#ofFunction(({ name }) => name),
    module: this.#ofFunction(({ module }) => module || null),
    missing: (type, rows) =>
      this.#chunks.codes(
        type,
        this.#calls.missing,
        rows,
        missingParts.length,
        code => missingParts[code] || null,
      ),
    complete: (type, rows) => this.#chunks.flags(type, rows, row => this.#calls.missing[row] === 0),
    retval: this.#ofNotes(({ returned }) => returned?.text ?? ''),
    error: this.#ofNotes(errnoOf),
    args: this.#ofNotes(argumentsText),
    caller: this.#ofNotes(({ caller }) => caller),
  }

  #ofTrack(cellOf: (known: { readonly id: number; readonly track: Track }) => DistinctValue) {
    return (type: ColumnType, rows: number) =>
      this.#chunks.codes(type, this.#calls.track, rows, this.#tracks.length, code =>
        cellOf(this.#tracks[code]),
      )
  }

  #ofFunction(cellOf: (func: KernelFunction) => DistinctValue) {
    return (type: ColumnType, rows: number) =>
      this.#chunks.codes(type, this.#calls.func, rows, this.#functions.length, id =>
        cellOf(this.#functions[id]),
      )
  }

  #ofNotes(textOf: (notes: CallNotes) => string) {
    return (type: ColumnType, rows: number) =>
      this.#hasNotes
        ? this.#chunks.texts(type, rows, row => {
            const notes = this.#notes[row]
            return notes ? textOf(notes) : ''
          })
        : this.#chunks.unknown(type, rows)
  }
}

const REQUIRED = new Set<CallColumn>(['ts_ns', 'track', 'depth', 'func', 'id', 'complete'])
const TYPES: Record<CallColumn, Pick<ColumnType, 'type'> & Pick<SchemaElement, 'converted_type'>> =
  {
    ts_ns: { type: 'INT64' },
    dur_ns: { type: 'INT64' },
    self_ns: { type: 'INT64' },
    cpu: { type: 'INT32' },
    track: { type: 'INT32' },
    pid: { type: 'INT32' },
    comm: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    depth: { type: 'INT32' },
    func: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    module: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    id: { type: 'INT64' },
    parent_id: { type: 'INT64' },
    complete: { type: 'BOOLEAN' },
    missing: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    retval: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    error: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    args: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    caller: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  }
const schema: SchemaElement[] = [
  { name: 'calls', num_children: callColumns.length },
  ...callColumns.map(
    (name): SchemaElement => ({
      name,
      repetition_type: REQUIRED.has(name) ? 'REQUIRED' : 'OPTIONAL',
      ...TYPES[name],
    }),
  ),
]

function typeOf(name: CallColumn): ColumnType {
  return { name, type: TYPES[name].type, isOptional: !REQUIRED.has(name) }
}
