/** Where the groups of rows stand in the timeline, one below the other. */
import { COUNTER } from './counters.js'
import type { Group, Trace } from './data.js'
import { ROW } from './paint.js'

/** Above and below the rows of a group. */
const PADDING = 6
/** Height of the marks of instants, above the bars. */
export const INSTANTS = 14
const HEAD = 26

/** Pixels from the top of the timeline. */
export interface GroupPlace {
  readonly group: Group
  readonly index: number
  readonly top: number
  readonly height: number
  /** Of the first row of bars. */
  readonly barsTop: number
  readonly rows: readonly Int32Array[]
}

/** Of folded groups, by index, only the first row is shown. */
export function groupPlaces(
  groups: readonly Group[],
  folded: ReadonlySet<number>,
): { readonly places: GroupPlace[]; readonly height: number } {
  let top = 0
  const places = groups.map((group, index) => {
    const rows = folded.has(index) ? group.rows.slice(0, 1) : group.rows
    const barsTop = top + PADDING + (group.instants.length > 0 ? INSTANTS : 0)
    const content = group.steps ? COUNTER : Math.max(rows.length * ROW, leastHeight(group))
    const height = barsTop - top + content + PADDING
    const place = { group, index, top, height, barsTop, rows }
    top += height
    return place
  })
  return { places, height: top }
}

/** The head of calls has a second line. */
function leastHeight({ kind }: Group): number {
  return kind === 'calls' ? HEAD : ROW
}

/** From the first to the last position of anything, and at least `shortest`. */
export function extent({ spans, instants, groups }: Trace, shortest: number): [number, number] {
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
  return first > last ? [0, 1000] : [first, Math.max(last, first + shortest)]
}
