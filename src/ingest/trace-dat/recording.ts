/**
 * What stands in a trace.dat around the pages of its buffers, in versions 6 and 7: trace-cmd.dat.v6(5),
 * trace-cmd.dat.v7(5).
 */
import type { BytesAt } from '../../base/bytes-at.js'
import { UserError } from '../../base/user-error.js'
import { Btf } from './btf.js'
import { type Field, fieldOf } from './event-format.js'
import { CutOff, Fields, latin1 } from './fields.js'
import { FileCursor } from './file-cursor.js'
import { Formats } from './formats.js'
import {
  type BufferOption,
  type CpuData,
  chosenClock,
  noOptions,
  type Options,
  optionIds,
  takeOption,
} from './options.js'
import { Symbols } from './symbols.js'
import { type Unpack, unpackerOf } from './unpacking.js'

/** The pages of a buffer, or its text. */
export interface Buffer {
  /** '' for the top one. */
  readonly name: string
  readonly clock: string
  readonly isText: boolean
  readonly isPacked: boolean
  readonly pageSize: number
  readonly cpus: readonly CpuData[]
  /** Of a text: where it lies. */
  readonly text: { readonly offset: number; readonly size: number }
}

/** How a page of the ring buffer is laid out: events/header_page. */
export interface PageLayout {
  /** Where the number of bytes in use stands, and its size: that of a `long` of the kernel. */
  readonly commit: number
  readonly longSize: number
  readonly data: number
}

/** A trace.dat that has been opened. */
export interface Recording {
  readonly file: BytesAt
  readonly version: number
  /** `none`, `zlib`, `zstd` */
  readonly compression: string
  readonly isLittle: boolean
  readonly page: PageLayout
  readonly unpack: Unpack | undefined
  readonly formats: Formats
  readonly symbols: Symbols
  /** By pid, the bytes of the name of the task. */
  readonly comms: ReadonlyMap<number, Uint8Array>
  /** The types of the kernel; undefined where the file has none, or damaged ones. */
  readonly types: () => Btf | undefined
  /** By address, the formats of trace_printk. */
  readonly printk: ReadonlyMap<string, string>
  readonly options: Options
  /** The top one first. */
  readonly buffers: readonly Buffer[]
  /** How many parts of the file could not be read. */
  readonly unread: number
}

/** `\x17\x08Dtracing` */
const MAGIC = Uint8Array.of(0x17, 0x08, 0x44, 0x74, 0x72, 0x61, 0x63, 0x69, 0x6e, 0x67)
/** So many first bytes tell. */
export const MAGIC_LENGTH = MAGIC.length

/** Whether a file that starts with these bytes is a trace.dat. */
export function isRecording(start: Uint8Array): boolean {
  return MAGIC.every((byte, index) => start[index] === byte)
}

const CUT_OFF =
  'the recording ends before its data; copy the file again, or run trace-cmd restore if the recorder was killed'

/** Opens a trace.dat. Throws a UserError where it has no data that could be read. */
export async function openRecording(file: BytesAt): Promise<Recording> {
  try {
    return await opened(file)
  } catch (error) {
    throw error instanceof CutOff ? new UserError(CUT_OFF) : error
  }
}

/** The head of a file is no longer than that. */
const LONGEST_HEAD = 256

async function opened(file: BytesAt): Promise<Recording> {
  const head = new Fields(new Uint8Array(Math.min(file.size, LONGEST_HEAD)), true)
  file.read(0, head.bytes)
  head.take(MAGIC_LENGTH)
  const version = Number(head.text())
  if (version !== 6 && version !== 7) {
    throw new UserError(
      `the recording is of version ${version || 'unknown'}, and fgraph reads 6 and 7; print it with trace-cmd report`,
    )
  }
  const isLittle = head.u8() === 0
  head.u8()
  const rest = new Fields(head.take(head.left), isLittle)
  const pageSize = rest.u32()
  const start = MAGIC_LENGTH + 4
  const parts = new Parts(file, version, isLittle)
  if (version === 6) {
    readInOrder(parts, start + rest.at, pageSize)
  } else {
    parts.compression = rest.text()
    rest.text()
    const options = rest.place()
    parts.unpack = await unpackerOf(parts.compression)
    readBySections(parts, options, pageSize)
  }
  return parts.recording()
}

