import { type CallRow, columns } from './call-rows.js'

/** Reads a table of calls, an object in each line. */
export function decodeNdjson(file: Uint8Array): CallRow[] {
  const text = new TextDecoder().decode(file)
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end')
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => {
      const row = JSON.parse(line) as Record<string, unknown>
      const order = columns.filter(column => column in row)
      if (String(Object.keys(row)) !== String(order)) throw new Error(`other keys: ${line}`)
      const nulls = Object.fromEntries(columns.map(column => [column, null]))
      return { ...nulls, ...row } as unknown as CallRow
    })
}
