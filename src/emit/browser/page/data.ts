/**
 * What an HTML page knows of a trace: the bytes that stand in it, gzipped and in base64, are
 *
 *     the length of the head (32 bits, the lowest byte first)
 *     the head: JSON
 *     columns: varints, one column after the other, their lengths in the head
 *
 * A group is a row of the timeline with what is in it: the calls of a track, the sections of a lane,
 * or the values of a counter. The first two are spans, in the order in which they begin, so that
 * their depth says which is in which; what is known of a span when it ends stands in the order of
 * the ends. Columns have the values of all groups in the groups' order, and what is counted up
 * begins anew in each.
 */

import { unzigzag, VarintReader } from '../../../base/varint-log.js'
import type {
  KernelFunction,
  Lane,
  LaneKind,
  Nanos,
  TraceFacts,
  Track,
} from '../../../timeline/sink.js'

export const columnNames = [
  /** How many spans end before this one begins, of those that are open after the one before. */
  'rises',
  /** From the begin of the span before. */
  'gaps',
  /** The id of a call's function, or a section's name as an index into the texts. */
  'names',
  /** By end: from begin to end. */
  'lengths',
  /** By end: 0 if it was not measured; otherwise 1 more than (zigzag) how much more it is than the length. */
  'durations',
  /** Which calls were running when the trace began to show their track: by how many further. */
  'lates',
  /** Which ends are of calls with notes, by how many further; and the notes as an index into the texts. */
  'notedSpans',
  'notes',
  /** Instants: from the one before, and indexes into the texts. */
  'instantGaps',
  'instantNames',
  'instantTexts',
  'instantStacks',
  /** To which cpu a track's task has moved, and how long after the last time. */
  'moveGaps',
  'moveCpus',
] as const

export type ColumnName = (typeof columnNames)[number]

export interface Head {
  readonly title: string
  /** Where the source of a function is: `{function}` and `{module}` stand for its names. */
  readonly sourceUrl?: string | undefined
  readonly facts: TraceFacts
  /** By id: name and module. */
  readonly functions: readonly (readonly [string, string])[]
  readonly tracks: readonly Track[]
  readonly texts: readonly string[]
  readonly groups: readonly HeadGroup[]
  /** Cpu, position, and how many, 0 for unknown. */
  readonly losses: readonly (readonly [number, Nanos, number])[]
  /** Bytes of each column. */
  readonly columns: Readonly<Record<ColumnName, number>>
}

export interface HeadGroup {
  readonly kind: 'calls' | 'counter' | LaneKind
  readonly name: string
  /** Its place in the tracks, or a cpu. */
  readonly owner: Lane['owner']
  readonly spans: number
  readonly lates: number
  readonly noted: number
  readonly instants: number
  readonly moves: number
  /** Of a counter: positions, and the values from there on. */
  readonly steps?: readonly [readonly Nanos[], readonly number[]]
}

/** The values of a counter: at least one step. */
export interface Steps {
  readonly positions: readonly Nanos[]
  readonly values: readonly number[]
  /** Of the values and 0. */
  readonly least: number
  readonly most: number
}

export interface Group {
  readonly kind: HeadGroup['kind']
  readonly name: string
  readonly owner: Lane['owner']
  /** Its spans: from the first to before the last. */
  readonly first: number
  readonly last: number
  /** Spans by depth. */
  readonly rows: readonly Int32Array[]
  /** The indexes of its instants. */
  readonly instants: Int32Array
  /** Where its task runs, from when on. */
  readonly cpu: number | undefined
  readonly moves: readonly { readonly at: Nanos; readonly cpu: number }[]
  readonly steps: Steps | undefined
}

/** Calls and sections, column by column. */
export interface Spans {
  readonly length: number
  readonly begins: Float64Array
  readonly ends: Float64Array
  /** As measured; -1 where it was not. */
  readonly durations: Float64Array
  /** The id of a function, or a text. */
  readonly names: Int32Array
  readonly depths: Int32Array
  /** -1 for none. */
  readonly parents: Int32Array
}

export interface Instants {
  readonly length: number
  readonly begins: Float64Array
  /** The same array: a moment has no length. */
  readonly ends: Float64Array
  /** Texts. */
  readonly names: Int32Array
  readonly texts: Int32Array
  readonly stacks: Int32Array
  readonly groups: Int32Array
}

export interface Trace {
  readonly title: string
  readonly sourceUrl: string | undefined
  readonly facts: TraceFacts
  readonly functions: readonly KernelFunction[]
  readonly tracks: readonly Track[]
  readonly texts: readonly string[]
  readonly groups: readonly Group[]
  readonly spans: Spans
  readonly instants: Instants
  /** Spans that were running before. */
  readonly lates: ReadonlySet<number>
  /** Texts by span: `notesOf` reads them. */
  readonly notes: ReadonlyMap<number, number>
  readonly losses: readonly { readonly cpu: number; readonly at: Nanos; readonly events: number }[]
}