/** Gathers the parts of a recording. */
class Parts {
  readonly file: BytesAt
  readonly version: number
  readonly isLittle: boolean
  readonly options = noOptions()
  readonly formats = new Formats()
  readonly comms = new Map<number, Uint8Array>()
  readonly printk = new Map<string, string>()
  readonly buffers: Buffer[] = []
  unread = 0
  compression = 'none'
  unpack: Unpack | undefined
  page: PageLayout = { commit: 8, longSize: 8, data: 16 }
  /** By events/header_page, which newer kernels keep right where sub-buffers are larger. */
  pageSize = 0
  kallsyms: Uint8Array = NOTHING
  modules: Uint8Array = NOTHING
  readTypes = (): Btf | undefined => undefined

  constructor(file: BytesAt, version: number, isLittle: boolean) {
    this.file = file
    this.version = version
    this.isLittle = isLittle
  }

  recording(): Recording {
    const { file, version, isLittle, page, unpack, formats, comms, printk, options, buffers } = this
    const symbols = new Symbols(this.kallsyms, this.modules)
    const parts = {
      page,
      unpack,
      formats,
      symbols,
      comms,
      printk,
      options,
      buffers,
      types: once(this.readTypes),
    }
    const { compression } = this
    const unread = this.unread + Number(options.unread > 0)
    return { file, version, compression, isLittle, ...parts, unread }
  }

  cursor(at: number): FileCursor {
    return new FileCursor(this.file, at, this.isLittle)
  }

  // header_page\0 SIZE text header_event\0 SIZE text
  headers(from: Source): void {
    from.take('header_page\0'.length)
    const fields = lines(from.take(from.place())).flatMap(line => fieldOf(line) ?? [])
    const commit = fields.find(({ name }) => name === 'commit')
    const data = fields.find(({ name }) => name === 'data')
    if (commit && data && isLayout(commit, data)) {
      this.page = { commit: commit.offset, longSize: commit.size, data: data.offset }
      this.pageSize = data.offset + data.size
    }
    from.take('header_event\0'.length)
    from.take(from.place())
  }

  ftraceEvents(from: Source): void {
    for (let count = from.u32(); count > 0; count--) {
      this.formats.add(from.take(from.place()), 'ftrace')
    }
  }

  events(from: Source): void {
    for (let systems = from.u32(); systems > 0; systems--) {
      const system = textOf(from)
      for (let count = from.u32(); count > 0; count--) {
        this.formats.add(from.take(from.place()), system)
      }
    }
  }

  commandLines(from: Source): void {
    const text = from.take(from.place())
    for (let at = 0; at < text.length; ) {
      const feed = text.indexOf(LF, at)
      const end = feed < 0 ? text.length : feed
      const blank = text.indexOf(BLANK, at)
      // 1234 bash
      const pid = Number.parseInt(latin1.decode(text.subarray(at, blank)), 10)
      if (blank > at && blank < end && pid >= 0) this.comms.set(pid, text.subarray(blank + 1, end))
      at = end + 1
    }
  }

  // 0xffffffff82a1b2c3 : "hello %d\n"
  printkFormats(from: Source): void {
    for (const line of lines(from.take(from.u32()))) {
      const [, address, text] = /^0x([\da-f]+) : "(.*)"$/.exec(line) ?? []
      if (address !== undefined && text !== undefined) {
        this.printk.set(address.padStart(16, '0'), text.replace(/\\n$/, ''))
      }
    }
  }
}

/** A kernel has no more cpus (NR_CPUS). */
const MOST_CPUS = 8192

/** A file, or a section that has been unpacked. */
type Source = Pick<FileCursor, 'take' | 'u32' | 'place'>

const NOTHING = new Uint8Array(0)
const LF = 0x0a
const BLANK = 0x20

