import type { MergedCalls } from '../../analyze/merged-calls.js'
import { type ComparedCalls, moreOf } from '../../analyze/typical-calls.js'
import { UserError } from '../../base/user-error.js'
import { functionName } from '../../timeline/names.js'
import type { KernelFunction, Nanos } from '../../timeline/sink.js'
import { lastValue } from '../options/last-value.js'
import type { TableSpace } from './table.js'
import { type TreeColumn, type TreeLimits, treeTable } from './tree-table.js'
import { count, timeText } from './units.js'

export const minPercentOption = {
  type: 'number',
  default: 1,
  requiresArg: true,
  coerce: lastValue<number>,
  describe: 'Fold what takes less than so many percent of the whole; 0 shows everything',
} as const

export const levelsOption = {
  type: 'number',
  requiresArg: true,
  coerce: lastValue<number>,
  describe: 'Show so many levels of calls (default: all)',
} as const

export interface TreePage extends TreeLimits, TableSpace {
  readonly functions: readonly KernelFunction[]
  readonly ns: boolean
}

export interface TreeHeads {
  /** Of the column of names. */
  readonly name: string
  readonly hasSelf: boolean
}

export function limitsOf(args: {
  readonly levels: number | undefined
  readonly 'min-percent': number
}): TreeLimits {
  const { levels = Number.POSITIVE_INFINITY, 'min-percent': percent } = args
  if (!(levels >= 1)) throw new UserError('--levels: is no number of levels; give 1 or more')
  if (!(percent >= 0 && percent <= 100)) {
    throw new UserError('--min-percent: is no percentage; give 0 to 100')
  }
  return { depth: levels, share: percent / 100 }
}

/** A tree of calls as a table. */
export function treeText(roots: readonly MergedCalls[], heads: TreeHeads, page: TreePage): string {
  const whole = totalOf(roots)
  const columns: TreeColumn<MergedCalls>[] = [
    timeColumn('TOTAL', 0, page, ({ total }) => total),
    ...(heads.hasSelf ? [timeColumn<MergedCalls>('SELF', 2, page, ({ self }) => self)] : []),
    { head: 'CALLS', align: 'right', rank: 1, text: ({ calls }) => count(calls) },
    { head: '%', align: 'right', rank: 1, text: ({ total }) => percentText(total, whole) },
  ]
  const form = {
    columns,
    head: heads.name,
    nameOf: nameIn(page),
    weightOf: ({ total }: MergedCalls) => total,
    joined,
  }
  return treeTable(roots, form, page)
}

/** A call beside what is typical of its function. */
export function comparedText(call: ComparedCalls, page: TreePage): string {
  const form = {
    columns: [
      timeColumn<ComparedCalls>('TOTAL', 1, page, ({ total }) => total),
      timeColumn<ComparedCalls>('TYPICAL', 1, page, ({ typical }) => typical.total),
      changeColumn<ComparedCalls>('MORE', 0, page, moreOf),
      changeColumn<ComparedCalls>('MORE SELF', 2, page, ({ self, typical }) => self - typical.self),
      {
        head: 'CALLS',
        align: 'right' as const,
        rank: 3,
        text: ({ calls }: MergedCalls) => count(calls),
      },
    ],
    head: 'FUNCTION',
    nameOf: nameIn(page),
    weightOf: (each: ComparedCalls) => Math.abs(moreOf(each)),
    joined: (several: readonly ComparedCalls[]) => ({
      ...joined(several),
      typical: {
        total: several.reduce((sum, { typical }) => sum + typical.total, 0),
        self: several.reduce((sum, { typical }) => sum + typical.self, 0),
      },
      next: [],
    }),
  }
  return treeTable([call], form, page)
}

/** A tree of calls for programs: with everything. */
export function nestedCalls(
  siblings: readonly MergedCalls[],
  functions: readonly KernelFunction[],
): object[] {
  return siblings.map(({ func, calls, total, self, next }) => ({
    ...functions[func],
    calls,
    total_ns: total,
    self_ns: self,
    next: nestedCalls(next, functions),
  }))
}

function timeColumn<T>(
  head: string,
  rank: number,
  { ns }: TreePage,
  of: (node: T) => Nanos,
): TreeColumn<T> {
  return { head, align: 'right', rank, text: node => timeText(of(node), ns) }
}

function changeColumn<T>(
  head: string,
  rank: number,
  { ns }: TreePage,
  of: (node: T) => Nanos,
): TreeColumn<T> {
  return { head, align: 'right', rank, text: node => changeText(of(node), ns) }
}

/** `+1.500 us` */
export function changeText(nanos: Nanos, ns: boolean): string {
  const sign = nanos < 0 ? '-' : nanos > 0 ? '+' : ''
  return `${sign}${timeText(Math.abs(nanos), ns)}`
}

function nameIn({ functions }: TreePage): (calls: MergedCalls) => string {
  return ({ func }) => functionName(functions[func])
}

function joined(several: readonly MergedCalls[]): MergedCalls {
  const sum = (of: (calls: MergedCalls) => number) =>
    several.reduce((all, calls) => all + of(calls), 0)
  return {
    func: 0,
    calls: sum(({ calls }) => calls),
    total: totalOf(several),
    self: sum(({ self }) => self),
    next: [],
  }
}

function totalOf(siblings: readonly MergedCalls[]): Nanos {
  return siblings.reduce((sum, { total }) => sum + total, 0)
}

function percentText(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)}%`
}
