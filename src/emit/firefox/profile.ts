import { COMMA } from '../../base/ascii.js'
import type { ByteWriter } from '../../base/byte-writer.js'
import { StringTable } from '../../base/string-table.js'
import type { CallTree, NodeId } from '../../timeline/call-tree.js'
import { clockTexts, trackName } from '../../timeline/names.js'
import type { PrintedTime } from '../../timeline/printed-time.js'
import type { KernelFunction, Nanos, TraceFacts, Track } from '../../timeline/sink.js'
import { servesInterrupts } from '../../timeline/interrupt-functions.js'
import type { Samples } from './samples.js'

export interface Profile {
  readonly title: string
  readonly facts: TraceFacts
  /** What all times of the file count from. */
  readonly origin: PrintedTime
  readonly functions: readonly KernelFunction[]
  /** Under their names; the root is node 0. */
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
  /** What its schema shows beside the name and the time. */
  readonly data?: object
}

/** Undefined where it is about neither the scheduler nor interrupts. */
export type MarkerCategory = 'sched' | 'irq' | undefined

const VERSION = 60
/** Of Gecko's own format in the days of that version. */
const GECKO_VERSION = 32

/** Pids end below 2^22: what is no task, or has the pid of another thread, is numbered from there. */
const FIRST_FREE_PID = 4194304
/** As many threads are shown before others are chosen. */
const VISIBLE_THREADS = 20

const OTHER = 0
const KERNEL = 1
const MODULE = 2
const INTERRUPT = 3
const SCHEDULER = 4
const categories = [
  { name: 'Other', color: 'grey', subcategories: ['Other'] },
  { name: 'Kernel', color: 'orange', subcategories: ['Other'] },
  { name: 'Module', color: 'blue', subcategories: ['Other'] },
  { name: 'Interrupt', color: 'red', subcategories: ['Other'] },
  { name: 'Scheduler', color: 'purple', subcategories: ['Other'] },
]

/** Of each type of marker. */
const markerFields = {
  Event: [
    { key: 'text', label: 'Text', format: 'string' },
    { key: 'stack', label: 'Stack', format: 'list' },
  ],
  Section: [{ key: 'row', label: 'Row', format: 'string' }],
  Counter: [{ key: 'value', label: 'Value', format: 'decimal' }],
  Call: [],
  Lost: [{ key: 'events', label: 'Events', format: 'integer' }],
}

const LIBRARY = 1
const INSTANT = 0
const INTERVAL = 1

/** Top to bottom; names of markers stand in the string table. */
export function writeProfile(writer: ByteWriter, profile: Profile): void {
  const strings = new StringTable()
  for (const { markers } of profile.threads) {
    for (const { name } of markers) strings.index(name)
  }
  const inInterrupts = nodesInInterrupts(profile)
  const { libs, ...tables } = symbolTables(profile.functions, strings, inInterrupts.includes(1))
  writer.text(`{"meta":${JSON.stringify(metaOf(profile))},\n"libs":${JSON.stringify(libs)},\n`)
  writer.text('"shared":{')
  for (const [name, table] of Object.entries(tables)) {
    writer.text(`"${name}":${JSON.stringify(table)},\n`)
  }
  writeStackTable(writer, profile, inInterrupts)
  writer.text(`,\n"stringArray":${JSON.stringify(strings.texts)}},\n"threads":[`)
  const pids = new Set<number>()
  profile.threads.forEach((thread, index) => {
    writer.text(index === 0 ? '\n' : ',\n')
    const head = JSON.stringify(threadHead(thread.track, index, pids))
    writer.text(`${head.slice(0, -1)},`)
    writeMarkers(writer, thread.markers, strings, profile.origin)
    writeSamples(writer, thread.samples, profile)
    writer.text('}')
  })
  writer.text('\n]}\n')
}

