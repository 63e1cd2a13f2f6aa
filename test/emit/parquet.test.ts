import { expect, test } from 'vitest'
import type { Open } from '../../src/emit/format.js'
import { openCsv } from '../../src/emit/tables/csv.js'
import { openParquet } from '../../src/emit/tables/parquet/parquet.js'
import { PrintedNotes } from '../../src/timeline/printed-notes.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { capture, captures } from '../captures.js'
import { decodeCsv } from '../decode/csv.js'
import { decodeParquet, printParquet } from '../decode/parquet.js'
import { Random } from '../simulator/random.js'
import { defineFunctions, written } from './captures.js'
import { oddCalls } from './timelines.js'

test('the whole file', async () => {
  expect(await printParquet(written(openParquet, oddCalls))).toBe(
    String.raw`# title: trace.txt
# dialect: tracefs
# columns: CPU, DURATION, FUNCTION CALLS
# clock: the timestamps of the trace
# origin: 1000.000000
# span_ns: 5008
# lost_events: 0
ts_ns INT64 REQUIRED
dur_ns INT64 OPTIONAL
self_ns INT64 OPTIONAL
cpu INT32 OPTIONAL
track INT32 REQUIRED
pid INT32 OPTIONAL
comm UTF8 OPTIONAL
depth INT32 REQUIRED
func UTF8 REQUIRED
module UTF8 OPTIONAL
id INT64 REQUIRED
parent_id INT64 OPTIONAL
complete BOOLEAN REQUIRED
missing UTF8 OPTIONAL
retval UTF8 OPTIONAL
error UTF8 OPTIONAL
args UTF8 OPTIONAL
caller UTF8 OPTIONAL
rows in groups: 7
[2,100,100,3,0,100,"my, \"app",2,"odd\"na,me",null,3,2,true,null,"-22","EINVAL","fd=3, how=2 [O_RDWR], \"x\"","do_sys+0x1d/0x40 [ext4]"]
[0,900,800,3,0,100,"my, \"app",0,"vfs_read",null,1,null,false,"entry",null,null,null,null]
[10,2,2,1,1,null,null,0,"irq_enter_rcu",null,4,null,true,null,null,null,null,null]
[30,25,25,1,1,0,"swapper/1",1,"irq_enter_rcu",null,6,5,true,null,null,null,null,null]
[20,21,0,1,1,0,"swapper/1",0,"ext4_read","ext4",5,null,true,null,null,null,null,"a+0x1/0x2"]
[51,10,10,1,1,0,"swapper/1",1,"vfs_read",null,8,7,true,null,null,null,null,null]
[50,null,null,1,1,0,"swapper/1",0,"ext4_read","ext4",7,null,false,"exit",null,null,null,null]
`,
  )
})

test('an empty trace is a table without rows', async () => {
  const { metadata, rows } = await decodeParquet(written(openParquet, () => {}))
  expect(rows).toEqual([])
  expect(metadata.row_groups).toEqual([])
})

test('times of the trace, to the nanosecond', async () => {
  const open: Open = (out, options) => openParquet(out, { ...options, absoluteTime: true })
  const tell = (sink: TimelineSink) => {
    defineFunctions(sink, 'a')
    sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
    sink.begin(0, 1, 3)
    sink.end(0, 1, 4, 1)
  }
  const times = async (origin: string) => {
    const { rows } = await decodeParquet(written(open, tell, { origin }))
    return rows.map(row => row.ts_ns)
  }
  expect(await times('606.478818')).toEqual([606_478_818_003])
  expect(await times('')).toEqual([3])
})

test('groups of rows, written when they are full; positions of days', async () => {
  const STEP = 10e9
  const blocks: Uint8Array[] = []
  const sink = openParquet(block => blocks.push(block), { title: 't' })
  defineFunctions(sink, 'a')
  sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
  for (let call = 0; call < 100_001; call++) {
    sink.begin(0, 1, call * STEP)
    sink.end(0, 1, call * STEP + 1, STEP)
  }
  expect(blocks).toHaveLength(0)
  sink.flush?.()
  expect(blocks).toHaveLength(1)
  sink.finish({
    dialect: '',
    columns: [],
    clock: 'timestamps',
    origin: '0',
    span: 0,
    lostEvents: 0,
  })
  const { metadata, rows } = await decodeParquet(Buffer.concat(blocks))
  expect(metadata.row_groups.map(({ num_rows: count }) => count)).toEqual([100_000n, 1n])
  expect(rows.every(({ ts_ns: at, id }) => at === (id - 1) * STEP)).toBe(true)
})

test.each([1, 2, 3, 7, 8, 9, 127, 128, 129, 130, 1000, 5000])(
  '%i calls of any length, some without an exit or notes',
  count => {
    const tell = (sink: TimelineSink) => {
      const random = new Random(count)
      defineFunctions(sink, ...Array.from({ length: 300 }, (_, index) => `f${index}`))
      for (let track = 0; track < 20; track++) {
        sink.defineTrack(track, {
          pid: track % 7 ? track : undefined,
          comm: track % 5 ? `c${track % 3}` : '',
          cpu: undefined,
        })
      }
      const few = [10, 20, 2 ** 40, 2 ** 33 + 1]
      let at = 0
      for (let call = 0; call < count; call++) {
        const track = random.between(0, 19)
        if (random.chance(0.1)) sink.migrate(track, random.between(0, 300), at)
        const func = random.between(1, 300)
        sink.begin(track, random.chance(0.1) ? UNNAMED : func, at)
        if (random.chance(0.01))
          sink.defineTrack(track, { pid: 1, comm: `renamed ${call}`, cpu: undefined })
        const duration = random.chance(0.1)
          ? UNMEASURED
          : count % 2
            ? random.magnitude(1, 2 ** 52)
            : random.pick(few)
        at += random.chance(0.3) ? 0 : random.magnitude(1, 2 ** 38)
        const notes = random.chance(0.2)
          ? new PrintedNotes(`a=${call}`, 'g+0x1/0x2', random.pick(['', '-22']))
          : undefined
        sink.end(track, func, at, duration, notes)
      }
    }
    const rows = decodeCsv(written(openCsv, tell))
    expect(rows.length).toBe(count)
    return expect(
      decodeParquet(written(openParquet, tell)).then(table => table.rows),
    ).resolves.toEqual(rows)
  },
)

test('bounds of numbers, and how many values are unknown', async () => {
  const { metadata } = await decodeParquet(written(openParquet, oddCalls))
  const statistics = metadata.row_groups[0].columns.map(({ meta_data: about }) => [
    about?.path_in_schema[0],
    about?.statistics?.min_value,
    about?.statistics?.max_value,
    about?.statistics?.null_count,
  ])
  expect(statistics.slice(0, 4)).toEqual([
    ['ts_ns', 0n, 51n, 0n],
    ['dur_ns', 2n, 900n, 1n],
    ['self_ns', 0n, 800n, 1n],
    ['cpu', 1, 3, 0n],
  ])
})

test.each(captures)('the rows of csv: %s', async path => {
  const { outputs } = await capture(path)
  expect((await decodeParquet(outputs.parquet)).rows).toEqual(decodeCsv(outputs.csv))
})
