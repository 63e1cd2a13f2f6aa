/**
 * Lines that are followed by the hundred mean what they mean line by line: the same timeline, in the
 * same order, and the same summary, of whole captures and of ones that lines are missing in.
 */
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type ReadOptions, TraceReader } from '../../src/ingest/trace-reader.js'
import type { TimelineSink } from '../../src/timeline/sink.js'
import { ignored } from '../../src/timeline/sinks/index.js'
import { TimelineDump } from '../dump-timeline.js'
import { readCapture } from '../read-trace.js'

const captures = readdirSync('test/corpus').filter(name =>
  /^(?!.*(-tc-|dmesg|serial|empty)).*\.gz$/.test(name),
)

describe.each(captures)('%s', name => {
  const text = readCapture(`test/corpus/${name}`)

  test.each<ReadOptions>([{}, { tracks: 'cpu' }, { interrupts: 'apart' }, { sleep: 'apart' }])(
    'as a whole, %o',
    options => {
      expect(told(text, options)).toEqual(told(text, { ...options, lineByLine: true }))
    },
  )

  test.each([5, 17, 101])('without every line number %i', every => {
    const broken = Buffer.from(text)
      .toString('latin1')
      .split('\n')
      .filter((line, index) => index % every !== 3 || line.startsWith('#'))
    const bytes = Buffer.from(broken.join('\n'), 'latin1')
    expect(told(bytes, {})).toEqual(told(bytes, { lineByLine: true }))
  })
})

test.each([
  ['6.12-full-proc-abstime', 0.75],
  ['6.12-full-plain', 0.75],
  ['7.2-full-proc-abstime', 0.75],
])('most of %s is followed', (name, share) => {
  let followed = 0
  let events = 0
  const begin = () => void events++
  const callEvents = (_: unknown, from: number, to: number) => {
    followed += to - from
    events += to - from
  }
  read(readCapture(`test/corpus/${name}.txt.gz`), { ...ignored, begin, end: begin, callEvents })
  expect(followed / events).toBeGreaterThan(share)
})

/** All that is told of a text, in order. */
function told(text: Uint8Array, options: ReadOptions) {
  const dump = new TimelineDump()
  const summary = read(text, dump, options)
  return { lines: dump.lines, summary }
}

function read(text: Uint8Array, sink: TimelineSink, options: ReadOptions = {}) {
  const reader = new TraceReader(sink, options)
  reader.push(text)
  reader.endInput()
  return reader.finish()
}
