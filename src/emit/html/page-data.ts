/** Writes what page/data.ts reads. */
import type { BlockStore } from '../../base/block-store.js'
import { append, type Column, float64Column, int32Column } from '../../base/columns.js'
import { VarintLog, zigzag } from '../../base/varint-log.js'
import { BEGIN, type CallLog, END } from '../../timeline/logs/index.js'
import { type Nanos, UNMEASURED, UNNAMED } from '../../timeline/sink.js'
import { type ColumnName, columnNames, type Head, type HeadGroup } from '../browser/page/data.js'

/** The events of one row: calls, or sections by the numbers of their names, and instants. */
export class GroupEvents {
  readonly spans: CallLog
  /** Texts, by the number of the end. */
  readonly notes = new Map<number, number>()
  readonly instantPositions = float64Column()
  /** Three for each: name, text, stack. */
  readonly instantTexts = int32Column()
  constructor(spans: CallLog) {
    this.spans = spans
  }

  instant(at: Nanos, name: number, text: number, stack: number): void {
    append(this.instantPositions, at)
    append(this.instantTexts, name)
    append(this.instantTexts, text)
    append(this.instantTexts, stack)
  }
}

/** The values of a counter, and where it took them. */
export class CounterSteps {
  readonly positions: Nanos[] = []
  readonly values: number[] = []
}

export interface RowEvents extends Pick<HeadGroup, 'kind' | 'name' | 'owner'> {
  readonly events: GroupEvents | CounterSteps
}

const nothing = { spans: 0, lates: 0, noted: 0, moves: 0, instants: 0 }

type Columns = Readonly<Record<ColumnName, VarintLog>>

/** The head and the columns, piece by piece. */
export function* encodeTrace(
  head: Omit<Head, 'groups' | 'columns'>,
  rows: readonly RowEvents[],
  store: BlockStore,
): Generator<Uint8Array> {
  const columns = Object.fromEntries(
    columnNames.map(name => [name, new VarintLog(store)]),
  ) as Record<ColumnName, VarintLog>
  const groups = rows.map(({ events, ...row }) =>
    events instanceof CounterSteps
      ? { ...row, ...nothing, steps: [events.positions, events.values] as const }
      : {
          ...row,
          ...writeSpans(columns, events, row.kind === 'calls'),
          instants: writeInstants(columns, events),
        },
  )
  const lengths = Object.fromEntries(
    columnNames.map(name => [name, columns[name].length]),
  ) as Record<ColumnName, number>
  const complete: Head = { ...head, groups, columns: lengths }
  const json = new TextEncoder().encode(JSON.stringify(complete))
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, json.length, true)
  yield length
  yield json
  for (const name of columnNames) yield* columns[name].blocks()
}

/** Leaves out calls that never got a name; their callees rise one level. */
function writeSpans(columns: Columns, { spans, notes }: GroupEvents, isCalls: boolean) {
  const counts = { spans: 0, lates: 0, noted: 0, moves: 0 }
  let rises = 0
  let lastBegin = 0
  let lastLate = 0
  let lastMove = 0
  let ended = 0
  let shownEnds = 0
  let lastNoted = 0
  for (const events = spans.read(); events.next(); ) {
    const { kind, at, func: name } = events
    const isShown = !isCalls || name !== UNNAMED
    if (kind === BEGIN && isShown) {
      columns.rises.write(rises)
      columns.gaps.write(at - lastBegin)
      columns.names.write(name)
      if (isCalls && events.isLate) {
        columns.lates.write(counts.spans - lastLate)
        lastLate = counts.spans
        counts.lates++
      }
      rises = 0
      lastBegin = at
      counts.spans++
    } else if (kind === END) {
      const note = notes.get(ended++)
      if (!isShown) continue
      const length = at - events.begin
      const { duration } = events
      columns.lengths.write(length)
      columns.durations.write(duration === UNMEASURED ? 0 : 1 + zigzag(duration - length))
      if (note !== undefined) {
        columns.notedSpans.write(shownEnds - lastNoted)
        columns.notes.write(note)
        lastNoted = shownEnds
        counts.noted++
      }
      rises++
      shownEnds++
    } else if (kind !== BEGIN) {
      columns.moveGaps.write(at - lastMove)
      columns.moveCpus.write(events.cpu)
      lastMove = at
      counts.moves++
    }
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

function writeGaps(log: VarintLog, { values, length }: Column<Float64Array>): void {
  for (let i = 0, last = 0; i < length; i++) {
    log.write(values[i] - last)
    last = values[i]
  }
}
