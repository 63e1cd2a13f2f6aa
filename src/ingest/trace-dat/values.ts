import type { CpuRecords } from './cpu-records.js'
import { type EventFormat, type Field, LONG } from './event-format.js'
import type { Recording } from './recording.js'
import { type Address, addressOf, addressText } from './symbols.js'

/** Reads the fields of records, in the byte order of the recording. */
export class Values {
  readonly #isLittle: boolean
  readonly #longSize: number
  readonly #recording: Recording

  constructor(recording: Recording) {
    this.#recording = recording
    this.#isLittle = recording.isLittle
    this.#longSize = recording.page.longSize
  }

  /** A number field that a record has; integers beyond 2^53 are near. */
  number({ view, at }: CpuRecords, field: Field): number {
    return this.#numberAt(view, at + field.offset, field.size, field.isSigned)
  }

  /** A field that holds an address. */
  address({ view, at }: CpuRecords, { offset, size }: Field): Address {
    return this.#addressAt(view, at + offset, size)
  }

  /** How much more the second field is, modulo 2^64. */
  difference({ view, at }: CpuRecords, from: Field, to: Field): number {
    const isLittle = this.#isLittle
    const [high, low] = isLittle ? [4, 0] : [0, 4]
    const highs =
      view.getUint32(at + to.offset + high, isLittle) -
      view.getUint32(at + from.offset + high, isLittle)
    const lows =
      view.getUint32(at + to.offset + low, isLittle) -
      view.getUint32(at + from.offset + low, isLittle)
    const difference = highs * 2 ** 32 + lows
    return difference < 0 ? difference + 2 ** 64 : difference
  }

  /** A value that a function has returned, as trace-cmd prints it: `-22` for an error, or `0x1f`. */
  returned(record: CpuRecords, field: Field): string {
    const bits = this.#bits(record.view, record.at + field.offset, field.size)
    const signed = BigInt.asIntN(8 * field.size, bits)
    return signed < 0n && signed >= LOWEST_ERROR ? String(signed) : `0x${bits.toString(16)}`
  }

  /** The longs of an array at the end of a record. */
  longs({ view, at, end }: CpuRecords, { offset }: Field): bigint[] {
    const size = this.#longSize
    const longs: bigint[] = []
    for (let p = at + offset; p + size <= end; p += size) longs.push(this.#bits(view, p, size))
    return longs
  }

  #bits(view: DataView, at: number, size: number): bigint {
    return size === 8
      ? view.getBigUint64(at, this.#isLittle)
      : BigInt(this.#numberAt(view, at, size, false))
  }

  /** Whether all of a field is in the record. */
  has({ at, end }: CpuRecords, { offset, size }: Field): boolean {
    return at + offset + size <= end
  }

  /** The elements of an array, as many as the record has; `count` at most. */
  elements(record: CpuRecords, field: Field, count = Number.POSITIVE_INFINITY): Address[] {
    const [start, end] = this.#spanOf(record, field)
    const size = field.elementSize === LONG ? this.#longSize : field.elementSize
    const elements: Address[] = []
    for (let p = start; p + size <= end && elements.length < count; p += size) {
      elements.push(this.#addressAt(record.view, p, size))
    }
    return elements
  }

  /** The bytes of a text, up to its zero byte. */
  text(record: CpuRecords, field: Field): Uint8Array {
    const [start, end] = this.#spanOf(record, field)
    const bytes = record.bytes.subarray(start, end)
    const zero = bytes.indexOf(0)
    return zero < 0 ? bytes : bytes.subarray(0, zero)
  }

  /** `prev_comm=bash prev_pid=133 prev_prio=120`: all fields of an event but those that every event has. */
  textOfEvent(record: CpuRecords, format: EventFormat): string {
    return format.fields
      .filter(field => this.has(record, field))
      .map(field => `${field.name}=${this.#textOf(record, field)}`)
      .join(' ')
  }

  #textOf(record: CpuRecords, field: Field): string {
    switch (field.kind) {
      case 'text':
      case 'text elsewhere':
        return utf8.decode(this.text(record, field))
      case 'array':
      case 'array elsewhere':
        return `[${this.elements(record, field, MOST_ELEMENTS).join(', ')}]`
      case 'number':
        return this.#textOfNumber(record, field)
    }
  }

  #textOfNumber(record: CpuRecords, field: Field): string {
    if (field.isAddress) return this.symbolText(this.address(record, field))
    const number =
      field.size === 8
        ? record.view[field.isSigned ? 'getBigInt64' : 'getBigUint64'](
            record.at + field.offset,
            this.#isLittle,
          )
        : this.number(record, field)
    const name = field.symbols?.get(Number(number))
    return name === undefined ? String(number) : `${number} [${name}]`
  }

  /** `foo+0x18 [module]`; the address where no symbol is known. */
  symbolText(address: Address): string {
    const found = this.#recording.symbols.find(address)
    if (!found) return `0x${addressText(address)}`
    if (found.offset === 0) return found.name
    const [name = '', ...module] = found.name.split(' ')
    return [`${name}+0x${found.offset.toString(16)}`, ...module].join(' ')
  }

  /** Where an array or a text lies; nowhere if it does not fit into the record. */
  #spanOf({ view, at, end }: CpuRecords, field: Field): readonly [number, number] {
    const start = at + field.offset
    if (field.kind !== 'text elsewhere' && field.kind !== 'array elsewhere') {
      return [start, field.size === 0 ? end : Math.min(start + field.size, end)]
    }
    if (start + PLACE > end) return [end, end]
    const place = view.getUint32(start, this.#isLittle)
    const from = (field.isRelative ? start + field.size : at) + (place & 0xffff)
    const to = from + (place >>> 16)
    return to <= end ? [from, to] : [end, end]
  }

  #numberAt(view: DataView, at: number, size: number, isSigned: boolean): number {
    const isLittle = this.#isLittle
    switch (size) {
      case 1:
        return isSigned ? view.getInt8(at) : view.getUint8(at)
      case 2:
        return isSigned ? view.getInt16(at, isLittle) : view.getUint16(at, isLittle)
      case 4:
        return isSigned ? view.getInt32(at, isLittle) : view.getUint32(at, isLittle)
      case 8:
        return Number(isSigned ? view.getBigInt64(at, isLittle) : view.getBigUint64(at, isLittle))
      default:
        return 0
    }
  }

  #addressAt(view: DataView, at: number, size: number): Address {
    if (size !== 8) return this.#numberAt(view, at, size, false)
    const isLittle = this.#isLittle
    const [high, low] = isLittle ? [4, 0] : [0, 4]
    return addressOf(view.getUint32(at + high, isLittle), view.getUint32(at + low, isLittle))
  }
}

/** Bytes that tell where an array stands, and its length. */
const PLACE = 4
/** MAX_ERRNO (include/linux/err.h). */
const LOWEST_ERROR = -4095n

/** Of an array, so many elements are shown. */
const MOST_ELEMENTS = 64

const utf8 = new TextDecoder()
