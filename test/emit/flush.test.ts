/** The output so far can be read while the trace goes on. */
import { expect, test } from 'vitest'
import { formats } from '../../src/emit/formats.js'
import type { TimelineSink } from '../../src/timeline/sink.js'
import { forwarding, tee } from '../../src/timeline/sinks/index.js'
import { openWritten } from '../read-trace.js'
import { defineFunctions } from './captures.js'

const FACTS = { dialect: 'tracefs', columns: [], clock: 'timestamps', origin: '1.0' } as const

/** Nobody can read a Parquet file before its end: the columns stand in a footer. */
const streamed = formats.filter(({ name, memory }) => memory === 'constant' && name !== 'parquet')

test.each(streamed)('a flush hands on all calls that $name has written', async ({ name }) => {
  const written = await openWritten(name)
  const sink = tee([forwarding(written.sink), forwarding((await openWritten('folded')).sink)])
  sink.start(FACTS)
  defineFunctions(sink, 'vfs_read')
  sink.defineTrack(0, { pid: 100, comm: 'cat', cpu: undefined })
  let held = 0
  for (let call = 0; call < 10; call++) {
    writeCall(sink, 10 * call)
    sink.flush?.()
    const { length } = written.bytes
    expect(length, `call ${call}`).toBeGreaterThan(held)
    held = length
    sink.flush?.()
    expect(written.bytes.length).toBe(held)
  }
  sink.finish({ ...FACTS, span: 100, lostEvents: 0 })
})

test.each(streamed)(
  'the bytes of $name are the same however often they are flushed',
  async ({ name }) => {
    const [plain, flushed] = [await openWritten(name), await openWritten(name)]
    for (const { sink } of [plain, flushed]) {
      sink.start(FACTS)
      defineFunctions(sink, 'vfs_read')
      sink.defineTrack(0, { pid: 100, comm: 'cat', cpu: undefined })
      for (let call = 0; call < 10; call++) {
        writeCall(sink, 10 * call)
        if (sink === flushed.sink) sink.flush?.()
      }
      sink.finish({ ...FACTS, span: 100, lostEvents: 0 })
    }
    expect(flushed.text).toBe(plain.text)
  },
)

function writeCall(sink: TimelineSink, at: number): void {
  sink.begin(0, 1, at)
  sink.end(0, 1, at + 5, 5)
}
