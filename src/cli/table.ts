/** Rows of cells under one another, two blanks between them; the last cell may be of any length. */
export function alignedRows(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    })
  }
  return rows
    .map(row => row.map((cell, column) => cell.padEnd(widths[column] as number)))
    .map(cells => `${cells.join('  ').trimEnd()}\n`)
    .join('')
}

/** A page of labels and texts; texts that are longer than the page is wide go on below themselves. */
export function labelledLines(
  rows: readonly (readonly [label: string, text: string])[],
  width: number | undefined,
): string {
  const indent = Math.max(...rows.map(([label]) => label.length)) + 2
  // No terminal has no width, and some terminals say 0.
  const room = width && width > 2 * indent ? width - indent : Number.POSITIVE_INFINITY
  return alignedRows(
    rows.flatMap(([label, text]) =>
      wrapped(text, room).map((line, index) => [index === 0 ? label : '', line]),
    ),
  )
}

function wrapped(text: string, width: number): string[] {
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
