/** The same trace gives the same bytes, in whatever pieces and by whatever way it comes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { read } from '../src/convert.js'
import { formats } from '../src/emit/formats.js'
import type { TraceSummary } from '../src/ingest/trace-summary.js'
import { openInput } from '../src/node/input.js'
import { checked } from '../src/timeline/checked.js'
import { Recording } from '../src/timeline/logs/index.js'
import { tee } from '../src/timeline/sinks/index.js'
import { goldens } from './captures.js'
import { TimelineDump, timelineOf } from './dump-timeline.js'
import { openWritten, readCapture, readTrace } from './read-trace.js'

const CHUNK_SIZES = [1, 2, 3, 7, 64, 4096]

const folder = mkdtempSync(join(tmpdir(), 'fgraph-invariance-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(goldens)('%s', path => {
  const text = readCapture(path)
  const characters = Buffer.from(text).toString()
  let whole: Story

  beforeAll(() => {
    whole = storyOf(text)
  })

  test.each(CHUNK_SIZES)('in chunks of %i bytes', size => {
    expect(storyOf(text, size)).toEqual(whole)
  })

  test('in chunks of 7 bytes, in every format', async () => {
    expect(await everything(text, 7)).toEqual(await everything(text))
  })

  test('with CRLF', () => {
    const latin1 = Buffer.from(text).toString('latin1')
    const withCrlf = Buffer.from(latin1.replaceAll('\n', '\r\n'), 'latin1')
    expect(storyOf(withCrlf)).toEqual(whole)
    expect(storyOf(withCrlf, 7)).toEqual(whole)
  })

  test.each([
    ['UTF-16, little end first', '\ufeff', false],
    ['UTF-16, big end first', '\ufeff', true],
    ['UTF-16 without a mark', '', false],
    ['UTF-16 without a mark, big end first', '', true],
  ])('in %s', (_, mark, isBigEndian) => {
    const bytes = Buffer.from(mark + characters, 'utf16le')
    if (isBigEndian) bytes.swap16()
    const expected = storyOf(Buffer.from(characters))
    expect(storyOf(bytes)).toEqual(expected)
    expect(storyOf(bytes, 3)).toEqual(expected)
  })

  test('behind a byte order mark', () => {
    const marked = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), text])
    expect(storyOf(marked, 2)).toEqual(whole)
  })

  test.each([
    ['plain', () => text],
    ['gzipped', () => gzipSync(text)],
    ['gzipped in two members', () => Buffer.concat(halves(text).map(half => gzipSync(half)))],
  ])('from a file, %s', async (_, bytes) => {
    const path = join(folder, 'trace')
    writeFileSync(path, bytes())
    expect(await fromFile(path)).toEqual(whole)
  })

  test('recorded and replayed', () => {
    const recording = new Recording()
    const summary = readTrace(text, recording)
    const dump = new TimelineDump()
    recording.replay(dump)
    expect({ summary, lines: dump.lines }).toEqual(whole)
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
  let text: string
  let events: string[]

  beforeAll(() => {
    text = Buffer.from(readCapture(`test/corpus/${name}.txt.gz`)).toString('latin1')
    events = timelineOf(Buffer.from(text, 'latin1'))
  })

  test.each([
    ['with CRLF', '', '\r\n'],
    ['quoted in a mail', '> ', '\n'],
    ['quoted twice', '> > ', '\n'],
    ['commented out', '// ', '\n'],
    ['commented out in a shell', '# ', '\n'],
    ['in a patch', '+', '\n'],
    ['in a table', '| ', '\n'],
    ['behind the stamps of printk', '[  344.610931] ', '\n'],
    ['behind the stamps of syslog', 'Nov 22 23:51:53 host kernel: [  344.610931] ', '\n'],
  ])('%s', (_, lead, ending) => {
    const mutated = text.replace(/^(.*)\n/gm, `${lead}$1${ending}`)
    expect(timelineOf(Buffer.from(mutated, 'latin1'))).toEqual(events)
  })

  test.each([
    ['quoted-printable', quotedPrintable],
    ['base64', base64],
    ['the source of a page', page],
    ['cat -n', (text: string) => numbered(text, '\t')],
    ['grep -n', (text: string) => numbered(text, ':')],
  ])('as %s', (_, change) => {
    expect(timelineOf(Buffer.from(change(text), 'latin1'))).toEqual(events)
  })
})

/** A mail in quoted-printable. */
function quotedPrintable(text: string): string {
  const body = text
    .replace(/[=\x80-\xff]/g, byte => `=${byte.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^(.{60,70}?)(?<!=.?)(?=.{6})/gm, '$1=\n')
  return `Subject: a\nContent-Transfer-Encoding: quoted-printable\n\n${body}`
}

function base64(text: string): string {
  const body = Buffer.from(text, 'latin1').toString('base64').replace(/.{76}/g, '$&\n')
  return `Subject: a\nContent-Transfer-Encoding: base64\n\n${body}`
}

function page(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<html>\n<pre>\n${escaped}</pre>\n`
}

function numbered(text: string, separator: string): string {
  let number = 0
  return text.replace(/^(?=.*\n)/gm, () => `${++number}${separator}`)
}

/** The events of a text, and the summary. */
interface Story {
  readonly summary: TraceSummary
  readonly lines: readonly string[]
}

function storyOf(text: Uint8Array, chunkSize?: number): Story {
  const dump = new TimelineDump()
  const summary = readTrace(text, dump, chunkSize)
  return { summary, lines: dump.lines }
}

/** The output of each format, a byte a character. */
async function everything(text: Uint8Array, chunkSize?: number): Promise<Record<string, string>> {
  const outputs = await Promise.all(formats.map(({ name }) => openWritten(name)))
  readTrace(text, tee(outputs.map(({ sink }) => sink)), chunkSize)
  return Object.fromEntries(
    formats.map(({ name }, index) => [name, Buffer.from(outputs[index].bytes).toString('latin1')]),
  )
}

async function fromFile(path: string): Promise<Story> {
  const dump = new TimelineDump()
  const summary = await read([openInput(path)], checked(dump), {})
  return { summary, lines: dump.lines }
}

function halves(bytes: Uint8Array): Uint8Array[] {
  const middle = bytes.length >> 1
  return [bytes.subarray(0, middle), bytes.subarray(middle)]
}
