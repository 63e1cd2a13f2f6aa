import { expect, test } from 'vitest'
import {
  BLOCK_EVENTS,
  type EventBlock,
  EventBlocks,
  EventColumns,
  sendBlock,
} from '../../src/timeline/sinks/index.js'
import { TimelineDump } from '../dump-timeline.js'
import { readCapture, readTrace } from '../read-trace.js'

const columns = () => new EventColumns(new ArrayBuffer(EventColumns.bytes), 0)

test.each(['6.12-events-proc-abstime', '6.12-full-plain', '7.2-args-proc-abstime-tail'])(
  '%s is told from blocks as it was',
  name => {
    const text = readCapture(`test/corpus/${name}.txt.gz`)
    const blocks: EventBlock[] = []
    const events = new EventBlocks(columns, block => blocks.push(block))
    readTrace(text, events)
    const told = new TimelineDump()
    for (const block of blocks) sendBlock(structuredClone(block), told)
    const direct = new TimelineDump()
    readTrace(text, direct)
    expect(told.lines).toEqual(direct.lines)
    expect(direct.lines.length).toBeGreaterThan(100)
  },
)

test('a full block is handed on, an empty one is not', () => {
  const lengths: number[] = []
  const events = new EventBlocks(columns, ({ length }) => lengths.push(length))
  events.flush()
  for (let at = 0; at < BLOCK_EVENTS + 1; at++) events.begin(0, 1, at)
  expect(lengths).toEqual([BLOCK_EVENTS])
  events.flush()
  events.flush()
  expect(lengths).toEqual([BLOCK_EVENTS, 1])
})
