import { csvField, spreadsheetField } from '../../base/csv.js'

/**
 * CSV as in RFC 4180, except that lines end in LF. null is an empty field. For spreadsheets, texts that
 * begin like a formula have a `'` in front.
 */
export function csvText(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, string | number | null>>[],
  isForSpreadsheet: boolean,
): string {
  const fieldOf = isForSpreadsheet ? spreadsheetField : csvField
  const field = (value: string | number | null | undefined) =>
    typeof value === 'string' ? fieldOf(value) : String(value ?? '')
  const lines = rows.map(row => columns.map(column => field(row[column])).join(','))
  return [columns.join(','), ...lines].map(line => `${line}\n`).join('')
}
