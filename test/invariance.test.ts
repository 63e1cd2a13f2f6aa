/** The same trace gives the same bytes, in whatever pieces and by whatever way it comes. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { convert } from '../src/convert.js'
import { formats } from '../src/emit/formats.js'
import type { TraceSummary } from '../src/ingest/trace-summary.js'
import { openInput } from '../src/node/input.js'
import { Recording } from '../src/timeline/logs/index.js'
import type { TimelineSink } from '../src/timeline/sink.js'
import { tee } from '../src/timeline/sinks/index.js'
import { timelineOf } from './dump-timeline.js'
import { openWritten, readCapture, readTrace } from './read-trace.js'

const CHUNK_SIZES = [1, 2, 3, 7, 64, 4096]

const folder = mkdtempSync(join(tmpdir(), 'fgraph-invariance-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(readdirSync('golden'))('%s', async name => {
  const text = readCapture(`golden/${name}/input.txt`)
  const withCrlf = Buffer.from(
    Buffer.from(text).toString('latin1').replaceAll('\n', '\r\n'),
    'latin1',
  )
  const whole = await everything(sink => readTrace(text, sink))

  test.each(CHUNK_SIZES)('in chunks of %i bytes', async size => {
    expect(await everything(sink => readTrace(text, sink, size))).toEqual(whole)
  })

  test('with CRLF', async () => {
    expect(await everything(sink => readTrace(withCrlf, sink))).toEqual(whole)
    expect(await everything(sink => readTrace(withCrlf, sink, 7))).toEqual(whole)
  })

  test.each([
    ['UTF-16, little end first', '\ufeff', false],
    ['UTF-16, big end first', '\ufeff', true],
    ['UTF-16 without a mark', '', false],
    ['UTF-16 without a mark, big end first', '', true],
  ])('in %s', async (_, mark, isBigEndian) => {
    const characters = Buffer.from(text).toString()
    const bytes = Buffer.from(mark + characters, 'utf16le')
    if (isBigEndian) bytes.swap16()
    const expected = await everything(sink => readTrace(characters, sink))
    expect(await everything(sink => readTrace(bytes, sink))).toEqual(expected)
    expect(await everything(sink => readTrace(bytes, sink, 3))).toEqual(expected)
  })

  test('behind a byte order mark', async () => {
    const marked = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), text])
    expect(await everything(sink => readTrace(marked, sink, 2))).toEqual(whole)
  })

  test.each([
    ['plain', text],
    ['gzipped', gzipSync(text)],
    ['gzipped in two members', Buffer.concat(halves(text).map(half => gzipSync(half)))],
  ])('from a file, %s', async (_, bytes) => {
    const path = join(folder, 'trace')
    writeFileSync(path, bytes)
    expect(await fromFile(path)).toEqual(whole)
  })

  test('recorded and replayed', async () => {
    const recording = new Recording()
    const summary = readTrace(text, recording)
    const replayed = await everything(sink => {
      recording.replay(sink)
      return summary
    })
    expect(replayed).toEqual(whole)
  })
})

/** Of whole captures, whose calls are all that counts. */
describe.each([
  '6.12-opt-default',
  '6.12-opt-abstime-nocpu-noduration',
  '6.12-tasks',
  '6.12-names-proc-abstime',
  '7.2-full-proc-abstime',
  '7.2-args-proc-abstime-tail',
  '7.2-events',
  '7.2-opt-proc-abstime-latency',
  '7.2-pipe-lost',
  '7.2-retval-opt-retval-retaddr-args-proc-abstime-tail',
  '5.10-arm64-full-tail-overrun',
])('%s gives the same calls', name => {
  const text = Buffer.from(readCapture(`test/corpus/${name}.txt.gz`)).toString('latin1')
  const events = timelineOf(Buffer.from(text, 'latin1'))
  const eachLine = (lead: string) => Buffer.from(text.replace(/^.*\n/gm, `${lead}$&`), 'latin1')

  test.each([
    ['with CRLF', Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')],
    ['quoted in a mail', eachLine('> ')],
    ['quoted twice', eachLine('> > ')],
    ['behind the stamps of printk', eachLine('[  344.610931] ')],
    ['behind the stamps of syslog', eachLine('Nov 22 23:51:53 host kernel: [  344.610931] ')],
  ])('%s', (_, mutated) => {
    expect(timelineOf(mutated)).toEqual(events)
  })
})

/** What every format writes, a byte a character, and the summary. */
async function everything(read: (sink: TimelineSink) => TraceSummary) {
  const outputs = await Promise.all(formats.map(({ name }) => openWritten(name)))
  const summary = read(tee(outputs.map(({ sink }) => sink)))
  return { summary, written: outputs.map(({ bytes }) => asCharacters(bytes)) }
}

async function fromFile(path: string): ReturnType<typeof everything> {
  const outputs = formats.map(format => {
    const blocks: Uint8Array[] = []
    return { format, blocks, write: (block: Uint8Array) => void blocks.push(block) }
  })
  const summary = await convert([openInput(path)], outputs, { title: 'trace', root: 'none' })
  return { summary, written: outputs.map(({ blocks }) => asCharacters(Buffer.concat(blocks))) }
}

function asCharacters(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

function halves(bytes: Uint8Array): Uint8Array[] {
  const middle = bytes.length >> 1
  return [bytes.subarray(0, middle), bytes.subarray(middle)]
}
