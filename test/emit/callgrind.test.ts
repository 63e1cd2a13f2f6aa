import { describe, expect, test } from 'vitest'
import { openCallgrind } from '../../src/emit/callgrind.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { capture, captures } from '../captures.js'
import { decodeCallgrind, inclusiveOfCallgrind, totalsOfCallgrind } from '../decode/callgrind.js'
import { defineFunctions, written } from './captures.js'
import { inclusiveOf } from './inclusive.js'

/** A call of the kernel, one of a module in it, and the first function again. */
function sample(sink: TimelineSink): void {
  defineFunctions(sink, 'vfs_read', 'ext4_read [ext4]', 'brk')
  sink.defineTrack(0, { pid: 100, comm: 'my app;', cpu: undefined })
  sink.defineTrack(1, { pid: 0, comm: 'swapper/1', cpu: 1 })
  sink.begin(0, 1, 0)
  sink.begin(0, 2, 100)
  sink.end(0, 2, 400, 300)
  sink.end(0, 1, 1000, 1000)
  sink.begin(0, 3, 1000)
  sink.end(0, 3, 1007, 7)
}

describe('callgrind', () => {
  test('the whole file', () => {
    expect(written(openCallgrind, sample).toString()).toBe(`# callgrind format
version: 1
creator: fgraph
cmd: trace.txt
desc: Clock: the timestamps of the trace
desc: Lost events: 0
positions: line
event: Ns : nanoseconds
event: Calls : calls of functions
events: Ns Calls
summary: 1007 3

fl=(1) ??

ob=(1) tasks
fn=(4) my app;-100
cob=(2) kernel
cfn=(1) vfs_read
calls=1 0
0 1000 2
cob=(2)
cfn=(3) brk
calls=1 0
0 7 1

ob=(2)
fn=(1)
0 700 1
cob=(3) ext4
cfn=(2) ext4_read
calls=1 0
0 300 1

ob=(3)
fn=(2)
0 300 1

ob=(2)
fn=(3)
0 7 1

totals: 1007 3
`)
  })

  test('an empty trace', () => {
    const { summary, totals, functions } = decodeCallgrind(written(openCallgrind, () => {}))
    expect({ summary, totals, functions }).toEqual({
      summary: [0, 0],
      totals: [0, 0],
      functions: [],
    })
  })

  test('a title of several lines is one', () => {
    const blocks: Uint8Array[] = []
    openCallgrind(block => blocks.push(block), { title: 'a\nfn=(1) b' }).finish({
      dialect: '',
      columns: [],
      clock: 'order',
      origin: '',
      span: 0,
      lostEvents: 0,
    })
    expect(Buffer.concat(blocks).toString()).toContain('\ncmd: a fn=(1) b\n')
  })

  test('the same function of two modules', () => {
    const file = written(openCallgrind, sink => {
      defineFunctions(sink, 'init [a]', 'init [b]')
      sink.defineTrack(0, { pid: 1, comm: '', cpu: undefined })
      sink.begin(0, 1, 0)
      sink.begin(0, 2, 1)
      sink.end(0, 2, 3, 2)
      sink.end(0, 1, 10, 10)
    })
    expect(totalsOfCallgrind(file)).toEqual(
      new Map([
        ['init [a]', { calls: 1, self: 8 }],
        ['init [b]', { calls: 1, self: 2 }],
      ]),
    )
  })

  test('recursion is never more than everything', () => {
    const file = written(openCallgrind, sink => nested(sink, [1, 1, 2, 1, 2, 2, 3]))
    expect(Object.fromEntries(inclusiveOfCallgrind(file))).toEqual({
      a: 700,
      b: 500,
      c: 100,
    })
    expect(totalsOfCallgrind(file)).toEqual(
      new Map([
        ['a', { calls: 3, self: 300 }],
        ['b', { calls: 3, self: 300 }],
        ['c', { calls: 1, self: 100 }],
      ]),
    )
  })

  test('an incomplete call costs what it called, and is no call', () => {
    const file = written(openCallgrind, sink => {
      defineFunctions(sink, 'schedule', 'pick')
      sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
      sink.begin(0, 1, 0)
      sink.begin(0, 2, 1)
      sink.end(0, 2, 6, 5)
      sink.end(0, 1, 6, UNMEASURED)
    })
    expect(decodeCallgrind(file).functions).toMatchObject([
      { name: 'app-7', self: [0, 0], callees: [{ name: 'schedule', calls: 1, inclusive: [5, 1] }] },
      { name: 'schedule', self: [0, 0], callees: [{ name: 'pick', calls: 1, inclusive: [5, 1] }] },
      { name: 'pick', self: [5, 1], callees: [] },
    ])
  })

  test('a gap is no caller', () => {
    const file = written(openCallgrind, sink => {
      defineFunctions(sink, 'pick')
      sink.defineTrack(0, { pid: undefined, comm: '', cpu: 3 })
      sink.begin(0, UNNAMED, 0)
      sink.begin(0, 1, 1)
      sink.end(0, 1, 6, 5)
      sink.end(0, UNNAMED, 6, UNMEASURED)
    })
    expect(decodeCallgrind(file).functions).toMatchObject([
      { name: 'CPU 3', callees: [{ name: 'pick', calls: 1, inclusive: [5, 1] }] },
      { name: 'pick', self: [5, 1] },
    ])
  })
})

describe.each(captures)('%s', path => {
  test('totals', async () => {
    const { outputs, totals } = await capture(path)
    expect(totalsOfCallgrind(outputs.callgrind)).toEqual(totals)
    const { summary, totals: sums } = decodeCallgrind(outputs.callgrind)
    const all = [...totals.values()]
    expect(summary).toEqual([
      all.reduce((sum, { self }) => sum + self, 0),
      all.reduce((sum, { calls }) => sum + calls, 0),
    ])
    expect(sums).toEqual(summary)
  })

  test('inclusive costs', async () => {
    const { outputs, weights } = await capture(path)
    expect(inclusiveOfCallgrind(outputs.callgrind)).toEqual(inclusiveOf(weights))
  })
})

/** Each function calls the next one, and takes 100 ns itself. */
function nested(sink: TimelineSink, functions: readonly number[]): void {
  defineFunctions(sink, 'a', 'b', 'c')
  sink.defineTrack(0, { pid: 7, comm: 'app', cpu: undefined })
  functions.forEach((func, index) => {
    sink.begin(0, func, index * 100)
  })
  const end = functions.length * 100
  functions.toReversed().forEach((func, index) => {
    sink.end(0, func, end, (index + 1) * 100)
  })
}