function lines(text: Uint8Array): string[] {
  return latin1.decode(text).split('\n')
}

/** A text that ends with a zero byte. */
function textOf(from: Source): string {
  let text = ''
  for (let byte = from.take(1)[0]; byte !== 0; byte = from.take(1)[0]) {
    text += String.fromCharCode(byte as number)
  }
  return text
}

/** Version 6: one part after another. */
function readInOrder(parts: Parts, start: number, pageSize: number): void {
  const { options } = parts
  const cursor = parts.cursor(start)
  parts.headers(cursor)
  parts.ftraceEvents(cursor)
  parts.events(cursor)
  parts.kallsyms = cursor.take(cursor.u32())
  parts.printkFormats(cursor)
  parts.commandLines(cursor)
  options.cpuCount = cursor.u32()
  let kind = latin1.decode(cursor.take(KIND_LENGTH))
  if (kind.startsWith('options')) {
    readOptions(parts, cursor)
    kind = latin1.decode(cursor.take(KIND_LENGTH))
  }
  const size = sanePageSize(parts.pageSize, pageSize)
  parts.buffers.push(bufferInOrder(parts, cursor, kind, '', size))
  if (options.hasClocks && kind.startsWith('flyrecord')) {
    attempt(parts, () => {
      options.clock = chosenClock(latin1.decode(cursor.take(cursor.place()))) || options.clock
    })
  }
  for (const { name, offset } of options.buffers) {
    attempt(parts, () => {
      const place = parts.cursor(offset)
      const kind = latin1.decode(place.take(KIND_LENGTH))
      parts.buffers.push(bufferInOrder(parts, place, kind, name, size))
    })
  }
}

/** `options  \0`, `latency  \0`, `flyrecord\0` */
const KIND_LENGTH = 10

function readOptions(parts: Parts, cursor: FileCursor): void {
  for (let id = cursor.u16(); id !== optionIds.DONE; id = cursor.u16()) {
    const data = cursor.fields(cursor.u32())
    attempt(parts, () => takeOption(parts.options, id, data, false))
  }
}

function bufferInOrder(
  parts: Parts,
  cursor: FileCursor,
  kind: string,
  name: string,
  pageSize: number,
): Buffer {
  const { clock } = parts.options
  const common = { name, clock, pageSize, isPacked: false }
  if (kind.startsWith('latency')) {
    const text = { offset: cursor.at, size: parts.file.size - cursor.at }
    return { ...common, isText: true, cpus: [], text }
  }
  if (!kind.startsWith('flyrecord')) throw new CutOff()
  const cpus: CpuData[] = []
  for (let cpu = 0; cpu < Math.min(parts.options.cpuCount, MOST_CPUS); cpu++) {
    cpus.push({ cpu, offset: cursor.place(), size: cursor.place() })
  }
  return { ...common, isText: false, cpus, text: { offset: 0, size: 0 } }
}

/** Version 7: sections, which the options tell the places of. */
function readBySections(parts: Parts, options: number, pageSize: number): void {
  if (options === 0) throw new CutOff()
  readOptionSections(parts, options)
  const { sections, buffers } = parts.options
  const ids = optionIds
  const read = (id: number, take: (from: Fields) => void) => {
    const at = sections.get(id)
    if (at !== undefined) attempt(parts, () => take(sectionAt(parts, at)))
  }
  read(ids.HEADER_INFO, from => parts.headers(from))
  read(ids.FTRACE_EVENTS, from => parts.ftraceEvents(from))
  read(ids.EVENT_FORMATS, from => parts.events(from))
  read(ids.PRINTK, from => parts.printkFormats(from))
  read(ids.CMDLINES, from => parts.commandLines(from))
  read(ids.KALLSYMS, from => {
    parts.kallsyms = from.take(from.u32())
  })
  read(ids.MODULES_FILE, from => {
    parts.modules = contentsOf(from)
  })
  const types = sections.get(ids.BTF_FILE)
  if (types !== undefined) parts.readTypes = () => typesAt(parts, types)
  for (const option of [...buffers].sort((a, b) => Number(a.name !== '') - Number(b.name !== ''))) {
    attempt(parts, () =>
      parts.buffers.push(
        bufferOf(parts, option, sanePageSize(option.pageSize, parts.pageSize, pageSize)),
      ),
    )
  }
}

