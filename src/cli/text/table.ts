import { shown } from './shown.js'
import type { Paint, Style } from './style.js'
import { counted } from './units.js'

/** Rows of cells in aligned columns, with two blanks between them. */
export function alignedRows(texts: readonly (readonly string[])[]): string {
  const rows = texts.map(row => row.map(shown))
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    })
  }
  return rows
    .map(row => row.map((cell, column) => cell.padEnd(widths[column])))
    .map(cells => `${cells.join('  ').trimEnd()}\n`)
    .join('')
}

/** The same, with the last cell of each row wrapped so that lines fit. */
export function wrappedRows(rows: readonly (readonly string[])[], width: number): string {
  const others = rows.map(row => row.slice(0, -1))
  const widths = others[0].map((_, column) => Math.max(...others.map(row => row[column].length)))
  const room = width - widths.reduce((sum, each) => sum + each + 2, 0)
  return alignedRows(
    rows.flatMap((row, index) =>
      wrapped(row.at(-1) as string, Math.max(room, 20)).map((line, at) => [
        ...(at === 0 ? others[index] : others[index].map(() => '')),
        line,
      ]),
    ),
  )
}

/** Lines of labels and texts. Long texts are wrapped and indented. */
export function labelledLines(
  rows: readonly (readonly [label: string, text: string])[],
  width: number | undefined,
): string {
  const indent = Math.max(...rows.map(([label]) => label.length)) + 2
  // The width is undefined without a terminal, and 0 on some terminals.
  const room = width && width > 2 * indent ? width - indent : Number.POSITIVE_INFINITY
  return alignedRows(
    rows.flatMap(([label, text]) =>
      wrapped(shown(text), room).map((line, index) => [index === 0 ? label : '', line]),
    ),
  )
}

/** Wraps a text at blanks. Only a line of one word may be longer than `width`. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/** A column of a table that has to fit a terminal. */
export interface Column<Row> {
  readonly head: string
  readonly align: 'left' | 'right'
  text(row: Row): string
  /** The style of the text. */
  style?(row: Row): Style | undefined
  /** If there is no room for all columns, those with the highest rank go first. */
  readonly rank: number
}

export interface TableSpace {
  /** The width of the terminal; undefined if there is none. */
  readonly width: number | undefined
  readonly paint: Paint
}

/**
 * A table that fits the terminal: columns that have no room are left out, and the names in the last
 * column are cut.
 */
export function fittedTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, paint }: TableSpace,
): string {
  const texts = columns.map(column => rows.map(row => shown(column.text(row))))
  const widths = columns.map(({ head }, index) =>
    Math.max(head.length, ...texts[index].map(text => text.length)),
  )
  const room = width || Number.POSITIVE_INFINITY
  const present = columnsWithin(columns, widths, room)
  const lastWidth = widths.at(-1) as number
  const before = present.slice(0, -1).reduce((sum, index) => sum + widths[index] + 2, 0)
  widths[widths.length - 1] = Math.max(Math.min(lastWidth, room - before), 1)
  const line = (cells: (index: number) => string, style: (index: number) => Style | undefined) => {
    const parts = present.map(index => {
      const { align } = columns[index]
      const isLast = index === columns.length - 1
      const cell = aligned(cells(index), align, widths[index], isLast)
      const used = style(index)
      return used ? paint(used, cell) : cell
    })
    return `${parts.join('  ').trimEnd()}\n`
  }
  const head = line(
    index => columns[index].head,
    () => 'bold',
  )
  const body = rows.map((row, at) =>
    line(
      index => texts[index]?.[at],
      index => columns[index]?.style?.(row),
    ),
  )
  return head + body.join('')
}

/** The columns that have room, in order. Room for readable names in the last column is reserved. */
function columnsWithin<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  room: number,
): number[] {
  const needed = (kept: readonly number[]) =>
    kept.reduce((sum, index) => {
      const isLast = index === columns.length - 1
      const width = widths[index]
      return sum + (isLast ? Math.min(width, READABLE) : width + 2)
    }, 0)
  const kept = columns.map((_, index) => index)
  while (kept.length > 2 && needed(kept) > room) {
    const ranks = kept.slice(0, -1).map(index => columns[index].rank)
    kept.splice(ranks.lastIndexOf(Math.max(...ranks)), 1)
  }
  return kept
}

const READABLE = 28

function aligned(text: string, align: 'left' | 'right', width: number, isLast: boolean): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text
  if (align === 'right') return cut.padStart(width)
  return isLast ? cut : cut.padEnd(width)
}

/** For below a table that leaves out rows. */
export function moreRowsText(left: number): string {
  return `${counted(left, 'more row')}; --limit 0 shows all\n`
}

/** A table in Markdown. */
export function markdownTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'))
  const body = rows.map(row => line(columns.map(column => inCell(column.text(row)))))
  return line(columns.map(({ head }) => head)) + line(rule) + body.join('')
}

function inCell(text: string): string {
  return shown(text).trim().replace(/ +/g, ' ').replaceAll('|', '\\|')
}
