import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { unpackers } from '../../src/unpack/unpackers.js'
import { ended, fgraph, folderWith, namesIn, start } from './run.js'

const trace = readFileSync('golden/proc-abstime/input.txt')

test.each([
  [['-f', 'folded', '--weight', 'calls'], / 1\n/],
  [['-f', 'folded', '--annotate', '--root', 'pid'], /_\[k\] \d+\n/],
  [['-f', 'folded', '--flamechart'], /;\w+ \d+\n/],
  [['-f', 'chrome', '--array'], /^\[\{"[\s\S]*\}\n\]\n$/],
  [['-f', 'chrome', '--absolute-time'], /"ph":"B","pid":\d+,"tid":\d+,"ts":174814787,/],
  [['-f', 'firefox', '--absolute-time'], /"time":\[174814\.787/],
  [['-f', 'csv', '--absolute-time'], /\n174814787\d{3},/],
  [['-f', 'function_graph'], /^# tracer: function_graph\n#\n# {5}TIME {8}CPU {2}TASK/],
])('%j', async (args, expected) => {
  const { code, stdout } = await fgraph('.', ['convert', '--quiet', ...args], trace)
  expect(code).toBe(0)
  expect(stdout.toString()).toMatch(expected)
})

test('a file name says function_graph', async () => {
  const folder = folderWith({ 'trace.txt': trace })
  const path = `${folder}/again.fgraph.txt`
  await fgraph(folder, ['convert', 'trace.txt', '-o', path])
  const info = async (name: string) =>
    JSON.parse((await fgraph(folder, ['info', '--json', name])).stdout.toString())
  const [before, after] = [await info('trace.txt'), await info('again.fgraph.txt')]
  expect(after.calls).toEqual(before.calls)
  expect(after.tasks).toEqual(before.tasks)
})

test.each([
  [
    ['-f', 'folded', '-o', 'a.json', '-o', 'b.svg'],
    'a.json: this name is for chrome, but -f folded would fill the file; leave out -f, or end the name in .folded',
  ],
  [['--flamechart', '-o', 'x.svg'], '--flamechart has no effect on flamegraph; it is for folded'],
  [
    ['--root', 'pid', '-o', 'x.json'],
    '--root has no effect on chrome; it is for folded, flamegraph',
  ],
])('refuses %j', async (args, message) => {
  const folder = folderWith({ 'a.txt': trace })
  const { code, stderr } = await fgraph(folder, ['convert', 'a.txt', ...args])
  expect(stderr).toBe(`fgraph: ${message}\n`)
  expect(code).toBe(2)
  expect(namesIn(folder)).toEqual(['a.txt'])
})

test('JSON of one kind may be called as JSON of another', async () => {
  const folder = folderWith({ 'a.txt': trace })
  const args = ['convert', 'a.txt', '-f', 'speedscope', '-o', 'a.json', '--quiet']
  expect((await fgraph(folder, args)).code).toBe(0)
})

test('behind -- are inputs, whatever they are called', async () => {
  const folder = folderWith({ '-a.txt': trace, 'b.txt': trace })
  const args = ['convert', '-f', 'folded', '--quiet', '--', '-a.txt']
  const { code, stdout } = await fgraph(folder, args)
  expect(code).toBe(0)
  expect(stdout.length).toBeGreaterThan(100)
  expect((await fgraph(folder, ['report', '--', 'b.txt'])).code).toBe(0)
})

test('what Pyroscope refuses is said on stderr', async () => {
  const lines = Array.from({ length: 16001 }, (_, index) => ` 0)   1.000 us    |  f${index}();\n`)
  const folder = folderWith({ 'many.txt': lines.join('') })
  const args = ['convert', 'many.txt', '-o', 'many.pb.gz']
  expect((await fgraph(folder, args)).stderr).toMatch(/^fgraph: pprof: Pyroscope takes .*\n$/m)
  expect((await fgraph(folder, [...args, '--quiet'])).stderr).toBe('')
})

test('names that end in .zst are compressed, several at once, in frames', async () => {
  const text = ' 0)   1.000 us    |  foo();\n'.repeat(60_000)
  const folder = folderWith({ 'a.txt': text })
  const outputs = ['a.json', 'a.folded'].flatMap(name => ['-o', name, '-o', `${name}.zst`])
  const { code, stderr } = await fgraph(folder, ['convert', 'a.txt', ...outputs])
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/a\.json\.zst/) })
  for (const name of ['a.json', 'a.folded']) {
    const plain = readFileSync(`${folder}/${name}`)
    const packed = readFileSync(`${folder}/${name}.zst`)
    expect((await unpacked(packed)).equals(plain)).toBe(true)
    expect(packed.length).toBeLessThan(plain.length / (name === 'a.json' ? 4 : 1) + 20)
  }
})

async function unpacked(bytes: Uint8Array): Promise<Buffer> {
  const unpacker = await unpackers.zstd()
  const pieces = Array.from(unpacker.push(bytes), piece => Buffer.from(piece))
  unpacker.end()
  return Buffer.concat(pieces)
}

describe('--open', () => {
  const pages = ['-o', 'a.html', '-o', 'b.svg', '-o', 'c.json', '-o', 'd.svg.gz', '--open']

  test('opens pages and pictures in the browser, and nothing else', async () => {
    const folder = folderWith({
      'a.txt': trace,
      browser: '#!/bin/sh\nprintf "%s\\n" "$1" >> opened\n',
    })
    chmodSync(`${folder}/browser`, 0o755)
    const env = {
      ...process.env,
      ...{ DISPLAY: ':99', BROWSER: `${folder}/browser` },
      // Without the desktop entries of browsers on this machine, which come first.
      ...{ HOME: folder, XDG_DATA_HOME: folder, XDG_DATA_DIRS: folder },
    }
    const child = start(folder, ['convert', 'a.txt', ...pages], [], env)
    expect(await ended(child)).toMatchObject({ code: 0 })
    const opened = () =>
      existsSync(`${folder}/opened`) ? readFileSync(`${folder}/opened`, 'utf8') : ''
    while (opened().split('\n').length < 3) await wait(20)
    expect(opened().split('\n').sort()).toEqual(['', `${folder}/a.html`, `${folder}/b.svg`])
  })

  test('says which file to open where there is no screen', async () => {
    const folder = folderWith({ 'a.txt': trace })
    const { code, stderr } = await fgraph(folder, ['convert', 'a.txt', '-o', 'a.html', '--open'])
    expect(code).toBe(0)
    const path = `${folder}/a.html`
    expect(stderr).toMatch(`\nfgraph: --open: no screen here; open ${path} yourself\n`)
  })

  test('needs something to open', async () => {
    const { code, stderr } = await fgraph('.', ['convert', '-o', 'x.json', '--open'], trace)
    expect(stderr).toBe(
      'fgraph: --open shows .html and .svg files; name one, such as -o trace.html\n',
    )
    expect(code).toBe(2)
  })
})
