import { type Column, fittedTable, markdownTable, type TableSpace } from './table.js'

/** How much of a tree to show. */
export interface TreeLimits {
  /** Nodes with a smaller share of the whole are folded. */
  readonly share: number
  readonly depth: number
}

/** How to print a tree as a table: columns, and a last column of indented names. */
export interface TreeForm<T extends Branch<T>> {
  /** The columns before the names. */
  readonly columns: readonly TreeColumn<T>[]
  /** Head of the column of names. */
  readonly head: string
  nameOf(node: T): string
  weightOf(node: T): number
  /** The sum of several nodes, for the line that they are folded into. */
  joined(nodes: readonly T[]): T
}

export type TreeColumn<T> = Omit<Column<T>, 'style'>

interface Branch<T> {
  readonly next: readonly T[]
}

/** A line of a tree. */
interface Line<T> {
  readonly node: T
  readonly text: string
  /** A folded line: nothing below it is shown. */
  readonly isFold: boolean
}

interface TreeLevel {
  /** Lighter nodes are folded. */
  readonly least: number
  readonly most: number
  /** The text before the branches. */
  readonly indent: string
  /** 1 for the roots. */
  readonly depth: number
  readonly branches: Branches
}

export function treeTable<T extends Branch<T>>(
  roots: readonly T[],
  form: TreeForm<T>,
  page: TreeLimits & TableSpace,
): string {
  const columns = columnsOf(form)
  const drawn = allBranches.map(branches => linesOf(roots, form, page, branches))
  const fitting = drawn.find(lines => fits(columns, lines, page.width))
  return fittedTable(columns, fitting ?? (drawn.at(-1) as Line<T>[]), page)
}

/** Whether no line has to be cut. */
function fits<T>(
  columns: readonly Column<Line<T>>[],
  lines: readonly Line<T>[],
  width: number | undefined,
): boolean {
  const widths = columns.map(({ head, text }) =>
    Math.max(head.length, ...lines.map(line => text(line).length)),
  )
  return !width || widths.reduce((sum, each) => sum + each + 2, -2) <= width
}

/** How branches are drawn: before a callee, before the last one, and below these. */
interface Branches {
  readonly callee: string
  readonly last: string
  readonly below: string
  readonly belowLast: string
}

const noBranches: Branches = { callee: '', last: '', below: '', belowLast: '' }
const usual: Branches = { callee: '├─ ', last: '└─ ', below: '│  ', belowLast: '   ' }
/** The widest first; a deep tree on a narrow terminal takes a narrow one, so that names are not cut. */
const allBranches: readonly Branches[] = [
  usual,
  { callee: '├ ', last: '└ ', below: '│ ', belowLast: '  ' },
  { callee: '├', last: '└', below: '│', belowLast: ' ' },
]

export function markdownTree<T extends Branch<T>>(
  roots: readonly T[],
  form: TreeForm<T>,
  limits: TreeLimits,
): string {
  return markdownTable(columnsOf(form), linesOf(roots, form, limits, usual))
}

function linesOf<T extends Branch<T>>(
  roots: readonly T[],
  form: TreeForm<T>,
  { share, depth }: TreeLimits,
  branches: Branches,
): Line<T>[] {
  const whole = roots.reduce((sum, node) => sum + form.weightOf(node), 0)
  const lines: Line<T>[] = []
  const level = { least: whole * share, most: depth, indent: '', depth: 1, branches }
  addLines(lines, roots, form, level)
  return lines
}

function columnsOf<T extends Branch<T>>(form: TreeForm<T>): Column<Line<T>>[] {
  return [
    ...form.columns.map(column => ({ ...column, text: ({ node }: Line<T>) => column.text(node) })),
    {
      head: form.head,
      align: 'left',
      rank: 0,
      text: ({ text }) => text,
      style: ({ isFold }) => (isFold ? 'dim' : undefined),
    },
  ]
}

function addLines<T extends Branch<T>>(
  lines: Line<T>[],
  siblings: readonly T[],
  form: TreeForm<T>,
  level: TreeLevel,
): void {
  const { least, most, indent, depth, branches } = level
  const entries = folded(siblings, form, least)
  entries.forEach(({ node, isFold, text }, index) => {
    const isLast = index === entries.length - 1
    const { callee, last, below, belowLast } = depth === 1 ? noBranches : branches
    lines.push({ node, isFold, text: indent + (isLast ? last : callee) + text })
    if (isFold || depth >= most) return
    const inner = indent + (isLast ? belowLast : below)
    addLines(lines, node.next, form, { ...level, indent: inner, depth: depth + 1 })
  })
}

/** The lines of siblings. Small ones share one line. */
function folded<T extends Branch<T>>(
  siblings: readonly T[],
  { nameOf, weightOf, joined }: TreeForm<T>,
  least: number,
): Line<T>[] {
  const small = siblings.filter(node => weightOf(node) < least)
  const lines = siblings
    .filter(node => weightOf(node) >= least)
    .map(node => ({ node, isFold: false, text: nameOf(node) }))
  if (small.length === 0) return lines
  const text = small.length === 1 ? nameOf(small[0]) : `(${small.length} more)`
  return [...lines, { node: joined(small), isFold: true, text }]
}
