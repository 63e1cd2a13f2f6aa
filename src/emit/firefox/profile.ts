import { COMMA } from '../../base/ascii.js'
import type { ByteWriter } from '../../base/byte-writer.js'
import { StringTable } from '../../base/string-table.js'
import { trackName } from '../../timeline/names.js'
import type { PrintedTime } from '../../timeline/printed-time.js'
import type { KernelFunction, Nanos, TraceFacts, Track } from '../../timeline/sink.js'
import type { CallTree, NodeId } from '../../timeline/stacks/index.js'
import { type MarkerCategory, markerCategories } from './categories.js'
import { type markerFields, metaOf } from './meta.js'
import type { Samples } from './samples.js'
import { nodesInInterrupts, symbolTables } from './symbol-tables.js'

export interface Profile {
  readonly title: string
  readonly facts: TraceFacts
  /** Added to all times of the file. */
  readonly origin: PrintedTime
  readonly functions: readonly KernelFunction[]
  /** The stacks of named functions; the root is node 0. */
  readonly stacks: CallTree
  readonly threads: readonly Thread[]
}

export interface Thread {
  readonly track: Track
  readonly samples: Samples
  readonly markers: readonly Marker[]
}

export interface Marker {
  readonly type: keyof typeof markerFields
  readonly name: string
  readonly category?: MarkerCategory
  readonly begin: Nanos
  readonly end?: Nanos
  /** The fields of its type. */
  readonly data?: object
}

/** Pids are below 2^22: threads that are not tasks, or share a pid, are numbered from there. */
const FIRST_FREE_PID = 4194304
const INSTANT = 0
const INTERVAL = 1

/** Writes the file from top to bottom; the string table comes first and has the names of markers. */
export function writeProfile(writer: ByteWriter, profile: Profile): void {
  const { title, facts, origin, functions, stacks, threads } = profile
  const strings = new StringTable()
  for (const { markers } of threads) {
    for (const { name } of markers) strings.index(name)
  }
  const inInterrupts = nodesInInterrupts(stacks, functions)
  const { libs, ...tables } = symbolTables(functions, strings, inInterrupts.includes(1))
  writer.text(
    `{"meta":${JSON.stringify(metaOf(title, facts, origin, threads.length))},\n"libs":${JSON.stringify(libs)},\n`,
  )
  writer.text('"shared":{')
  for (const [name, table] of Object.entries(tables)) {
    writer.text(`"${name}":${JSON.stringify(table)},\n`)
  }
  writeStackTable(writer, profile, inInterrupts)
  writer.text(`,\n"stringArray":${JSON.stringify(strings.texts)}},\n"threads":[`)
  const pids = new Set<number>()
  threads.forEach((thread, index) => {
    writer.text(index === 0 ? '\n' : ',\n')
    const head = JSON.stringify(threadHead(thread.track, index, pids))
    writer.text(`${head.slice(0, -1)},`)
    writeMarkers(writer, thread.markers, strings, origin)
    writeSamples(writer, thread.samples, profile)
    writer.text('}')
  })
  writer.text('\n]}\n')
}

/** Node 1 is stack 0; the root is not a stack. */
function writeStackTable(
  writer: ByteWriter,
  { stacks, functions }: Profile,
  inInterrupts: Uint8Array,
): void {
  const length = stacks.length - 1
  const framesOfInterrupts = functions.length - 1
  writer.text(`"stackTable":{"length":${length},"frame":[`)
  writeList(writer, length, index => {
    const frame = stacks.functionOf(index + 1) - 1
    writer.integer(inInterrupts[index + 1] === 1 ? framesOfInterrupts + frame : frame)
  })
  writer.text('],"prefix":[')
  writeList(writer, length, index => writeStack(writer, stacks.parent(index + 1)))
  writer.text(']}')
}

/** A task is the only thread of a process: a trace has no thread groups. */
function threadHead(track: Track, index: number, pids: Set<number>): object {
  const hasOwnPid = track.pid && !pids.has(track.pid)
  const pid = hasOwnPid ? track.pid : FIRST_FREE_PID + index
  pids.add(pid)
  const name = trackName(track)
  return {
    name,
    isMainThread: true,
    processName: name,
    processType: 'default',
    processStartupTime: 0,
    processShutdownTime: null,
    registerTime: 0,
    unregisterTime: null,
    pausedRanges: [],
    showMarkersInTimeline: true,
    pid: `${pid}`,
    tid: pid,
  }
}

function writeMarkers(
  writer: ByteWriter,
  markers: readonly Marker[],
  strings: StringTable,
  origin: PrintedTime,
): void {
  const sorted = markers.toSorted((a, b) => a.begin - b.begin)
  const originMillis = origin.seconds * 1000
  const column = (name: string, write: (marker: Marker) => void) => {
    writer.text(`,"${name}":[`)
    writeList(writer, sorted.length, index => write(sorted[index]))
    writer.text(']')
  }
  const writeTime = (at: Nanos) => writer.millis(origin.nanos + at, originMillis)
  writer.text(`"markers":{"length":${sorted.length}`)
  column('name', ({ name }) => writer.integer(strings.index(name)))
  column('startTime', ({ begin }) => writeTime(begin))
  column('endTime', ({ end }) => (end === undefined ? writer.bytes(NULL) : writeTime(end)))
  column('phase', ({ end }) => writer.integer(end === undefined ? INSTANT : INTERVAL))
  column('category', ({ category }) => writer.integer(markerCategories[category ?? 'other']))
  column('data', ({ type, data }) => writer.text(JSON.stringify({ type, ...data })))
  writer.text('},\n')
}

function writeSamples(
  writer: ByteWriter,
  { length, nodes, gaps, weights }: Samples,
  { origin }: Profile,
): void {
  const originMillis = origin.seconds * 1000
  let time = origin.nanos
  writer.text(`"samples":{"weightType":"tracing-ms","length":${length},"stack":[`)
  writeList(writer, length, () => writeStack(writer, nodes.read()))
  writer.text('],\n"time":[')
  writeList(writer, length, () => {
    time += gaps.read()
    writer.millis(time, originMillis)
  })
  writer.text('],\n"weight":[')
  writeList(writer, length, () => writer.millis(weights.read(), 0))
  writer.text(']}')
}

function writeList(writer: ByteWriter, length: number, write: (index: number) => void): void {
  for (let index = 0; index < length; index++) {
    if (index > 0) writer.byte(COMMA)
    write(index)
  }
}

const NULL = new TextEncoder().encode('null')

function writeStack(writer: ByteWriter, node: NodeId): void {
  if (node === 0) writer.bytes(NULL)
  else writer.integer(node - 1)
}
