/**
 * Apache Parquet: the rows of `call-columns.ts` in typed columns, for DuckDB, Spark and pandas
 * (parquet.apache.org/docs/file-format). Facts about the trace are in the metadata.
 *
 * A group of rows is kept until it is full. Growing numbers are written as differences, repeated values
 * through a dictionary; pages are packed with Snappy. Lost: as in CSV, except for those facts.
 */

import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import type { ByteSink } from '../../base/byte-writer.js'
import { clockTexts } from '../../timeline/names.js'
import { errnoOf } from '../../timeline/notes.js'
import { printedTime, totalNanos } from '../../timeline/printed-time.js'
import {
  type KernelFunction,
  type TimelineSink,
  type TraceFacts,
  type TraceStart,
  type Track,
  UNMEASURED,
} from '../../timeline/sink.js'
import { type CallTaker, type FinishedCall, finishedCalls } from '../../timeline/sinks/index.js'
import type { EmitOptions } from '../format.js'
import {
  argumentsText,
  type CallColumn,
  callColumns,
  missingOf,
  missingParts,
} from './call-columns.js'

export function openParquet(out: ByteSink, options: EmitOptions): TimelineSink {
  return finishedCalls(new ParquetRows(out, options))
}

/** About the size of DuckDB's own row groups. */
const GROUP_ROWS = 100_000

class ParquetRows implements CallTaker {
  readonly #title: string
  readonly #isAbsolute: boolean
  #origin = 0n
  readonly #file: ParquetWriter
  readonly #functions: KernelFunction[] = []
  readonly #tracks: Track[] = []
  readonly #columns = newColumns()
  #rows = 0

  constructor(out: ByteSink, { title, absoluteTime = false }: EmitOptions) {
    this.#title = title
    this.#isAbsolute = absoluteTime
    this.#file = new ParquetWriter({ writer: blocksTo(out), schema, createdBy: 'fgraph' })
  }

  start({ origin }: TraceStart): void {
    if (this.#isAbsolute) this.#origin = totalNanos(printedTime(origin))
  }

  defineFunction(id: number, definition: KernelFunction): void {
    this.#functions[id] = definition
  }

  defineTrack(id: number, track: Track): void {
    this.#tracks[id] = track
  }

  take(call: FinishedCall): void {
    const columns = this.#columns
    const row = this.#rows++
    const { notes } = call
    const { pid, comm } = this.#tracks[call.track]
    const { name, module } = this.#functions[call.func]
    const missing = missingParts[missingOf(call)]
    const isMeasured = call.duration !== UNMEASURED
    columns.ts_ns[row] = this.#isAbsolute ? this.#origin + BigInt(call.begin) : call.begin
    columns.dur_ns[row] = isMeasured ? BigInt(call.duration) : null
    columns.self_ns[row] = isMeasured ? BigInt(call.self) : null
    columns.cpu[row] = call.cpu < 0 ? null : call.cpu
    columns.track[row] = call.track
    columns.pid[row] = pid ?? null
    columns.comm[row] = comm || null
    columns.depth[row] = call.depth
    columns.func[row] = name
    columns.module[row] = module || null
    columns.id[row] = call.id
    columns.parent_id[row] = call.parent || null
    columns.complete[row] = missing === ''
    columns.missing[row] = missing || null
    columns.retval[row] = notes?.returned?.text ?? null
    columns.error[row] = errnoOf(notes) || null
    columns.args[row] = (notes && argumentsText(notes)) || null
    columns.caller[row] = notes?.caller || null
    if (this.#rows === GROUP_ROWS) this.#writeGroup()
  }

  finish(facts: TraceFacts): void {
    this.#writeGroup()
    this.#file.kvMetadata = [
      { key: 'title', value: this.#title },
      { key: 'dialect', value: facts.dialect },
      { key: 'columns', value: facts.columns.join(', ') },
      { key: 'clock', value: clockTexts[facts.clock] },
      { key: 'origin', value: facts.origin },
      { key: 'span_ns', value: `${facts.span}` },
      { key: 'lost_events', value: `${facts.lostEvents}` },
    ]
    this.#file.finish()
  }

  #writeGroup(): void {
    const columnData = callColumns.map((name): ColumnSource => {
      const data = this.#columns[name].slice(0, this.#rows)
      const isText = TYPES[name].type === 'BYTE_ARRAY'
      return { name, data, statistics: !isText, ...(isGrowing(name) && { encoding: DELTA }) }
    })
    this.#file.write({ columnData, rowGroupSize: GROUP_ROWS })
    this.#rows = 0
  }
}

const DELTA = 'DELTA_BINARY_PACKED'

function newColumns(): Record<CallColumn, unknown[]> {
  const columns = callColumns.map((name): [string, unknown[]] => [name, []])
  return Object.fromEntries(columns) as Record<CallColumn, unknown[]>
}

function isGrowing(name: CallColumn): boolean {
  return name === 'ts_ns' || name === 'id' || name === 'parent_id'
}

const REQUIRED = new Set<CallColumn>(['ts_ns', 'track', 'depth', 'func', 'id', 'complete'])
const TYPES: Record<CallColumn, Pick<SchemaElement, 'type' | 'converted_type'>> = {
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

/** The library's writer; it hands its bytes on after each group of rows. */
function blocksTo(out: ByteSink): ByteWriter {
  const writer = new ByteWriter()
  const flush = () => {
    out(writer.getBytes().slice())
    writer.index = 0
  }
  return Object.assign(writer, { flush, finish: flush })
}
