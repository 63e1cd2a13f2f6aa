import type { FunctionTotals } from './perfetto.js'

/** A call as every table has it. */
export interface CallRow {
  readonly ts_ns: number
  readonly dur_ns: number | null
  readonly self_ns: number | null
  readonly cpu: number | null
  readonly track: number
  readonly pid: number | null
  readonly comm: string | null
  readonly depth: number
  readonly func: string
  readonly module: string | null
  readonly id: number
  readonly parent_id: number | null
  readonly complete: boolean
  readonly missing: 'entry' | 'exit' | 'both' | null
  readonly retval: string | null
  readonly error: string | null
  readonly args: unknown
  readonly caller: string | null
}

export const columns = [
  'ts_ns',
  'dur_ns',
  'self_ns',
  'cpu',
  'track',
  'pid',
  'comm',
  'depth',
  'func',
  'module',
  'id',
  'parent_id',
  'complete',
  'missing',
  'retval',
  'error',
  'args',
  'caller',
] as const satisfies readonly (keyof CallRow)[]

/** Calls and self time of each measured function. */
export function totalsOfRows(rows: readonly CallRow[]): Map<string, FunctionTotals> {
  const totals = new Map<string, FunctionTotals>()
  for (const { func, module, self_ns: own } of rows) {
    if (own === null) continue
    const name = module === null ? func : `${func} [${module}]`
    const { calls, self } = totals.get(name) ?? { calls: 0, self: 0 }
    totals.set(name, { calls: calls + 1, self: self + own })
  }
  return totals
}
