import { csvField } from '../../base/csv.js'

/** CSV as in RFC 4180, except that lines end in LF. null is an empty field. */
export function csvText(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, string | number | null>>[],
): string {
  const lines = rows.map(row => columns.map(column => field(row[column] ?? null)).join(','))
  return [columns.join(','), ...lines].map(line => `${line}\n`).join('')
}

function field(value: string | number | null): string {
  return value === null ? '' : csvField(String(value))
}
