import { type CallRow, columns } from './call-rows.js'

/** Reads a table of calls as RFC 4180 says. */
export function decodeCsv(file: Uint8Array): CallRow[] {
  const [header, ...rows] = parseCsv(new TextDecoder().decode(file))
  if (String(header) !== String(columns)) throw new Error(`other columns: ${header}`)
  return rows.map(values => {
    if (values.length !== columns.length) throw new Error(`${values.length} values: ${values}`)
    return Object.fromEntries(
      columns.map((column, index) => [column, cellValue(column, values[index])]),
    ) as unknown as CallRow
  })
}

const TEXTS = new Set(['comm', 'func', 'module', 'missing', 'retval', 'error', 'args', 'caller'])

function cellValue(column: string, text: string): unknown {
  if (text === '') return null
  if (TEXTS.has(column)) return text
  if (column === 'complete') return JSON.parse(text)
  if (!/^\d+$/.test(text)) throw new Error(`${text} as ${column}`)
  return Number(text)
}

/** Lines end in LF, the last one too. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  const form = /(?:"((?:[^"]|"")*)"|([^",\n]*))([,\n])/y
  let row: string[] = []
  while (form.lastIndex < text.length) {
    const at = form.lastIndex
    const match = form.exec(text)
    if (!match) throw new Error(`no field: ${text.slice(at, at + 80)}`)
    row.push(match[1]?.replaceAll('""', '"') ?? match[2])
    if (match[3] === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
