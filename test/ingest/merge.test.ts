import { describe, expect, test } from 'vitest'
import { convertTo } from '../../src/convert.js'
import { mergedByTime } from '../../src/ingest/text/merge-by-time.js'
import { readCapture } from '../read-trace.js'

async function* inChunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function merged(texts: readonly string[], size = 7): Promise<string[]> {
  const found = await mergedByTime(texts.map(text => inChunks(text, size)))
  return Promise.all(
    found.map(async text => {
      let all = ''
      for await (const chunk of text) all += Buffer.from(chunk).toString('latin1')
      return all
    }),
  )
}

const line = (micros: number, cpu: number, call: string) =>
  `    1.${String(micros).padStart(6, '0')} |   ${cpu})    bash-1      |   1.000 us    |  ${call}\n`
const HEADER = '# tracer: function_graph\n#\n'

describe('texts of one recording', () => {
  test('are merged by time, the first one first where it is equal', async () => {
    const texts = [
      HEADER + line(1, 0, 'a();') + line(4, 0, 'd();') + line(5, 0, 'e();'),
      HEADER + line(2, 1, 'b();') + line(3, 1, 'c();') + line(5, 1, 'f();'),
    ]
    const whole =
      HEADER +
      line(1, 0, 'a();') +
      line(2, 1, 'b();') +
      line(3, 1, 'c();') +
      line(4, 0, 'd();') +
      line(5, 0, 'e();') +
      line(5, 1, 'f();')
    for (const size of [1, 7, 1000]) expect(await merged(texts, size)).toEqual([whole])
  })

  test('keep lines without a time where they are', async () => {
    const lost = 'CPU:1 [LOST 5 EVENTS]\n'
    const block = ` ${'-'.repeat(42)}\n 1)  bash-1  =>  cat-2\n ${'-'.repeat(42)}\n\n`
    const comment = `${line(2, 1, '').replace('  1.000 us    |  \n', '              |  /* one\n')}two */\n`
    const stack = '  bash-1  [001] d..2.  1.000002: <stack trace>\n => f\n'
    const other = `${lost + line(1, 1, 'b();') + comment + stack + block + line(9, 1, 'c();')}\n`
    const [text = ''] = await merged([
      line(1, 0, 'a();') + line(2, 0, 'x();') + line(8, 0, 'y();'),
      other,
    ])
    expect(text).toBe(
      line(1, 0, 'a();') +
        lost +
        line(1, 1, 'b();') +
        line(2, 0, 'x();') +
        comment +
        stack +
        line(8, 0, 'y();') +
        block +
        line(9, 1, 'c();') +
        '\n',
    )
  })

  test('need no line feed at their end', async () => {
    const texts = [line(1, 0, 'a();').trimEnd(), line(2, 1, 'b();').trimEnd()]
    expect(await merged(texts)).toEqual([line(1, 0, 'a();') + line(2, 1, 'b();')])
  })
})

test.each([
  ['of the same cpu', [line(1, 0, 'a();'), line(2, 0, 'b();')]],
  ['of several cpus', [line(1, 0, 'a();') + line(2, 1, 'b();'), line(2, 2, 'c();')]],
  ['without times', [' 0)   1.000 us    |  a();\n', ' 1)   1.000 us    |  b();\n']],
])('texts %s stay as they are', async (_, texts) => {
  expect(await merged(texts)).toEqual(texts)
})

test('a capture taken apart by cpus gives the same calls', async () => {
  const text = Buffer.from(readCapture('test/corpus/7.2-whole-proc-abstime.txt.gz')).toString(
    'latin1',
  )
  const parts = ['0', '1'].map(cpu =>
    text
      .split(/(?<=\n)(?=[ \d]+\.\d{6} \|)/)
      .filter(
        record => record.startsWith('#') || new RegExp(`^ *[\\d.]+ \\| +${cpu}\\) `).test(record),
      )
      .join(''),
  )
  const read = async (texts: readonly string[]) => {
    const sources = texts.map((text, index) => ({ name: `${index}`, chunks: inChunks(text, 4096) }))
    const { calls, lines } = await convertTo(sources, [], { title: '', root: 'none' })
    return { calls, entries: lines.entry, leaves: lines.leaf, exits: lines.exit }
  }
  expect(await read(parts)).toEqual(await read([text]))
})