function metaOf({ title, facts, origin, threads }: Profile): object {
  const entries = [
    ['Dialect', facts.dialect],
    ['Columns', facts.columns.join(', ')],
    ['Clock', clockTexts[facts.clock]],
    ['First timestamp', facts.origin],
    ['Lost events', `${facts.lostEvents}`],
  ].map(([label, value]) => ({ label, format: 'string', value }))
  return {
    interval: 0.001,
    startTime: 0,
    // The viewer's ruler is 0 here.
    profilingStartTime: millis(0, origin),
    // Samples at the very end are not within it: what is left of calls without an exit stands there.
    profilingEndTime: millis(facts.span + 1, origin),
    processType: 0,
    product: title,
    importedFrom: 'fgraph',
    stackwalk: 0,
    version: GECKO_VERSION,
    preprocessedProfileVersion: VERSION,
    symbolicated: true,
    categories,
    markerSchema: Object.entries(markerFields).map(([name, fields]) => markerSchema(name, fields)),
    extra: [{ label: 'Trace', entries }],
    usesOnlyOneStackType: true,
    sourceCodeIsNotOnSearchfox: true,
    keepProfileThreadOrder: true,
    initialVisibleThreads: threads.slice(0, VISIBLE_THREADS).map((_, index) => index),
    initialSelectedThreads: threads.slice(0, 1).map((_, index) => index),
  }
}

function markerSchema(name: string, fields: readonly { key: string }[]): object {
  const display = ['marker-chart', 'marker-table', 'timeline-overview']
  const [first] = fields
  return {
    name,
    display,
    chartLabel: '{marker.name}',
    tooltipLabel: '{marker.name}',
    tableLabel: `{marker.name}${first ? ` {marker.data.${first.key}}` : ''}`,
    fields,
    ...(name === 'Counter' && { graphs: [{ key: 'value', type: 'line' }] }),
  }
}

/**
 * A function and a frame for each kernel function, a library for each module; and another frame for
 * the stacks of interrupts, if there are some, which are these whatever they call.
 */
function symbolTables(
  functions: readonly KernelFunction[],
  strings: StringTable,
  hasInterrupts: boolean,
) {
  const named = functions.slice(1)
  const modules = [...new Set(named.map(({ module }) => module))]
  const libs = modules.map(module => {
    const name = module || 'kernel'
    const path = { path: name, debugPath: name, breakpadId: '', codeId: null, arch: null }
    return { name, debugName: name, ...path }
  })
  const all = <T>(value: T) => named.map(() => value)
  const twice = <T>(first: readonly T[], second: readonly T[]) =>
    hasInterrupts ? [...first, ...second] : first
  const frames = <T>(value: T) => twice(all(value), all(value))
  const { length } = named
  return {
    libs,
    frameTable: {
      address: frames(-1),
      inlineDepth: frames(0),
      category: twice(
        named.map(({ module }) => (module === '' ? KERNEL : MODULE)),
        all(INTERRUPT),
      ),
      subcategory: frames(0),
      func: twice([...named.keys()], [...named.keys()]),
      nativeSymbol: frames(null),
      innerWindowID: frames(0),
      line: frames(null),
      column: frames(null),
      length: hasInterrupts ? 2 * length : length,
    },
    funcTable: {
      name: named.map(({ name }) => strings.index(name)),
      isJS: all(false),
      relevantForJS: all(false),
      resource: named.map(({ module }) => modules.indexOf(module)),
      source: all(null),
      lineNumber: all(null),
      columnNumber: all(null),
      length,
    },
    resourceTable: {
      type: libs.map(() => LIBRARY),
      lib: libs.map((_, index) => index),
      name: libs.map(({ name }) => strings.index(name)),
      host: libs.map(() => null),
      length: libs.length,
    },
    nativeSymbols: { libIndex: [], address: [], name: [], functionSize: [], length: 0 },
    sources: { uuid: [], filename: [], length: 0 },
  }
}

/** 1 for each node that is of an interrupt, or below one. */
function nodesInInterrupts({ stacks, functions }: Profile): Uint8Array {
  const nodes = new Uint8Array(stacks.length)
  for (let node = 1; node < stacks.length; node++) {
    const definition = functions[stacks.functionOf(node)]
    nodes[node] = nodes[stacks.parent(node)] || Number(servesInterrupts(definition))
  }
  return nodes
}

/** Node 1 is stack 0: the root is none. */
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

const markerCategories = { other: OTHER, irq: INTERRUPT, sched: SCHEDULER }

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

function millis(nanos: Nanos, origin: PrintedTime): number {
  return origin.seconds * 1000 + (origin.nanos + nanos) / 1e6
}
