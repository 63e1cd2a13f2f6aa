import type { MergedCalls } from '../analyze/merged-calls.js'
import { UserError } from '../base/user-error.js'
import { functionName } from '../timeline/names.js'
import type { FunctionId, KernelFunction } from '../timeline/sink.js'
import { last } from './last.js'
import type { Paint } from './style.js'
import { type Column, fittedTable } from './table.js'
import { count, timeText } from './units.js'

export const minPercentOption = {
  type: 'number',
  default: 1,
  requiresArg: true,
  coerce: last<number>,
  describe: 'Fold what takes less than so many percent of the whole; 0 shows everything',
} as const

export const levelsOption = {
  type: 'number',
  requiresArg: true,
  coerce: last<number>,
  describe: 'Show so many levels of calls (default: all)',
} as const

/** How much of a tree is shown. */
export interface TreeLimits {
  /** Of the whole. */
  readonly share: number
  readonly depth: number
}

export interface TreePage extends TreeLimits {
  readonly functions: readonly KernelFunction[]
  readonly ns: boolean
  readonly paint: Paint
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
  const { levels: depth = Number.POSITIVE_INFINITY, 'min-percent': percent } = args
  if (!(depth >= 1)) throw new UserError('--levels: is no number of levels; give 1 or more')
  if (!(percent >= 0 && percent <= 100)) {
    throw new UserError('--min-percent: is no percentage; give 0 to 100')
  }
  return { depth, share: percent / 100 }
}

/** A tree of calls as a table, in which the names stand below their callers. */
export function treeText(roots: readonly MergedCalls[], heads: TreeHeads, page: TreePage): string {
  const whole = roots.reduce((sum, { total }) => sum + total, 0)
  const time = (nanos: number) => timeText(nanos, page.ns)
  const columns: Column<Line>[] = [
    { head: 'TOTAL', align: 'right', rank: 0, text: ({ calls }) => time(calls.total) },
    { head: 'SELF', align: 'right', rank: 2, text: ({ calls }) => time(calls.self) },
    { head: 'CALLS', align: 'right', rank: 1, text: ({ calls }) => count(calls.calls) },
    { head: '%', align: 'right', rank: 1, text: ({ calls }) => percentText(calls.total, whole) },
    {
      head: heads.name,
      align: 'left',
      rank: 0,
      text: ({ text }) => text,
      style: ({ isFold }) => (isFold ? 'dim' : undefined),
    },
  ]
  const shown = heads.hasSelf ? columns : columns.filter(({ head }) => head !== 'SELF')
  const lines: Line[] = []
  addLines(lines, roots, { page, least: whole * page.share, indent: '', depth: 1 })
  return fittedTable(shown, lines, { width: process.stdout.columns, paint: page.paint })
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

/** A line of a tree. */
interface Line {
  readonly calls: MergedCalls
  readonly text: string
  /** Nothing below it is shown. */
  readonly isFold: boolean
}

interface Place {
  readonly page: TreePage
  /** What takes less is folded. */
  readonly least: number
  /** What stands before the branches. */
  readonly indent: string
  /** 1 for what stands outermost. */
  readonly depth: number
}

function addLines(lines: Line[], siblings: readonly MergedCalls[], place: Place): void {
  const { page, least, indent, depth } = place
  const entries = folded(siblings, least, page)
  entries.forEach(({ calls, isFold, text }, index) => {
    const isLast = index === entries.length - 1
    const [branch, below] = depth === 1 ? ['', ''] : isLast ? ['└─ ', '   '] : ['├─ ', '│  ']
    lines.push({ calls, isFold, text: indent + branch + text })
    if (isFold || depth >= page.depth) return
    addLines(lines, calls.next, { page, least, indent: indent + below, depth: depth + 1 })
  })
}

/** Siblings by their names, the small ones among them as one. */
function folded(siblings: readonly MergedCalls[], least: number, page: TreePage): Line[] {
  const small = siblings.filter(({ total }) => total < least)
  const lines = siblings
    .filter(({ total }) => total >= least)
    .map(calls => ({ calls, isFold: false, text: nameOf(calls.func, page) }))
  if (small.length === 0) return lines
  const [one] = small as [MergedCalls]
  const text = small.length === 1 ? nameOf(one.func, page) : `(${small.length} more)`
  return [...lines, { calls: joined(small), isFold: true, text }]
}

function joined(siblings: readonly MergedCalls[]): MergedCalls {
  const sum = (of: (calls: MergedCalls) => number) =>
    siblings.reduce((all, calls) => all + of(calls), 0)
  return {
    func: 0,
    calls: sum(({ calls }) => calls),
    total: sum(({ total }) => total),
    self: sum(({ self }) => self),
    next: [],
  }
}

function nameOf(func: FunctionId, { functions }: TreePage): string {
  return functionName(functions[func] as KernelFunction)
}

function percentText(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)}%`
}