/** Unpacking and indexing types takes long, and few recordings have arguments. */
function typesAt(parts: Parts, at: number): Btf | undefined {
  try {
    const section = sectionAt(parts, at)
    return new Btf(contentsOf(section), parts.isLittle)
  } catch (error) {
    if (error instanceof CutOff) return undefined
    throw error
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** A file of the kernel: with its size in front, as trace-cmd.dat.v7(5) has it, or without, as trace-cmd writes. */
function contentsOf(section: Fields): Uint8Array {
  if (section.left < 8) return section.take(section.left)
  const isSized = section.place() === section.left
  if (!isSized) section.at -= 8
  return section.take(section.left)
}

const MOST_OPTION_SECTIONS = 1000

function readOptionSections(parts: Parts, first: number): void {
  const seen = new Set<number>()
  for (let at = first; at !== 0 && !seen.has(at) && seen.size < MOST_OPTION_SECTIONS; ) {
    seen.add(at)
    const section = sectionAt(parts, at)
    at = 0
    while (section.left > 0) {
      const id = section.u16()
      const data = new Fields(section.take(section.u32()), parts.isLittle)
      if (id === optionIds.DONE) {
        at = data.place()
        break
      }
      attempt(parts, () => takeOption(parts.options, id, data, true))
    }
  }
}

/** Whether a page begins with a timestamp, the number of bytes in use, and its records. */
function isLayout(commit: Field, data: Field): boolean {
  const isLong = commit.size === 4 || commit.size === 8
  return isLong && commit.offset === 8 && data.offset === commit.offset + commit.size
}

/** A page holds its head and a record at least; sub-buffers have 256 pages at most. */
const LEAST_PAGE = 64
const LARGEST_PAGE = 2 ** 24

/** The first size that may be that of a page. Throws `CutOff` if there is none. */
function sanePageSize(...sizes: readonly number[]): number {
  const size = sizes.find(size => size >= LEAST_PAGE && size <= LARGEST_PAGE)
  if (size === undefined) throw new CutOff()
  return size
}

/** Bit of the flags of a section. */
const PACKED = 1

interface SectionHead {
  readonly isPacked: boolean
  readonly at: number
  readonly size: number
}

// id: 2 bytes, flags: 2, description: 4, size: 8
function sectionHead(parts: Parts, at: number): SectionHead {
  const cursor = parts.cursor(at)
  cursor.u16()
  const isPacked = (cursor.u16() & PACKED) !== 0
  cursor.u32()
  const size = cursor.place()
  return { isPacked, at: cursor.at, size }
}

/** The contents of a section. */
function sectionAt(parts: Parts, place: number): Fields {
  const { isPacked, at, size } = sectionHead(parts, place)
  const cursor = parts.cursor(at)
  if (!isPacked) return cursor.fields(Math.min(size, parts.file.size - at))
  const [packedSize, plainSize] = [cursor.u32(), cursor.u32()]
  const bytes = parts.unpack?.(cursor.take(packedSize), plainSize)
  if (!bytes) throw new CutOff()
  return new Fields(bytes, parts.isLittle)
}

function bufferOf(parts: Parts, option: BufferOption, pageSize: number): Buffer {
  const { name, clock, isText } = option
  const cpus = option.cpus.filter(({ cpu }) => cpu < MOST_CPUS)
  if (cpus.length < option.cpus.length) parts.unread++
  const { isPacked, at, size } = sectionHead(parts, option.offset)
  return { name, clock, isText, isPacked, pageSize, cpus, text: { offset: at, size } }
}

/** Reads a part that can be done without. */
function attempt(parts: Parts, read: () => void): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof CutOff)) throw error
    parts.unread++
  }
}
