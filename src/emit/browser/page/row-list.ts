import type { Group, Trace } from './data.js'

/** How the rows of tasks are ordered. Rows of cpus come first. */
export const rowOrders = {
  busy: 'Busiest first',
  name: 'By name, grouped',
  pid: 'By pid',
  time: 'By first call',
  own: 'As moved',
} as const

export type RowOrder = keyof typeof rowOrders

/** What the timeline shows from top to bottom: rows, and headings above those of tasks with one name. */
export type ListedRow =
  | { readonly group: number }
  | { readonly heading: string; readonly tasks: number; readonly isFolded: boolean }

/** Which rows the timeline shows, and in which order. */
export class RowList {
  readonly #trace: Trace
  /** Shows only rows whose names have this text; '' for all. */
  filter = ''
  order: RowOrder = 'busy'
  /** Rows that stay on top, in the order in which they were pinned. */
  pinned: readonly number[] = []
  /** Rows of which only the first line of calls is shown. */
  readonly folded = new Set<number>()
  readonly foldedHeadings = new Set<string>()
  /** The order that the user has made. */
  #own: readonly number[]

  constructor(trace: Trace) {
    this.#trace = trace
    this.#own = trace.groups.map((_, index) => index)
  }

  /** The rows below the pinned ones. */
  get rows(): ListedRow[] {
    const shown = this.#ordered().filter(
      index => !this.pinned.includes(index) && this.#passes(index),
    )
    if (this.order !== 'name') return shown.map(group => ({ group }))
    const tasks = new Map<string, number>()
    for (const index of shown) {
      if (this.#trace.groups[index].kind !== 'calls') continue
      const name = this.#taskName(index)
      tasks.set(name, (tasks.get(name) ?? 0) + 1)
    }
    const rows: ListedRow[] = []
    let above = ''
    for (const group of shown) {
      const heading = this.#taskName(group)
      const count = tasks.get(heading) ?? 0
      const isFolded = this.foldedHeadings.has(heading)
      if (count > 1 && heading !== above) rows.push({ heading, tasks: count, isFolded })
      above = heading
      if (count < 2 || !isFolded) rows.push({ group })
    }
    return rows
  }

  togglePin(index: number): void {
    const others = this.pinned.filter(pinned => pinned !== index)
    this.pinned = others.length < this.pinned.length ? others : [...others, index]
  }

  /** Moves a row to the place of another one; the order is then the user's own. */
  move(index: number, to: number): void {
    const list = this.pinned.includes(index) ? this.pinned : this.#ordered()
    const moved = list.filter(each => each !== index)
    const at = list.indexOf(to)
    if (at < 0) return
    moved.splice(at, 0, index)
    if (list === this.pinned) this.pinned = moved
    else {
      this.#own = moved
      this.order = 'own'
    }
  }

  /** Moves a row past the next one that is shown, up or down. */
  step(index: number, by: 1 | -1): void {
    const rows = this.rows.flatMap(row => ('group' in row ? [row.group] : []))
    const list = this.pinned.includes(index) ? this.pinned : rows
    const to = list[list.indexOf(index) + by]
    if (to !== undefined) this.move(index, to)
  }

  /** Shows a row whatever hides it. */
  uncover(index: number): void {
    if (!this.#passes(index)) this.filter = ''
    this.foldedHeadings.delete(this.#taskName(index))
  }

  #passes(index: number): boolean {
    const { groups } = this.#trace
    const wanted = this.filter.toLowerCase()
    return groups[index].name.toLowerCase().includes(wanted)
  }

  #ordered(): readonly number[] {
    const { groups, tracks, spans } = this.#trace
    const given = groups.map((_, index) => index)
    const isTask = (index: number) => Number('track' in groups[index].owner)
    const by = (key: (group: Group, index: number) => number | string) =>
      given.toSorted((a, b) => {
        const [one, other] = [key(groups[a], a), key(groups[b], b)]
        return isTask(a) - isTask(b) || (one < other ? -1 : Number(one > other)) || a - b
      })
    switch (this.order) {
      case 'busy':
        return given
      case 'name':
        return by((_, index) => this.#taskName(index).toLowerCase())
      case 'pid':
        return by(({ owner }) => ('track' in owner ? (tracks[owner.track].pid ?? -1) : owner.cpu))
      case 'time': {
        const firsts = new Map<string, number>()
        for (const { owner, first, last } of groups) {
          const key = JSON.stringify(owner)
          const at = last > first ? spans.begins[first] : Number.POSITIVE_INFINITY
          firsts.set(key, Math.min(firsts.get(key) ?? at, at))
        }
        return by(({ owner }) => firsts.get(JSON.stringify(owner)) as number)
      }
      case 'own':
        return this.#own
    }
  }

  /** What tasks of one name have in common; the name of any other row. */
  #taskName(index: number): string {
    const { groups, tracks } = this.#trace
    const { owner, name } = groups[index]
    return ('track' in owner && tracks[owner.track].comm) || name
  }
}
