import type { MergedCalls } from '../../analyze/merged-calls.js'
import { type ComparedCalls, moreOf } from '../../analyze/typical-calls.js'
import { functionName } from '../../timeline/names.js'
import type { KernelFunction, Nanos } from '../../timeline/sink.js'
import { changeText } from './change.js'
import type { TableSpace } from './table.js'
import {
  markdownTree,
  type TreeColumn,
  type TreeForm,
  type TreeLimits,
  treeTable,
} from './tree-table.js'
import { count, percentText, timeText } from './units.js'

export interface TreePage extends TreeLimits, TableSpace {
  readonly functions: readonly KernelFunction[]
  readonly ns: boolean
}

export interface TreeHeads {
  /** Head of the column of names. */
  readonly name: string
  readonly hasSelf: boolean
}

/** A tree of calls as a table. */
export function treeText(roots: readonly MergedCalls[], heads: TreeHeads, page: TreePage): string {
  return treeTable(roots, treeForm(roots, heads, page), page)
}

/** A tree of calls as a table in Markdown. */
export function treeMarkdown(
  roots: readonly MergedCalls[],
  heads: TreeHeads,
  page: TreePage,
): string {
  return markdownTree(roots, treeForm(roots, heads, page), page)
}

function treeForm(
  roots: readonly MergedCalls[],
  heads: TreeHeads,
  page: TreePage,
): TreeForm<MergedCalls> {
  const whole = totalOf(roots)
  const columns: TreeColumn<MergedCalls>[] = [
    timeColumn('TOTAL', 0, page, ({ total }) => total),
    ...(heads.hasSelf ? [timeColumn<MergedCalls>('SELF', 2, page, ({ self }) => self)] : []),
    { head: 'CALLS', align: 'right', rank: 1, text: ({ calls }) => count(calls) },
    {
      head: '%',
      align: 'right',
      rank: 1,
      text: ({ total }) => (whole === 0 ? '-' : percentText(total / whole)),
    },
  ]
  return { columns, head: heads.name, nameOf: nameIn(page), weightOf: ({ total }) => total, joined }
}

/** A call beside the typical call of its function. */
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

/** The fields of `flatCalls`, in order. */
export const flatFields = ['depth', 'name', 'module', 'calls', 'total_ns', 'self_ns', 'stack']

/** A complete tree of calls, a row for each, with its way from the root: `vfs_read;ext4_read`. */
export function flatCalls(
  siblings: readonly MergedCalls[],
  functions: readonly KernelFunction[],
  above: readonly string[] = [],
): Record<string, string | number>[] {
  return siblings.flatMap(({ func, calls, total, self, next }) => {
    const stack = [...above, functionName(functions[func])]
    const numbers = { calls, total_ns: total, self_ns: self }
    const row = { depth: above.length, ...functions[func], ...numbers, stack: stack.join(';') }
    return [row, ...flatCalls(next, functions, stack)]
  })
}

/** A complete tree of calls for programs. */
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
