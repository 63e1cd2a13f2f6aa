/** Where the groups of rows stand in the timeline, one below the other. */
import { COUNTER } from './counters.js'
import type { Group, Trace } from './data.js'
import { ROW } from './paint.js'
import type { RowList } from './row-list.js'

/** Above and below the rows of a group. */
const PADDING = 6
/** Height of the marks of instants, above the bars. */
export const INSTANTS = 14
const HEAD = 26
export const HEADING = 24

/** Pixels from the top of the timeline. */
export interface GroupPlace {
  readonly group: Group
  readonly index: number
  readonly top: number
  readonly height: number
  /** Of the first row of bars. */
  readonly barsTop: number
  readonly rows: readonly Int32Array[]
  /** It does not scroll. */
  readonly isPinned: boolean
}

/** The place of a heading above the groups of tasks with one name. */
export interface HeadingPlace {
  readonly heading: string
  readonly tasks: number
  readonly isFolded: boolean
  readonly top: number
}

/** The places of all that a timeline shows: pinned groups on top, the others below them. */
export interface Places {
  readonly groups: ReadonlyMap<number, GroupPlace>
  readonly headings: readonly HeadingPlace[]
  readonly pinnedHeight: number
  readonly height: number
}

export function placesOf(all: readonly Group[], list: RowList): Places {
  const groups = new Map<number, GroupPlace>()
  const headings: HeadingPlace[] = []
  let top = 0
  const add = (index: number, isPinned: boolean) => {
    const group = all[index]
    const rows = list.folded.has(index) ? group.rows.slice(0, 1) : group.rows
    const barsTop = top + PADDING + (group.instants.length > 0 ? INSTANTS : 0)
    const content = group.steps ? COUNTER : Math.max(rows.length * ROW, leastHeight(group))
    const height = barsTop - top + content + PADDING
    groups.set(index, { group, index, top, height, barsTop, rows, isPinned })
    top += height
  }
  for (const index of list.pinned) add(index, true)
  const pinnedHeight = top
  for (const row of list.rows) {
    if ('group' in row) add(row.group, false)
    else {
      headings.push({ ...row, top })
      top += HEADING
    }
  }
  return { groups, headings, pinnedHeight, height: top }
}

/** The head of calls has a second line. */
function leastHeight({ kind }: Group): number {
  return kind === 'calls' ? HEAD : ROW
}

/** From the first to the last position of anything, and at least `shortest`; undefined if there is nothing. */
export function extent(
  { spans, instants, groups }: Trace,
  shortest: number,
): [number, number] | undefined {
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (const { begins, ends } of [spans, instants]) {
    for (let i = 0; i < begins.length; i++) {
      if (begins[i] < first) first = begins[i]
      if (ends[i] > last) last = ends[i]
    }
  }
  for (const { steps } of groups) {
    if (!steps) continue
    first = Math.min(first, steps.positions[0])
    last = Math.max(last, steps.positions.at(-1) as number)
  }
  return first > last ? undefined : [first, Math.max(last, first + shortest)]
}
