import { beforeAll, describe, expect, test } from 'vitest'
import { openCsv } from '../../src/emit/tables/csv.js'
import { type Capture, capture, captures } from '../captures.js'
import { totalsOfRows } from '../decode/call-rows.js'
import { decodeCsv } from '../decode/csv.js'
import { written } from './captures.js'
import { oddCalls } from './timelines.js'

describe('csv', () => {
  test('the whole file', () => {
    expect(
      written(openCsv, oddCalls).toString(),
    ).toBe(`ts_ns,dur_ns,self_ns,cpu,track,pid,comm,depth,func,module,id,parent_id,complete,missing,retval,error,args,caller
2,100,100,3,0,100,"my, ""app",2,"odd""na,me",,3,2,true,,-22,EINVAL,"fd=3, how=2 [O_RDWR], ""x""",do_sys+0x1d/0x40 [ext4]
0,900,800,3,0,100,"my, ""app",0,vfs_read,,1,,false,entry,,,,
10,2,2,1,1,,,0,irq_enter_rcu,,4,,true,,,,,
30,25,25,1,1,0,swapper/1,1,irq_enter_rcu,,6,5,true,,,,,
20,21,0,1,1,0,swapper/1,0,ext4_read,ext4,5,,true,,,,,a+0x1/0x2
51,10,10,1,1,0,swapper/1,1,vfs_read,,8,7,true,,,,,
50,,,1,1,0,swapper/1,0,ext4_read,ext4,7,,false,exit,,,,
`)
  })

  test('an empty trace is a header', () => {
    expect(decodeCsv(written(openCsv, () => {}))).toEqual([])
  })
})

describe.each(captures)('%s', path => {
  let known: Capture
  let rows: ReturnType<typeof decodeCsv>

  beforeAll(async () => {
    known = await capture(path)
    rows = decodeCsv(known.outputs.csv)
  })

  test('totals', () => {
    expect(totalsOfRows(rows)).toEqual(known.totals)
  })

  test('a row for each call', () => {
    const { summary } = known
    const { complete, incomplete, orphan } = summary.calls
    expect(rows.length).toBe(complete + incomplete + orphan)
    // Where exits are all that a trace has, calls are told whole.
    const hasExitsOnly = summary.diagnostics.some(({ name }) => name === 'exits-only')
    expect(rows.filter(row => row.complete).length).toBe(hasExitsOnly ? orphan : complete)
    const missing = (part: string | null) => rows.filter(row => row.missing === part).length
    expect({ whole: missing(null), entry: missing('entry'), exit: missing('exit') }).toEqual({
      whole: hasExitsOnly ? orphan : complete,
      entry: hasExitsOnly ? 0 : orphan,
      exit: incomplete,
    })
  })

  test('parents', () => {
    const byId = new Map(rows.map(row => [row.id, row]))
    expect(byId.size).toBe(rows.length)
    const misplaced = rows.filter(({ id, parent_id: parentId, track, depth, ts_ns: begin }) => {
      if (parentId === null) return depth !== 0
      const parent = byId.get(parentId)
      if (!parent) return parentId >= id
      return parent.track !== track || parent.depth !== depth - 1 || parent.ts_ns > begin
    })
    expect(misplaced).toEqual([])
  })
})
