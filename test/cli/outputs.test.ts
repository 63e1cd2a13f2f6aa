import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fgraph, folderWith, namesIn } from './run.js'

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
