/** Writes what page/data.ts reads. */
import { append, type Column, float64Column, int32Column } from '../base/columns.js'
import { type FunctionId, type Nanos, UNMEASURED, UNNAMED } from '../timeline/sink.js'
import { type ColumnName, columnNames, type Head, type HeadGroup } from './page/data.js'
import { VarintWriter, zigzag } from './page/varints.js'

/** What happens on one row: 32 bytes for each span. */
export class GroupEvents {
  readonly begins = float64Column()
  readonly ends = float64Column()
  readonly durations = float64Column()
  readonly names = int32Column()
  /** Twice the depth; 1 more for a call that was running before. */
  readonly depths = int32Column()
  /** Indexes of the open spans. */
  readonly open: number[] = []
  /** Texts by span. */
  readonly notes = new Map<number, number>()
  readonly instantPositions = float64Column()
  /** Three for each: name, text, stack. */
  readonly instantTexts = int32Column()
  readonly movePositions = float64Column()
  readonly moveCpus = int32Column()
  /** In spans that are in no other. */
  busy: Nanos = 0

  begin(name: number, at: Nanos): void {
    append(this.depths, this.open.length * 2 + Number(name === UNNAMED))
    append(this.names, name)
    append(this.ends, at)
    append(this.durations, UNMEASURED)
    this.open.push(append(this.begins, at))
  }

  /** Returns the index of what ends. */
  end(at: Nanos, duration: Nanos): number {
    const index = this.open.pop() as number
    this.ends.values[index] = at
    this.durations.values[index] = duration
    if (this.open.length === 0) this.busy += at - this.begins.values[index]
    return index
  }

  rename(index: number, name: FunctionId): void {
    this.names.values[index] = name
  }

  instant(at: Nanos, name: number, text: number, stack: number): void {
    append(this.instantPositions, at)
    append(this.instantTexts, name)
    append(this.instantTexts, text)
    append(this.instantTexts, stack)
  }

  move(at: Nanos, cpu: number): void {
    append(this.movePositions, at)
    append(this.moveCpus, cpu)
  }
}

export type RowEvents = Pick<HeadGroup, 'kind' | 'name' | 'cpu'> & { readonly events: GroupEvents }

/** The head and the columns, each piece one of them. */
export function encodeTrace(
  head: Omit<Head, 'groups' | 'columns'>,
  rows: readonly RowEvents[],
): Uint8Array[] {
  const columns = {} as Record<ColumnName, VarintWriter>
  for (const name of columnNames) columns[name] = new VarintWriter()
  const groups = rows.map(({ kind, name, cpu, events }) => ({
    kind,
    name,
    cpu,
    ...writeSpans(columns, events, kind === 'calls'),
    instants: writeInstants(columns, events),
    moves: writeMoves(columns, events),
  }))
  const lengths = {} as Record<ColumnName, number>
  for (const name of columnNames) lengths[name] = columns[name].bytes.length
  const complete: Head = { ...head, groups, columns: lengths }
  const json = new TextEncoder().encode(JSON.stringify(complete))
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, json.length, true)
  return [length, json, ...columnNames.map(name => columns[name].bytes)]
}

type Columns = Readonly<Record<ColumnName, VarintWriter>>

/** A call that never got a name is none: what is in it stands one level higher. */
function writeSpans(columns: Columns, events: GroupEvents, isCalls: boolean) {
  const { begins, ends, durations, names, depths, notes } = events
  /** By depth in the trace, that of what stands in it. */
  const inner: number[] = []
  const counts = { spans: 0, lates: 0, noted: 0 }
  let lastDepth = -1
  let lastBegin = 0
  let lastLate = 0
  let lastNoted = 0
  for (let i = 0; i < begins.length; i++) {
    const level = depths.values[i] >> 1
    const depth = level === 0 ? 0 : inner[level - 1]
    const name = names.values[i]
    const isShown = !isCalls || name !== UNNAMED
    inner[level] = isShown ? depth + 1 : depth
    if (!isShown) continue
    const begin = begins.values[i]
    const length = ends.values[i] - begin
    const duration = durations.values[i]
    columns.rises.write(lastDepth + 1 - depth)
    columns.gaps.write(begin - lastBegin)
    columns.lengths.write(length)
    columns.names.write(name)
    columns.durations.write(duration === UNMEASURED ? 0 : 1 + zigzag(duration - length))
    const index = counts.spans++
    lastDepth = depth
    lastBegin = begin
    if (isCalls && depths.values[i] & 1) {
      columns.lates.write(index - lastLate)
      lastLate = index
      counts.lates++
    }
    const note = notes.get(i)
    if (note === undefined) continue
    columns.notedSpans.write(index - lastNoted)
    columns.notes.write(note)
    lastNoted = index
    counts.noted++
  }
  return counts
}

function writeInstants(columns: Columns, { instantPositions, instantTexts }: GroupEvents): number {
  writeGaps(columns.instantGaps, instantPositions)
  for (let i = 0; i < instantTexts.length; i += 3) {
    columns.instantNames.write(instantTexts.values[i])
    columns.instantTexts.write(instantTexts.values[i + 1])
    columns.instantStacks.write(instantTexts.values[i + 2])
  }
  return instantPositions.length
}

function writeMoves(columns: Columns, { movePositions, moveCpus }: GroupEvents): number {
  writeGaps(columns.moveGaps, movePositions)
  for (let i = 0; i < moveCpus.length; i++) columns.moveCpus.write(moveCpus.values[i])
  return moveCpus.length
}

function writeGaps(column: VarintWriter, { values, length }: Column<Float64Array>): void {
  for (let i = 0, last = 0; i < length; i++) {
    column.write(values[i] - last)
    last = values[i]
  }
}
