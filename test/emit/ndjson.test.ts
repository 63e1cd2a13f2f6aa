import { describe, expect, test } from 'vitest'
import type { Open } from '../../src/emit/format.js'
import { openCsv } from '../../src/emit/tables/csv.js'
import { openNdjson } from '../../src/emit/tables/ndjson.js'
import { capture, captures } from '../captures.js'
import { decodeCsv } from '../decode/csv.js'
import { decodeNdjson } from '../decode/ndjson.js'
import { written } from './captures.js'
import { oddCalls } from './timelines.js'

describe('ndjson', () => {
  test('the whole file', () => {
    expect(written(openNdjson, oddCalls).toString().trimEnd().split('\n')).toEqual([
      String.raw`{"ts_ns":2,"dur_ns":100,"self_ns":100,"cpu":3,"track":0,"pid":100,"comm":"my, \"app","depth":2,"func":"odd\"na,me","module":null,"id":3,"parent_id":2,"complete":true,"missing":null,"retval":"-22","error":"EINVAL","args":{"fd":3,"how":"2 [O_RDWR]","argument 3":"\"x\""},"caller":"do_sys+0x1d/0x40 [ext4]"}`,
      String.raw`{"ts_ns":0,"dur_ns":900,"self_ns":800,"cpu":3,"track":0,"pid":100,"comm":"my, \"app","depth":0,"func":"vfs_read","module":null,"id":1,"parent_id":null,"complete":false,"missing":"entry"}`,
      '{"ts_ns":10,"dur_ns":2,"self_ns":2,"cpu":1,"track":1,"pid":null,"comm":null,"depth":0,"func":"irq_enter_rcu","module":null,"id":4,"parent_id":null,"complete":true,"missing":null}',
      '{"ts_ns":30,"dur_ns":25,"self_ns":25,"cpu":1,"track":1,"pid":0,"comm":"swapper/1","depth":1,"func":"irq_enter_rcu","module":null,"id":6,"parent_id":5,"complete":true,"missing":null}',
      '{"ts_ns":20,"dur_ns":21,"self_ns":0,"cpu":1,"track":1,"pid":0,"comm":"swapper/1","depth":0,"func":"ext4_read","module":"ext4","id":5,"parent_id":null,"complete":true,"missing":null,"caller":"a+0x1/0x2"}',
      '{"ts_ns":51,"dur_ns":10,"self_ns":10,"cpu":1,"track":1,"pid":0,"comm":"swapper/1","depth":1,"func":"vfs_read","module":null,"id":8,"parent_id":7,"complete":true,"missing":null}',
      '{"ts_ns":50,"dur_ns":null,"self_ns":null,"cpu":1,"track":1,"pid":0,"comm":"swapper/1","depth":0,"func":"ext4_read","module":"ext4","id":7,"parent_id":null,"complete":false,"missing":"exit"}',
    ])
  })

  test.each([
    ['606.478818', '606478818002'],
    ['8999999.999999999', '9000000000000001'],
    ['9000000.5', '"9000000500000002"'],
  ])('times since %s', (origin, first) => {
    const rows = (open: Open) => {
      const absolute: Open = (out, options) => open(out, { ...options, absoluteTime: true })
      return written(absolute, oddCalls, { origin }).toString()
    }
    expect(rows(openNdjson)).toMatch(`{"ts_ns":${first},`)
    expect(rows(openCsv).split('\n')[1]).toMatch(`${first.replaceAll('"', '')},`)
  })

  test('an empty trace is empty', () => {
    expect(written(openNdjson, () => {}).length).toBe(0)
  })
})

test.each(captures)('the rows of csv: %s', async path => {
  const { outputs } = await capture(path)
  const rows = decodeNdjson(outputs.ndjson)
  const csv = decodeCsv(outputs.csv)
  const withoutArgs = (row: object) => ({ ...row, args: null })
  expect(rows.map(withoutArgs)).toEqual(csv.map(withoutArgs))
  expect(rows.map(({ args }) => args !== null)).toEqual(csv.map(({ args }) => args !== null))
})
