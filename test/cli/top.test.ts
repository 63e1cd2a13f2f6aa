import { execFileSync, spawn } from 'node:child_process'
import { createWriteStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { calls, FakeTracefs } from '../record/fake-tracefs.js'
import { binary, ended, fgraph, folderWith, Heard, lossyTrace, start, trace } from './run.js'

const OTHER_PAGE = '\x1b[?1049h'
const FIRST_PAGE = '\x1b[?1049l'
const seconds = /^ +\d+ s {2}(\d+) calls? in the last second(?:, (\d+) events? lost)?/gm

test('tells each second what has come, and at the end all of it', async () => {
  const child = start('.', ['top', '-', '--limit', '1'])
  const result = ended(child)
  let said = ''
  child.stdout?.on('data', chunk => {
    said += chunk
  })
  const hasTold = (times: number) =>
    vi.waitUntil(
      () => [...said.matchAll(seconds)].filter(([, calls]) => calls !== '0').length >= times,
      { timeout: 30_000 },
    )
  child.stdin?.write(trace)
  await hasTold(1)
  child.stdin?.write(lossyTrace)
  await hasTold(2)
  child.stdin?.end()
  const { code, stdout, stderr } = await result
  const told = [...String(stdout).matchAll(seconds)]
  expect(told.reduce((sum, [, calls]) => sum + Number(calls), 0)).toBe(6)
  expect(told.filter(([, calls]) => calls !== '0').length).toBeGreaterThan(1)
  expect(told.at(-1)?.[2]).toBeDefined()
  expect(String(stdout).trim().split('\n').at(-1)).toMatch(/ 7\.500 us +3 .* bar$/)
  expect(stderr).toContain('lost-events (7)')
  expect(code).toBe(0)
})

test('what comes slowly and is no trace is refused in a sentence', async () => {
  const child = start('.', ['top', '-'])
  const result = ended(child)
  const stderr = new Heard()
  child.stderr?.pipe(stderr)
  child.stdin?.write(
    'bash-1 [000] 1.0: funcgraph_entry: func=foo depth=1\nx: funcgraph_entry:  x\n',
  )
  const said = await stderr.until('save the trace as a file')
  expect(said).toMatch(/^fgraph: standard input: no call can be read, though line 1 looks like one/)
  child.stdin?.end()
  expect(await result).toMatchObject({ code: 2 })
})

test('a file is told at once', async () => {
  const { stdout, code } = await fgraph(folderWith({ 't.txt': trace }), ['top', 't.txt'])
  expect(String(stdout)).toMatch(/^ +% .* FUNCTION\n71\.4% .* bar\n28\.6% .* foo\n$/)
  expect(code).toBe(0)
})

test('rows may be tasks, sorted by another column', async () => {
  const args = ['top', 't.txt', '--by', 'task', '--sort', 'calls']
  const { stdout } = await fgraph(folderWith({ 't.txt': trace }), args)
  expect(String(stdout)).toMatch(/TASK\n.* CPU 0\n$/)
})

test('Ctrl-C prints what has come', async () => {
  const child = start('.', ['top', '-'])
  const result = ended(child)
  child.stdin?.write(trace)
  await wait(1500)
  child.kill('SIGINT')
  const { signal, stdout } = await result
  expect(signal).toBe('SIGINT')
  expect(String(stdout).trim().split('\n').at(-1)).toMatch(/ foo$/)
})

test('on a terminal, keys switch tables, pause and quit; it is given back as it was', async () => {
  const folder = folderWith()
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const command = `stty rows 20 cols 80; ${process.execPath} ${binary} top pipe`
  const child = spawn('script', ['-qfec', command, '/dev/null'], { cwd: folder })
  const writer = createWriteStream(join(folder, 'pipe'))
  writer.write(trace)
  let screen = ''
  const result = ended(child)
  child.stdout.on('data', chunk => {
    screen += chunk
  })
  const until = async (...texts: string[]) => {
    for (let tries = 0; !texts.every(text => screen.includes(text)); tries++) {
      if (tries === 200) throw new Error(`no ${texts} in ${screen}`)
      await wait(50)
    }
    screen = ''
  }
  await until(OTHER_PAGE, '2 calls in the last second', 'since the start', 'foo')
  child.stdin.write('t')
  await until('TASK', 'CPU 0')
  child.stdin.write('s')
  await until('s sorted by self')
  child.stdin.write(' ')
  await until('space goes on')
  child.stdin.write(' ')
  await until('space pauses')
  child.stdin.write('fq')
  await until(FIRST_PAGE, 'foo')
  expect(await result).toMatchObject({ code: 130 })
  writer.destroy()
})

test('a kernel is traced until q is typed, and left as it was', async () => {
  const fake = new FakeTracefs('/bin/sh')
  rmSync(join(fake.place, 'trace_pipe'))
  execFileSync('mkfifo', [join(fake.place, 'trace_pipe')])
  const before = fake.state()
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const stdout = Object.assign(new Heard(), { isTTY: true, columns: 80, rows: 20 })
  const args = ['top', '--tracefs', fake.place, '--all', '--', 'sh', '-c', 'echo said; sleep 100']
  const result = fgraph(fake.work, args, '', { env: fake.env, streams: { stdin, stdout } })
  const pipe = createWriteStream(join(fake.place, 'trace_pipe'))
  pipe.write(calls)
  await stdout.until(OTHER_PAGE, '3 calls in the last second', 'vfs_write')
  pipe.write(`CPU:1 [LOST 7 EVENTS]\n${calls}`)
  await stdout.until('7 events lost (7 since the start)')
  stdin.write('t')
  await stdout.until('dd-944')
  stdin.write('m')
  await stdout.until('[kernel]')
  stdin.write('sss ')
  await stdout.until('space goes on', 'sorted by avg')
  stdin.write('xq')
  await stdout.until(FIRST_PAGE)
  pipe.destroy()
  const { code, stderr } = await result
  expect(stderr).toContain('recording all functions while sh runs\n')
  expect(stderr).toContain('said\n')
  expect(code).toBe(0)
  expect(fake.state()).toEqual(before)
})
