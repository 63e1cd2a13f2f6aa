/**
 * Small inputs that broke something once, found by mutating captures. Each is read by `checked`, written
 * in every format and read again by that format's decoder; what has weights agrees. Or it is refused.
 */
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { UserError } from '../src/base/user-error.js'
import { capture } from './captures.js'
import { readBack, selfOf } from './read-back.js'

test.each(readdirSync('test/broken'))('%s', async name => {
  const read = await capture(`test/broken/${name}`).catch(error => {
    expect(error).toBeInstanceOf(UserError)
    return undefined
  })
  if (!read) return
  const { weighed, pprof, folded, callgrind, csv, ndjson, parquet, ...others } =
    await readBack(read)
  for (const totals of [pprof, callgrind, csv, ndjson, parquet]) expect(totals).toEqual(weighed)
  expect(folded).toEqual(selfOf(weighed))
  expect(others.chrome).toEqual(others.placed)
  expect(others.perfetto).toEqual(others.placed)
  expect(others.speedscope).toEqual(others.placed)
})
