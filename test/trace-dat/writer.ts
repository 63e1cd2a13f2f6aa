/** Writes small trace.dat files: the cases that no recording at hand has. */
import { deflateSync } from 'node:zlib'

/** A record, or what stands between records in a page. */
export type Item =
  | {
      readonly at: number
      readonly event: string
      readonly values: Values
      readonly extra?: Uint8Array
    }
  /** Time goes on by an absolute time stamp. */
  | { readonly stamp: bigint }
  /** A record that was discarded, of so many bytes. */
  | { readonly padding: number }

type Values = Readonly<Record<string, number | bigint | string>>

/** The items of a page; `lost` events are missing before it, null for an unknown number. */
export interface Page {
  readonly time: bigint
  readonly items: readonly Item[]
  readonly lost?: number | null
}

export interface BufferSpec {
  readonly name?: string
  readonly clock?: string
  /** By cpu. */
  readonly pages?: ReadonlyMap<number, readonly Page[]>
  /** Of a latency tracer. */
  readonly text?: string
}

export interface FileSpec {
  readonly version?: 6 | 7
  readonly isBig?: boolean
  readonly longSize?: 4 | 8
  readonly compression?: 'none' | 'zlib'
  readonly pageSize?: number
  readonly buffers: readonly BufferSpec[]
  readonly comms?: string
  readonly kallsyms?: string
  readonly modules?: string
  readonly printk?: string
  /** Options by their number, beside those of buffers and sections. */
  readonly options?: readonly (readonly [number, Uint8Array])[]
}

interface FieldSpec {
  readonly type: string
  readonly name: string
  readonly size: number
  readonly isSigned?: boolean
}

/** The events that a file has formats of, and their fields behind the common ones; `long` is 0 here. */
const events: Readonly<
  Record<string, { id: number; system: string; fields: FieldSpec[]; print?: string }>
> = {
  print: {
    id: 5,
    system: 'ftrace',
    fields: [
      { type: 'unsigned long', name: 'ip', size: 0 },
      { type: 'char', name: 'buf[]', size: -1 },
    ],
  },
  kernel_stack: {
    id: 4,
    system: 'ftrace',
    fields: [
      { type: 'int', name: 'size', size: 4, isSigned: true },
      { type: 'unsigned long', name: 'caller[8]', size: 0 },
    ],
  },
  funcgraph_exit: {
    id: 10,
    system: 'ftrace',
    fields: [
      { type: 'unsigned long', name: 'func', size: 0 },
      { type: 'unsigned long', name: 'retval', size: 0 },
      { type: 'int', name: 'depth', size: 4, isSigned: true },
      { type: 'unsigned int', name: 'overrun', size: 4 },
      { type: 'unsigned long long', name: 'calltime', size: 8 },
      { type: 'unsigned long long', name: 'rettime', size: 8 },
    ],
  },
  funcgraph_entry: {
    id: 11,
    system: 'ftrace',
    fields: [
      { type: 'unsigned long', name: 'func', size: 0 },
      { type: 'int', name: 'depth', size: 4, isSigned: true },
    ],
  },
  fgraph_retaddr_entry: {
    id: 12,
    system: 'ftrace',
    fields: [
      { type: 'unsigned long', name: 'func', size: 0 },
      { type: 'int', name: 'depth', size: 4, isSigned: true },
      { type: 'unsigned long', name: 'retaddr', size: 0 },
    ],
  },
  softirq_entry: {
    id: 100,
    system: 'irq',
    fields: [{ type: 'unsigned int', name: 'vec', size: 4 }],
    print:
      '"vec=%u [action=%s]", REC->vec, __print_symbolic(REC->vec, { 0, "HI" }, { 1, "TIMER" })',
  },
  sched_switch: {
    id: 310,
    system: 'sched',
    fields: [
      { type: 'char', name: 'prev_comm[16]', size: 16 },
      { type: 'pid_t', name: 'prev_pid', size: 4, isSigned: true },
      { type: 'int', name: 'prev_prio', size: 4, isSigned: true },
      { type: 'long', name: 'prev_state', size: 0, isSigned: true },
      { type: 'char', name: 'next_comm[16]', size: 16 },
      { type: 'pid_t', name: 'next_pid', size: 4, isSigned: true },
      { type: 'int', name: 'next_prio', size: 4, isSigned: true },
    ],
  },
  irq_handler_entry: {
    id: 101,
    system: 'irq',
    fields: [
      { type: 'int', name: 'irq', size: 4, isSigned: true },
      { type: '__data_loc char[]', name: 'name', size: 4 },
    ],
  },
}

interface PlacedField extends FieldSpec {
  readonly offset: number
}

