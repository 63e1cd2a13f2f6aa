/** The example of the documentation is the code of library-example.ts, which compiles and runs. */
import { createReadStream, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { foldedStacks } from './library-example.js'

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

test('folds a trace', async () => {
  const trace = createReadStream('golden/udp_sendmsg/input.txt', { highWaterMark: 100 })
  const { text, calls } = await foldedStacks(trace)
  expect(text).toBe(readFileSync('golden/udp_sendmsg/folded.txt', 'utf8'))
  expect(calls).toEqual({ complete: 222, incomplete: 0, orphan: 0 })
})
