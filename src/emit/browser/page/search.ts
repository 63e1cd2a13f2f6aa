import type { Trace } from './data.js'

/** The matches of a query. */
export interface Matches {
  readonly query: string
  /** 1 by function that matches. */
  readonly functions: Uint8Array
  /** 1 by text that matches: names of sections. */
  readonly texts: Uint8Array
  /** Spans by group and depth. */
  readonly rows: readonly (readonly Int32Array[])[]
  /** All of them, group by group. */
  readonly spans: Int32Array
  /** How many functions match. */
  readonly count: number
  /** The groups whose names match: tasks, cpus, counters. */
  readonly groups: readonly number[]
}

/** A regular expression, or the text itself if it is none; capitals in it mean capitals. */
export function patternOf(query: string): RegExp {
  const flags = /[A-Z]/.test(query) ? '' : 'i'
  try {
    return new RegExp(query, flags)
  } catch {
    return new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), flags)
  }
}

export function find(
  { functions, texts, groups, spans }: Trace,
  names: readonly string[],
  query: string,
): Matches {
  const pattern = patternOf(query)
  const matching = (list: readonly string[]) =>
    Uint8Array.from(list, name => Number(name !== '' && pattern.test(name)))
  const found = { functions: matching(names), texts: matching(texts) }
  const rows = groups.map(({ kind, rows }) => {
    const isMatch = kind === 'calls' ? found.functions : found.texts
    return rows.map(row => row.filter(span => isMatch[spans.names[span]] === 1))
  })
  const all = new Int32Array(rows.flat().reduce((sum, row) => sum + row.length, 0))
  let at = 0
  for (const row of rows.flat()) {
    all.set(row, at)
    at += row.length
  }
  const count = functions.reduce((sum, _, func) => sum + found.functions[func], 0)
  const named = groups.flatMap(({ name }, index) => (pattern.test(name) ? [index] : []))
  return { query, ...found, rows, spans: all.sort(), count, groups: named }
}