/** Bytes that grow. */
class Bytes {
  readonly #parts: Uint8Array[] = []
  length = 0
  readonly #isBig: boolean

  constructor(isBig: boolean) {
    this.#isBig = isBig
  }

  add(...bytes: (Uint8Array | string)[]): this {
    for (const each of bytes) {
      const part = typeof each === 'string' ? new TextEncoder().encode(each) : each
      this.#parts.push(part)
      this.length += part.length
    }
    return this
  }

  number(size: number, value: number | bigint): this {
    return this.add(encoded(size, value, this.#isBig))
  }

  zeros(count: number): this {
    return this.add(new Uint8Array(count))
  }

  bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#parts))
  }
}

/** A number in so many bytes. */
export function encoded(size: number, value: number | bigint, isBig = false): Uint8Array {
  const bytes = new Uint8Array(size)
  let rest = BigInt.asUintN(64, BigInt(value))
  for (let index = 0; index < size; index++) {
    bytes[isBig ? size - 1 - index : index] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}

/** The bytes of a trace.dat. */
export function traceDat(spec: FileSpec): Uint8Array {
  return new Writer(spec).write()
}

class Writer {
  readonly #spec: FileSpec
  readonly #isBig: boolean
  readonly #long: number
  readonly #pageSize: number

  constructor(spec: FileSpec) {
    this.#spec = spec
    this.#isBig = spec.isBig ?? false
    this.#long = spec.longSize ?? 8
    this.#pageSize = spec.pageSize ?? 4096
  }

  write(): Uint8Array {
    const { version = 7 } = this.#spec
    const head = this.#bytes()
      .add(Uint8Array.of(0x17, 0x08, 0x44), `tracing${version}\0`)
      .add(Uint8Array.of(this.#isBig ? 1 : 0, this.#long))
      .number(4, 4096)
    return version === 6 ? this.#inOrder(head) : this.#bySections(head)
  }

  #inOrder(file: Bytes): Uint8Array {
    const [top, ...others] = this.#spec.buffers
    const cpus = [...(top?.pages?.keys() ?? [])]
    file.add(this.#headers(), this.#ftraceFormats(), this.#eventFormats())
    file.add(this.#sized(4, this.#spec.kallsyms ?? ''), this.#sized(4, this.#spec.printk ?? ''))
    file.add(this.#sized(8, this.#spec.comms ?? '')).number(4, Math.max(-1, ...cpus) + 1)
    // Places of buffers are known once the length of all before them is.
    const options = (places: readonly number[]) => {
      const list = this.#bytes().add('options  \0')
      for (const [id, data] of this.#spec.options ?? []) {
        list.number(2, id).number(4, data.length).add(data)
      }
      for (const [index, { name = '' }] of others.entries()) {
        list.number(2, 3).number(4, 8 + name.length + 1)
        list.number(8, places[index] ?? 0).add(`${name}\0`)
      }
      return list.number(2, 0)
    }
    const before = file.length + options([]).length
    if (top?.text !== undefined) {
      return file.add(options([]).bytes(), 'latency  \0', top.text).bytes()
    }
    const first = this.#laidOut(top, before)
    let end = before + first.length
    const places: number[] = []
    const rest: Uint8Array[] = []
    for (const other of others) {
      places.push(end)
      const laid = this.#laidOut(other, end)
      rest.push(laid)
      end += laid.length
    }
    return file.add(options(places).bytes(), first, ...rest).bytes()
  }

  /** `flyrecord`, the places of each cpu's pages, and the pages, if that begins at `at`. */
  #laidOut(buffer: BufferSpec | undefined, at: number): Uint8Array {
    const pages = buffer?.pages ?? new Map<number, readonly Page[]>()
    const cpus = Math.max(-1, ...[...(this.#spec.buffers[0]?.pages?.keys() ?? [])]) + 1
    const out = this.#bytes().add('flyrecord\0')
    let place = at + out.length + cpus * 16
    const data: Uint8Array[] = []
    for (let cpu = 0; cpu < cpus; cpu++) {
      const bytes = this.#pages(pages.get(cpu) ?? [])
      out.number(8, place).number(8, bytes.length)
      place += bytes.length
      data.push(bytes)
    }
    return out.add(...data).bytes()
  }

  #bySections(file: Bytes): Uint8Array {
    const compression = this.#spec.compression ?? 'none'
    file.add(`${compression}\0${compression === 'none' ? '' : '1.0'}\0`)
    const parts: Uint8Array[] = []
    let at = file.length + 8
    const options: (readonly [number, Uint8Array])[] = [...(this.#spec.options ?? [])]
    const section = (id: number, contents: Uint8Array, isPacked = compression !== 'none') => {
      const body = isPacked ? this.#packed(contents) : contents
      const head = this.#bytes().number(2, id).number(2, Number(isPacked)).number(4, 0)
      const place = at
      parts.push(head.number(8, body.length).add(body).bytes())
      at += head.length
      return place
    }
    const placed = (id: number, contents: Uint8Array) => {
      options.push([id, encoded(8, section(id, contents), this.#isBig)])
    }
    placed(16, this.#headers())
    placed(17, this.#ftraceFormats())
    placed(18, this.#eventFormats())
    placed(19, this.#sized(4, this.#spec.kallsyms ?? ''))
    placed(20, this.#sized(4, this.#spec.printk ?? ''))
    placed(21, this.#sized(8, this.#spec.comms ?? ''))
    if (this.#spec.modules) placed(25, this.#sized(8, this.#spec.modules))
    for (const buffer of this.#spec.buffers) {
      const { name = '', clock = 'local', text, pages = new Map() } = buffer
      const isPacked = compression !== 'none'
      const option = this.#bytes()
      if (text !== undefined) {
        const bytes = new TextEncoder().encode(text)
        const body = isPacked ? this.#chunks(bytes) : bytes
        const place = at
        parts.push(this.#sectionHead(22, isPacked, body.length), body)
        at += 16 + body.length
        options.push([22, option.number(8, place).add(`${name}\0${clock}\0`).bytes()])
        continue
      }
      const place = at
      const bodies = [...pages.values()].map(list => {
        const bytes = this.#pages(list)
        return isPacked ? this.#chunks(bytes) : bytes
      })
      const size = bodies.reduce((sum, { length }) => sum + length, 0)
      parts.push(this.#sectionHead(3, isPacked, size), ...bodies)
      at += 16
      option.number(8, place).add(`${name}\0${clock}\0`).number(4, this.#pageSize)
      option.number(4, pages.size)
      for (const [index, cpu] of [...pages.keys()].entries()) {
        const { length } = bodies[index] as Uint8Array
        option
          .number(4, cpu)
          .number(8, at)
          .number(8, length - (isPacked ? 4 : 0))
        at += length
      }
      options.push([3, option.bytes()])
    }
    const list = this.#bytes()
    for (const [id, data] of options) list.number(2, id).number(4, data.length).add(data)
    list.number(2, 0).number(4, 8).number(8, 0)
    const place = section(0, list.bytes())
    return file
      .number(8, place)
      .add(...parts)
      .bytes()
  }

  #sectionHead(id: number, isPacked: boolean, size: number): Uint8Array {
    return this.#bytes()
      .number(2, id)
      .number(2, Number(isPacked))
      .number(4, 0)
      .number(8, size)
      .bytes()
  }

  #packed(bytes: Uint8Array): Uint8Array {
    const packed = deflateSync(bytes)
    return this.#bytes().number(4, packed.length).number(4, bytes.length).add(packed).bytes()
  }

  /** Two pages in a block. */
  #chunks(bytes: Uint8Array): Uint8Array {
    const size = 2 * this.#pageSize
    const count = Math.ceil(bytes.length / size)
    const out = this.#bytes().number(4, count)
    for (let at = 0; at < bytes.length; at += size)
      out.add(this.#packed(bytes.subarray(at, at + size)))
    return out.bytes()
  }

  #headers(): Uint8Array {
    const long = this.#long
    const page = [
      '\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;',
      `\tfield: local_t commit;\toffset:8;\tsize:${long};\tsigned:1;`,
      `\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;`,
      `\tfield: char data;\toffset:${8 + long};\tsize:${this.#pageSize - 8 - long};\tsigned:0;`,
      '',
    ].join('\n')
    return this.#bytes()
      .add(
        'header_page\0',
        this.#sized(8, page),
        'header_event\0',
        this.#sized(8, '# compressed\n'),
      )
      .bytes()
  }

  #ftraceFormats(): Uint8Array {
    const formats = this.#formats('ftrace')
    return this.#bytes()
      .number(4, formats.length)
      .add(...formats)
      .bytes()
  }

  #eventFormats(): Uint8Array {
    const systems = ['sched', 'irq']
    const out = this.#bytes().number(4, systems.length)
    for (const system of systems) {
      const formats = this.#formats(system)
      out
        .add(`${system}\0`)
        .number(4, formats.length)
        .add(...formats)
    }
    return out.bytes()
  }

  #formats(system: string): Uint8Array[] {
    return Object.keys(events)
      .filter(name => events[name]?.system === system)
      .map(name => this.#sized(8, this.#formatText(name)))
  }

  #formatText(name: string): string {
    const { id, print = '""' } = events[name] as (typeof events)[string]
    const lines = this.#fields(name).map(({ type, name, offset, size, isSigned }) => {
      return `\tfield:${type} ${name};\toffset:${offset};\tsize:${Math.max(size, 0)};\tsigned:${Number(isSigned ?? false)};`
    })
    return `name: ${name}\nID: ${id}\nformat:\n${lines.join('\n')}\n\nprint fmt: ${print}\n`
  }

  /** All fields with their places, as a compiler aligns them. */
  #fields(event: string): PlacedField[] {
    const common: FieldSpec[] = [
      { type: 'unsigned short', name: 'common_type', size: 2 },
      { type: 'unsigned char', name: 'common_flags', size: 1 },
      { type: 'unsigned char', name: 'common_preempt_count', size: 1 },
      { type: 'int', name: 'common_pid', size: 4, isSigned: true },
    ]
    let at = 0
    return [...common, ...(events[event]?.fields ?? [])].map(field => {
      const element = field.size === 0 ? this.#long : field.size
      const count = field.size === 0 ? Number(/\[(\d+)\]$/.exec(field.name)?.[1] ?? 1) : 1
      const isText = /\[/.test(field.name) && field.size !== 0
      const align = isText ? 1 : Math.max(1, Math.min(element, this.#long))
      at = Math.ceil(at / align) * align
      const placed = { ...field, size: element < 0 ? -1 : element * count, offset: at }
      at += Math.max(placed.size, 0)
      return placed
    })
  }

  #pages(pages: readonly Page[]): Uint8Array {
    const out = this.#bytes()
    for (const page of pages) out.add(this.#page(page))
    return out.bytes()
  }

  #page({ time, items, lost }: Page): Uint8Array {
    const data = this.#bytes()
    let now = time
    for (const item of items) now = this.#item(data, item, now)
    const missed = lost === undefined ? 0 : lost === null ? 0x8000_0000 : 0xc000_0000
    const page = this.#bytes()
      .number(8, time)
      .number(this.#long, data.length + missed)
    page.add(data.bytes())
    if (typeof lost === 'number') page.number(this.#long, lost)
    return page.zeros(this.#pageSize - page.length).bytes()
  }

  /** Returns the time that the page has come to. */
  #item(out: Bytes, item: Item, now: bigint): bigint {
    if ('stamp' in item) {
      this.#head(out, 31, Number(item.stamp & 0x7ff_ffffn))
      out.number(4, (item.stamp >> 27n) & 0xffff_ffffn)
      return item.stamp
    }
    if ('padding' in item) {
      this.#head(out, 29, 1)
      out.number(4, item.padding - 4).zeros(item.padding - 8)
      return now + 1n
    }
    const at = BigInt(item.at)
    let delta = at - now
    if (delta >= 1n << 27n) {
      this.#head(out, 30, Number(delta & 0x7ff_ffffn))
      out.number(4, delta >> 27n)
      delta = 0n
    }
    const record = this.#record(item.event, item.values, item.extra)
    const words = Math.ceil(record.length / 4)
    if (words <= 28) this.#head(out, words, Number(delta))
    else {
      this.#head(out, 0, Number(delta))
      out.number(4, words * 4 + 4)
    }
    out.add(record).zeros(words * 4 - record.length)
    return at
  }

  #head(out: Bytes, type: number, delta: number): void {
    out.number(4, this.#isBig ? type * 2 ** 27 + delta : delta * 32 + type)
  }

  #record(event: string, values: Values, extra: Uint8Array = new Uint8Array(0)): Uint8Array {
    const fields = this.#fields(event)
    const last = fields.at(-1) as PlacedField
    const record = new Uint8Array(last.offset + Math.max(last.size, 0))
    record.set(encoded(2, events[event]?.id ?? 0, this.#isBig), 0)
    for (const { name, offset, size } of fields) {
      const [plain] = name.split('[')
      for (let index = 0; `${plain}.${index}` in values; index++) {
        const element = values[`${plain}.${index}`] as bigint
        record.set(encoded(this.#long, element, this.#isBig), offset + index * this.#long)
      }
      const value = values[plain as string]
      if (value === undefined || size < 0) continue
      if (typeof value === 'string') record.set(new TextEncoder().encode(value), offset)
      else record.set(encoded(size, value, this.#isBig), offset)
    }
    const tail = last.size < 0 ? `${values[last.name.replace(/\[.*/, '')] ?? ''}\0` : ''
    return this.#bytes().add(record, tail, extra).bytes()
  }

  #sized(size: number, contents: string): Uint8Array {
    const bytes = new TextEncoder().encode(contents)
    return this.#bytes().number(size, bytes.length).add(bytes).bytes()
  }

  #bytes(): Bytes {
    return new Bytes(this.#isBig)
  }
}
