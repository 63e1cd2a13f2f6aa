/**
 * Columns of a row group as Parquet's chunks: a page of the distinct values where there are few, and a page of data
 * (parquet-format, README.md). Pages are packed with Snappy where that helps.
 */
import { ByteWriter } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import type { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { snappyCompress } from 'hyparquet-writer/src/snappy.js'
import type { ByteSink } from '../../../base/byte-writer.js'
import { joined } from '../../../base/chunks.js'
import { bitWidth, PageBytes, packDifferences, packHybrid, packRun } from './encodings.js'
import { NumberPlaces } from './number-places.js'

/** A column of the schema. */
export interface ColumnType {
  readonly name: string
  readonly type: 'INT32' | 'INT64' | 'BYTE_ARRAY' | 'BOOLEAN'
  readonly isOptional: boolean
}

/** A value of a column with few distinct ones; null if it is unknown. */
export type DistinctValue = string | number | null

/** Numbers are repeated if each stands so many times on average. */
const REPEATED = 4

/** In place of the index of a value. */
const NOT_SEEN = -1
const IS_NULL = -2

/** The library's types of what it writes: the end of a file, and a column of a row group in it. */
export type FileMetaData = Parameters<typeof writeMetadata>[1]
export type ColumnChunk = FileMetaData['row_groups'][number]['columns'][number]
type Encoding = NonNullable<ColumnChunk['meta_data']>['encodings'][number]
type PageHeader = Parameters<typeof writePageHeader>[1]

/** Writes columns with a value for each of `rows` rows at most. */
export class ChunkWriter {
  /** Bytes written so far. */
  length = 0
  readonly #out: ByteSink
  readonly #written: Uint8Array[] = []
  readonly #page = new PageBytes()
  readonly #levels: Int32Array
  readonly #indexes: Int32Array
  readonly #numbers: Float64Array
  readonly #places: NumberPlaces

  constructor(out: ByteSink, rows: number) {
    this.#out = out
    this.#levels = new Int32Array(rows)
    this.#indexes = new Int32Array(rows)
    this.#numbers = new Float64Array(rows)
    this.#places = new NumberPlaces(rows / REPEATED)
  }

  write(bytes: Uint8Array): void {
    this.#written.push(bytes)
    this.length += bytes.length
  }

  /** Hands on what was written. */
  flush(): void {
    this.#out(joined(this.#written))
    this.#written.length = 0
  }

  /** Numbers whose neighbours are near: a number less than `least` is unknown. `origin` is added to each. */
  numbers(
    type: ColumnType,
    values: Float64Array,
    rows: number,
    least: number,
    origin = 0n,
  ): ColumnChunk {
    let count = 0
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    for (let row = 0; row < rows; row++) {
      const value = values[row]
      if (value < least) continue
      count++
      if (value < min) min = value
      if (value > max) max = value
    }
    const chunk = new Chunk(this, type, rows)
    const known = count === rows ? values : this.#knownOf(values, rows, least)
    this.#startPage(type, rows, count)
    const levels = this.#page.length
    packDifferences(this.#page, known, count, origin)
    chunk.data(this.#page.written, levels, count, 'DELTA_BINARY_PACKED')
    return chunk.end(count > 0 ? [origin + BigInt(min), origin + BigInt(max)] : undefined)
  }

  /** The numbers that are known; sets the levels. */
  #knownOf(values: Float64Array, rows: number, least: number): Float64Array {
    const known = this.#numbers
    let count = 0
    for (let row = 0; row < rows; row++) {
      const isKnown = values[row] >= least
      this.#levels[row] = isKnown ? 1 : 0
      if (isKnown) known[count++] = values[row]
    }
    return known
  }

  /** Numbers many of which are equal; less than 0 is unknown. */
  repeatedNumbers(type: ColumnType, values: Float64Array, rows: number): ColumnChunk {
    const places = this.#places
    places.clear()
    let count = 0
    for (let row = 0; row < rows; row++) {
      const value = values[row]
      this.#levels[row] = value < 0 ? 0 : 1
      if (value < 0) continue
      const place = places.of(value)
      if (place < 0) return this.numbers(type, values, rows, 0)
      this.#indexes[count++] = place
    }
    return this.#writeDistinct(type, rows, count, [...places.numbers])
  }

  /** Codes that stand for few values: `cellOf` has those of a code. */
  codes(
    type: ColumnType,
    codes: Int32Array,
    rows: number,
    mostCodes: number,
    cellOf: (code: number) => DistinctValue,
  ): ColumnChunk {
    const places = new Int32Array(mostCodes).fill(NOT_SEEN)
    const distinct = new Map<string | number, number>()
    const [levels, indexes] = [this.#levels, this.#indexes]
    let count = 0
    for (let row = 0; row < rows; ) {
      const code = codes[row]
      if (places[code] === NOT_SEEN) places[code] = placeOf(cellOf(code), distinct)
      const place = places[code]
      const level = place === IS_NULL ? 0 : 1
      do {
        levels[row] = level
        indexes[count] = place
        count += level
      } while (++row < rows && codes[row] === code)
    }
    return this.#writeDistinct(type, rows, count, [...distinct.keys()])
  }

  #writeDistinct(
    type: ColumnType,
    rows: number,
    count: number,
    values: readonly (string | number)[],
  ): ColumnChunk {
    const page = this.#page
    const chunk = new Chunk(this, type, rows)
    page.length = 0
    for (const value of values) {
      if (typeof value === 'string') page.text(value)
      else if (type.type === 'INT64') page.int64(value)
      else page.int32(value)
    }
    chunk.dictionary(page.written, values.length)
    this.#startPage(type, rows, count)
    const levels = page.length
    const width = Math.max(bitWidth(values.length - 1), 1)
    page.byte(width)
    packHybrid(page, this.#indexes, count, width)
    chunk.data(page.written, levels, count, 'RLE_DICTIONARY')
    return chunk.end(boundsOf(values, type))
  }

  /** What is true of which row, of a column without unknown values. */
  flags(type: ColumnType, rows: number, isTrue: (row: number) => boolean): ColumnChunk {
    for (let row = 0; row < rows; row++) this.#indexes[row] = isTrue(row) ? 1 : 0
    const page = this.#page
    const chunk = new Chunk(this, type, rows)
    page.length = 0
    page.int32(0)
    packHybrid(page, this.#indexes, rows, 1)
    const { length } = page
    page.length = 0
    page.int32(length - 4)
    page.length = length
    chunk.data(page.written, 0, rows, 'RLE')
    return chunk.end()
  }

  /** A column of which nothing is known. */
  unknown(type: ColumnType, rows: number): ColumnChunk {
    return this.#writeDistinct(type, rows, 0, [])
  }

  /** Texts, few of which are equal; '' is unknown. */
  texts(type: ColumnType, rows: number, textOf: (row: number) => string): ColumnChunk {
    const texts: string[] = []
    for (let row = 0; row < rows; row++) {
      const text = textOf(row)
      this.#levels[row] = text === '' ? 0 : 1
      if (text !== '') texts.push(text)
    }
    const distinct = new Map<string | number, number>()
    texts.forEach((text, index) => {
      this.#indexes[index] = placeOf(text, distinct)
    })
    if (distinct.size <= texts.length / 2) {
      return this.#writeDistinct(type, rows, texts.length, [...distinct.keys()])
    }
    const chunk = new Chunk(this, type, rows)
    this.#startPage(type, rows, texts.length)
    const levels = this.#page.length
    for (const text of texts) this.#page.text(text)
    chunk.data(this.#page.written, levels, texts.length, 'PLAIN')
    return chunk.end()
  }

  /** Begins a page of data by telling which rows have a value. */
  #startPage({ isOptional }: ColumnType, rows: number, known: number): void {
    const page = this.#page
    page.length = 0
    if (!isOptional) return
    if (known === rows || known === 0) packRun(page, known === 0 ? 0 : 1, rows, 1)
    else packHybrid(page, this.#levels, rows, 1)
  }
}

function placeOf(value: DistinctValue, distinct: Map<string | number, number>): number {
  if (value === null) return IS_NULL
  const place = distinct.get(value) ?? distinct.size
  distinct.set(value, place)
  return place
}

/** The least and the greatest number of a column. */
type Bounds = readonly [bigint | number, bigint | number]

function boundsOf(values: readonly (string | number)[], { type }: ColumnType): Bounds | undefined {
  if (type === 'BYTE_ARRAY' || values.length === 0) return undefined
  let [least, most] = [values[0], values[0]]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return type === 'INT64' ? [BigInt(least), BigInt(most)] : [Number(least), Number(most)]
}

/** The pages of one column of a row group, and what the file says of them at its end. */
class Chunk {
  readonly #out: ChunkWriter
  readonly #type: ColumnType
  readonly #rows: number
  readonly #begin: number
  #dictionary: number | undefined
  #data = 0
  #nulls = 0
  #unpacked = 0
  readonly #encodings: Encoding[] = ['RLE']

  constructor(out: ChunkWriter, type: ColumnType, rows: number) {
    this.#out = out
    this.#type = type
    this.#rows = rows
    this.#begin = out.length
  }

  dictionary(bytes: Uint8Array, values: number): void {
    this.#dictionary = this.#out.length
    const packed = snappyCompress(bytes)
    const header = { num_values: values, encoding: 'PLAIN' } as const
    this.#page({ ...sizes(bytes, packed), type: 'DICTIONARY_PAGE', dictionary_page_header: header })
    this.#out.write(packed)
    this.#unpacked += bytes.length
    this.#encodings.push('PLAIN')
  }

  /** `levels` bytes tell which rows have a value; `known` do. */
  data(bytes: Uint8Array, levels: number, known: number, encoding: Encoding): void {
    this.#data = this.#out.length
    this.#nulls = this.#rows - known
    const values = bytes.subarray(levels)
    // Differences are packed as they are: Snappy saves a few percent of them.
    const packed = encoding === 'DELTA_BINARY_PACKED' ? values : snappyCompress(values)
    const isSmaller = packed.length < values.length
    const written = isSmaller ? packed : values
    this.#page({
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: bytes.length,
      compressed_page_size: levels + written.length,
      data_page_header_v2: {
        num_values: this.#rows,
        num_nulls: this.#nulls,
        num_rows: this.#rows,
        encoding,
        definition_levels_byte_length: levels,
        repetition_levels_byte_length: 0,
        is_compressed: isSmaller,
      },
    })
    this.#out.write(bytes.slice(0, levels))
    this.#out.write(written.slice())
    this.#unpacked += bytes.length
    this.#encodings.push(encoding)
  }

  end(bounds?: Bounds): ColumnChunk {
    const { name, type } = this.#type
    const statistics = {
      null_count: BigInt(this.#nulls),
      ...(bounds && { min_value: bounds[0], max_value: bounds[1] }),
    }
    return {
      file_offset: BigInt(this.#begin),
      meta_data: {
        type,
        encodings: this.#encodings,
        path_in_schema: [name],
        codec: 'SNAPPY',
        num_values: BigInt(this.#rows),
        total_uncompressed_size: BigInt(this.#unpacked),
        total_compressed_size: BigInt(this.#out.length - this.#begin),
        data_page_offset: BigInt(this.#data),
        ...(this.#dictionary !== undefined && { dictionary_page_offset: BigInt(this.#dictionary) }),
        statistics,
      },
    }
  }

  #page(header: PageHeader): void {
    const writer = new ByteWriter()
    writePageHeader(writer, header)
    const bytes = writer.getBytes().slice()
    this.#out.write(bytes)
    this.#unpacked += bytes.length
  }
}

function sizes(bytes: Uint8Array, packed: Uint8Array) {
  return { uncompressed_page_size: bytes.length, compressed_page_size: packed.length }
}
