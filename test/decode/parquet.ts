import { type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { type CallRow, columns } from './call-rows.js'

export interface DecodedParquet {
  readonly metadata: FileMetaData
  readonly rows: readonly CallRow[]
}

/** Reads a table of calls, whose numbers must be exact in a double. */
export async function decodeParquet(bytes: Uint8Array): Promise<DecodedParquet> {
  const file = new Uint8Array(bytes).buffer
  const metadata = await parquetMetadataAsync(file)
  const objects = await parquetReadObjects({ file, metadata })
  const rows = objects.map(row => {
    if (String(Object.keys(row)) !== String(columns)) throw new Error(`columns ${Object.keys(row)}`)
    const values = Object.entries(row).map(([name, value]) => [name, exact(value)])
    return Object.fromEntries(values) as CallRow
  })
  return { metadata, rows }
}

/** Facts, schema and groups, and a line of JSON for each row. */
export async function printParquet(bytes: Uint8Array): Promise<string> {
  const { metadata, rows } = await decodeParquet(bytes)
  const { schema, row_groups: groups, key_value_metadata: facts = [] } = metadata
  const lines = [
    ...facts.map(({ key, value }) => `# ${key}: ${value}`),
    ...schema
      .slice(1)
      .map(({ name, type, converted_type: text, repetition_type: repetition }) =>
        [name, text ?? type, repetition].join(' '),
      ),
    `rows in groups: ${groups.map(({ num_rows: count }) => count).join(', ')}`,
    ...rows.map(row => JSON.stringify(Object.values(row))),
  ]
  return `${lines.join('\n')}\n`
}

function exact(value: unknown): unknown {
  if (typeof value !== 'bigint') return value ?? null
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new Error(`${value} is not exact as a number`)
  return number
}