export function decodeTrace(bytes: Uint8Array): Trace {
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const head: Head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headLength)))
  const columns = {} as Record<ColumnName, VarintReader>
  let at = 4 + headLength
  for (const name of columnNames) {
    columns[name] = new VarintReader([bytes.subarray(at, at + head.columns[name])])
    at += head.columns[name]
  }
  const spans = newSpans(sum(head.groups, group => group.spans))
  const instants = newInstants(sum(head.groups, group => group.instants))
  const lates = new Set<number>()
  const notes = new Map<number, number>()
  const groups: Group[] = []
  let first = 0
  let firstInstant = 0
  for (const group of head.groups) {
    const last = first + group.spans
    const ended = new Int32Array(group.spans)
    const rows = readSpans(columns, spans, first, ended)
    for (let i = 0, late = first; i < group.lates; i++) {
      late += columns.lates.read()
      lates.add(late)
    }
    for (let i = 0, end = 0; i < group.noted; i++) {
      end += columns.notedSpans.read()
      notes.set(ended[end], columns.notes.read())
    }
    readInstants(columns, instants, firstInstant, firstInstant + group.instants, groups.length)
    const { kind, name, owner } = group
    groups.push({
      kind,
      name,
      owner,
      cpu: kind === 'calls' && 'track' in owner ? head.tracks[owner.track].cpu : undefined,
      first,
      last,
      rows,
      instants: Int32Array.from({ length: group.instants }, (_, i) => firstInstant + i),
      moves: readMoves(columns, group.moves),
      steps: group.steps && stepsOf(...group.steps),
    })
    first = last
    firstInstant += group.instants
  }
  return {
    title: head.title,
    sourceUrl: head.sourceUrl,
    facts: head.facts,
    functions: head.functions.map(([name, module]) => ({ name, module })),
    // JSON leaves out what is undefined.
    tracks: head.tracks.map(track => ({ ...track, pid: track.pid, cpu: track.cpu })),
    texts: head.texts,
    groups,
    spans,
    instants,
    lates,
    notes,
    losses: head.losses.map(([cpu, at, events]) => ({ cpu, at, events })),
  }
}

type Columns = Readonly<Record<ColumnName, VarintReader>>

/** Returns the spans by depth; `ended` takes them in the order of their ends. */
function readSpans(columns: Columns, spans: Spans, first: number, ended: Int32Array): Int32Array[] {
  const { begins, ends, durations, names, depths, parents } = spans
  const path: number[] = []
  const counts: number[] = []
  let begin = 0
  let level = 0
  let end = 0
  const endTo = (depth: number) => {
    while (level > depth) {
      const span = path[--level]
      const length = columns.lengths.read()
      const duration = columns.durations.read()
      ends[span] = begins[span] + length
      durations[span] = duration === 0 ? -1 : length + unzigzag(duration - 1)
      ended[end++] = span
    }
  }
  const last = first + ended.length
  for (let i = first; i < last; i++) {
    endTo(level - columns.rises.read())
    begin += columns.gaps.read()
    begins[i] = begin
    names[i] = columns.names.read()
    depths[i] = level
    parents[i] = level === 0 ? -1 : path[level - 1]
    counts[level] = (counts[level] ?? 0) + 1
    path[level++] = i
  }
  endTo(0)
  const rows = counts.map(count => new Int32Array(count))
  const filled = counts.map(() => 0)
  for (let i = first; i < last; i++) rows[depths[i]][filled[depths[i]]++] = i
  return rows
}

function readInstants(
  columns: Columns,
  instants: Instants,
  first: number,
  last: number,
  group: number,
): void {
  let at = 0
  for (let i = first; i < last; i++) {
    at += columns.instantGaps.read()
    instants.begins[i] = at
    instants.names[i] = columns.instantNames.read()
    instants.texts[i] = columns.instantTexts.read()
    instants.stacks[i] = columns.instantStacks.read()
    instants.groups[i] = group
  }
}

function readMoves({ moveGaps, moveCpus }: Columns, count: number): Group['moves'] {
  let at = 0
  return Array.from({ length: count }, () => {
    at += moveGaps.read()
    return { at, cpu: moveCpus.read() }
  })
}

function stepsOf(positions: readonly Nanos[], values: readonly number[]): Steps {
  const least = values.reduce((least, value) => Math.min(least, value), 0)
  const most = values.reduce((most, value) => Math.max(most, value), 0)
  return { positions, values, least, most }
}

function newSpans(length: number): Spans {
  return {
    length,
    begins: new Float64Array(length),
    ends: new Float64Array(length),
    durations: new Float64Array(length),
    names: new Int32Array(length),
    depths: new Int32Array(length),
    parents: new Int32Array(length),
  }
}

function newInstants(length: number): Instants {
  const begins = new Float64Array(length)
  return {
    length,
    begins,
    ends: begins,
    names: new Int32Array(length),
    texts: new Int32Array(length),
    stacks: new Int32Array(length),
    groups: new Int32Array(length),
  }
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
