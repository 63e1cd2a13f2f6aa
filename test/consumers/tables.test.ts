import { DuckDBInstance } from '@duckdb/node-api'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { openCsv } from '../../src/emit/tables/csv.js'
import { columns, totalsOfRows } from '../decode/call-rows.js'
import { decodeCsv } from '../decode/csv.js'
import { convertCapture } from '../emit/captures.js'
import { deep, fileOf, seed, tasks } from './consumers.js'

const readers = {
  csv: 'read_csv',
  ndjson: 'read_json',
  parquet: 'read_parquet',
} as const

describe.each([deep, tasks, seed])('%s', capture => {
  test.each(Object.entries(readers))('DuckDB: %s', async (name, reader) => {
    const { path, totals } = await fileOf(name as keyof typeof readers, capture)
    const connection = await (await DuckDBInstance.create()).connect()
    const ask = async (query: string) =>
      (await connection.runAndReadAll(query.replace('calls', `${reader}('${path}')`))).getRows()
    const rows = await ask(
      `SELECT func, module, count(self_ns)::INTEGER, sum(self_ns)::BIGINT FROM calls
       WHERE self_ns IS NOT NULL GROUP BY ALL`,
    )
    const found = rows.map(([func, module, calls, self]) => {
      const name = module === null ? `${func}` : `${func} [${module}]`
      return [name, { calls, self: Number(self) }] as const
    })
    expect(new Map(found)).toEqual(totals)
    const described = await ask('DESCRIBE SELECT * FROM calls')
    const types = Object.fromEntries(described.map(([column, type]) => [column, type]))
    // In NDJSON there is no field for what no call of the trace has.
    const named = name === 'ndjson' ? columns.filter(column => column in types) : columns
    expect(Object.keys(types)).toEqual([...named])
    expect(types).toMatchObject({ ts_ns: 'BIGINT', func: 'VARCHAR', complete: 'BOOLEAN' })
    connection.closeSync()
  })

  test('hyparquet', async () => {
    const { path, totals } = await fileOf('parquet', capture)
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) })
    const sums = new Map<string, { calls: number; self: number }>()
    for (const { func, module, self_ns: own } of rows) {
      if (own === null || own === undefined) continue
      const name = module ? `${func} [${module}]` : `${func}`
      const { calls, self } = sums.get(name) ?? { calls: 0, self: 0 }
      sums.set(name, { calls: calls + 1, self: self + Number(own) })
    }
    expect(sums).toEqual(totals)
    expect(totalsOfRows(decodeCsv(convertCapture(openCsv, capture).bytes))).toEqual(totals)
  })
})
