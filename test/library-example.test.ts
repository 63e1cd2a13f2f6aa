/** The example of the documentation is the code of library-example.ts, which compiles and runs. */
import { createReadStream, readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { convert, convertInBlocks, diff, errors } from '../src/index.js'
import { busiest, foldedStacks, refusals, slowCalls } from './library-example.js'

const example = readFileSync('test/library-example.ts', 'utf8').replace('../src/index.js', 'fgraph')

test('stands in src/index.ts', () => {
  const comment = readFileSync('src/index.ts', 'utf8')
    .split('*/')[0]
    .replace(/^ \* ?/gm, '')
  expect(comment).toContain(example.replace(/^(?=.)/gm, '    '))
})

test('stands in README.md', () => {
  expect(readFileSync('README.md', 'utf8')).toContain(`\`\`\`ts\n${example}\`\`\``)
})

const INPUT = 'golden/udp_sendmsg/input.txt'
const folded = readFileSync('golden/udp_sendmsg/folded.txt', 'utf8')
const chunks = () => createReadStream(INPUT, { highWaterMark: 100 })

test('folds a trace', async () => {
  expect(await foldedStacks(chunks())).toBe(folded)
})

test('lists calls and functions', async () => {
  expect(await slowCalls(chunks(), 62_000)).toEqual([
    'ip_send_skb 62263',
    'udp_send_skb 63093',
    'udp_sendmsg 78524',
  ])
  expect(await busiest(chunks(), 'nf_conntrack')).toEqual([
    'nf_conntrack_in 12026',
    'init_conntrack 5912',
  ])
})

test('finds where errors were born, and with `all` what is probably none', async () => {
  const mount = gunzipSync(readFileSync('test/errors/mount-enoent.txt.gz'))
  const trace = async function* () {
    yield mount
  }
  expect(await refusals(trace())).toEqual(['step_into_slowpath ENOENT'])
  const [first] = await errors(mount, { filters: { filter: ['path_lookupat'] } })
  expect(first).toMatchObject({ name: 'step_into_slowpath', line: 101, way: ['path_lookupat'] })
  const timer = gunzipSync(readFileSync('test/errors/mount-einval.txt.gz'))
  const tasks = (await errors(timer, { interrupts: undefined })).map(({ task }) => task)
  expect(tasks).toContain('CPU 1 interrupts')
  const doubtful = gunzipSync(readFileSync('test/errors/whole-all.txt.gz'))
  const [all, sure] = [await errors(doubtful, { all: true }), await errors(doubtful)]
  expect([all.length > sure.length, sure.some(each => each.doubtful !== null)]).toEqual([
    true,
    false,
  ])
})

test('compares, and hands out blocks', async () => {
  const trace = readFileSync(INPUT, 'utf8')
  const rows = await diff(trace, trace.replaceAll('ip_send_skb', 'ip_push_skb'))
  expect(rows.slice(0, 2)).toMatchObject([
    { name: 'ip_push_skb', verdict: 'new', after_calls: 1 },
    { name: 'ip_send_skb', verdict: 'gone', before_calls: 1 },
  ])
  expect([rows[0].before_calls, rows[1].after_calls]).toEqual([null, null])
  let text = ''
  for await (const block of convertInBlocks(new Blob([trace]).stream(), 'csv')) {
    text += new TextDecoder().decode(block)
  }
  expect(text.split('\n').length).toBe(224)
  await expect(convert('no trace', 'csv', { name: 'mine' })).rejects.toThrow(
    /^mine: not a function_graph/,
  )
})

test('runs in a browser, out of a bundler', async () => {
  const { outputFiles } = await build({
    stdin: { contents: "export { convert } from './dist/index.js'", resolveDir: '.' },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'fgraph',
    write: false,
  })
  const { TextDecoder, TextEncoder, WebAssembly, atob, setInterval, clearInterval } = globalThis
  const page = createContext({
    TextDecoder,
    TextEncoder,
    WebAssembly,
    atob,
    setInterval,
    clearInterval,
  })
  runInContext(outputFiles[0].text, page)
  const bytes = await runInContext(
    'trace => fgraph.convert(trace, "folded")',
    page,
  )(readFileSync(INPUT, 'utf8'))
  expect(Buffer.from(bytes).toString()).toBe(folded)
})
