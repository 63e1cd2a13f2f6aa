import { once } from 'node:events'
import { chmodSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ended, fgraph, fgraphProcess, folderWith, namesIn, start, trace } from './run.js'

/** Node with its permission model on gives no threads. */
const NO_THREADS = ['--experimental-permission', '--allow-fs-read=*', '--allow-fs-write=*']

const folded = 'bar 2500\nfoo 1000\n'

describe('input', () => {
  test.each([
    ['a file', trace],
    ['gzip', gzipSync(trace)],
    [
      'gzip of two members',
      Buffer.concat([gzipSync(trace.slice(0, 30)), gzipSync(trace.slice(30))]),
    ],
  ])('%s, as a file and as standard input', async (_, content) => {
    const folder = folderWith({ 'a.txt': content })
    const args = ['convert', '-f', 'folded', '--quiet']
    const fromFile = await fgraph(folder, [...args, 'a.txt'])
    const fromPipe = await fgraph(folder, [...args, '-'], content)
    expect(sortedLines(fromFile.stdout)).toBe(folded)
    expect(sortedLines(fromPipe.stdout)).toBe(folded)
  })

  test('gzip whose first byte comes alone', async () => {
    const child = start('.', ['convert', '-f', 'folded', '--quiet'])
    const result = ended(child)
    const packed = gzipSync(trace)
    child.stdin?.write(packed.subarray(0, 1))
    await wait(300)
    child.stdin?.end(packed.subarray(1))
    expect(sortedLines((await result).stdout)).toBe(folded)
  })

  test.each([
    ['times-500.zst', 'zstd'],
    ['times-500-small-dictionary.xz', 'xz'],
  ])(
    '%s, on a thread or where there may be none, as file and pipe, among others',
    async (name, tool) => {
      const packed = readFileSync(join(import.meta.dirname, '../node/packed', name))
      const folder = folderWith({ 'a.txt': trace, 'b.log': packed, 'c.gz': gzipSync(trace) })
      const args = ['convert', 'a.txt', 'b.log', 'c.gz', '-', '-f', 'folded', '--quiet']
      const apart = await fgraphProcess(folder, args, packed)
      const alone = await fgraphProcess(folder, args, packed, NO_THREADS)
      expect(apart).toMatchObject({ code: 0, stderr: '' })
      expect(alone).toMatchObject({ code: 0 })
      expect(apart.stdout.equals(alone.stdout)).toBe(true)
      expect(apart.stdout.toString()).toContain('\nbar 5000\n')

      const cut = await fgraphProcess(folder, args, packed.subarray(0, -5))
      expect(cut.stderr).toBe(
        `fgraph: standard input: the ${tool} data ends too early after ${packed.length - 5} bytes; copy ` +
          `the file again, or convert what is left of it with ${tool} -dc FILE | fgraph convert\n`,
      )
      expect(cut.code).toBe(2)
    },
    180_000,
  )

  test.each([
    ['truncated', (gz: Buffer) => gz.subarray(0, -12), /a\.gz: the gzip data ends too early/],
    ['damaged', (gz: Buffer) => gz.fill(0x55, 12, 30), /a\.gz: the gzip data is damaged/],
  ])('%s gzip', async (_, harm, message) => {
    const folder = folderWith({ 'a.gz': harm(gzipSync(trace.repeat(100))) })
    const { code, stderr } = await fgraph(folder, ['convert', 'a.gz', '-o', 'a.json'])
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^fgraph: .*\n$/)
    expect(code).toBe(2)
    expect(namesIn(folder)).toEqual(['a.gz'])
  })

  test('several files are one trace', async () => {
    const folder = folderWith({ 'a.txt': trace, 'b.txt': trace })
    const args = ['convert', 'a.txt', 'b.txt', '-f', 'folded', '--quiet']
    const { stdout } = await fgraph(folder, args)
    expect(sortedLines(stdout)).toBe('bar 5000\nfoo 2000\n')
  })
})

describe('output', () => {
  test('several files in one pass, by their names', async () => {
    const folder = folderWith({ 'a.txt': trace })
    const names = ['a.FOLDED', 'a.folded.gz', 'a.json', 'a.pb.gz', 'a.pftrace', 'a.speedscope.json']
    const args = names.flatMap(name => ['-o', name])
    const { code, stdout } = await fgraph(folder, ['convert', 'a.txt', ...args])
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '' })
    expect(namesIn(folder)).toEqual([...names, 'a.txt'].sort())
    const read = (name: string) => readFileSync(join(folder, name))
    expect(sortedLines(read('a.FOLDED'))).toBe(folded)
    expect(sortedLines(gunzipSync(read('a.folded.gz')))).toBe(folded)
    expect(JSON.parse(read('a.json').toString())).toHaveProperty('traceEvents')
    expect(JSON.parse(read('a.speedscope.json').toString())).toHaveProperty('profiles')
    // Packed once, not twice.
    expect([...gunzipSync(read('a.pb.gz')).subarray(0, 2)]).not.toEqual([0x1f, 0x8b])
  })

  test('-f is for all of them, and - among them', async () => {
    const folder = folderWith({ 'a.txt': trace })
    const args = ['convert', 'a.txt', '-f', 'folded', '-o', 'a.txt.folded', '-o', '-']
    const { stdout } = await fgraph(folder, args)
    expect(sortedLines(stdout)).toBe(folded)
    expect(sortedLines(readFileSync(join(folder, 'a.txt.folded')))).toBe(folded)
  })

  test('a file that exists keeps its mode, and a link to it stays one', async () => {
    const folder = folderWith({ 'a.txt': trace, 'a.folded': 'old' })
    chmodSync(join(folder, 'a.folded'), 0o640)
    symlinkSync('a.folded', join(folder, 'link.folded'))
    await fgraph(folder, ['convert', 'a.txt', '-o', 'link.folded'])
    expect(sortedLines(readFileSync(join(folder, 'a.folded')))).toBe(folded)
    expect(statSync(join(folder, 'a.folded')).mode & 0o777).toBe(0o640)
    expect(namesIn(folder)).toEqual(['a.folded', 'a.txt', 'link.folded'])
  })

  test('a device is written to, not replaced', async () => {
    const { code } = await fgraph('.', ['convert', '-f', 'folded', '-o', '/dev/null'], trace)
    expect(code).toBe(0)
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  test('a full disk is a user error, and leaves the other outputs out', async () => {
    const folder = folderWith({ 'a.txt': trace })
    const args = ['convert', 'a.txt', '-f', 'folded', '-o', 'a.folded', '-o', '/dev/full']
    const { code, stderr } = await fgraph(folder, args)
    expect(stderr).toMatch(/^fgraph: \/dev\/full: no space left on device; .*\n$/)
    expect(code).toBe(2)
    expect(namesIn(folder)).toEqual(['a.txt'])
  })

  test('SIGTERM leaves nothing behind', async () => {
    const folder = folderWith({ 'a.json': 'old' })
    const child = start(folder, ['convert', '-', '-o', 'a.json', '-o', 'b.folded.gz'])
    const result = ended(child)
    child.stdin?.write(trace)
    while (namesIn(folder).length < 3) await wait(20)
    child.kill('SIGTERM')
    expect(await result).toMatchObject({ signal: 'SIGTERM', stderr: '' })
    expect(namesIn(folder)).toEqual(['a.json'])
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('old')
  })

  test('a closed pipe ends the run quietly', async () => {
    const folder = folderWith({ 'a.txt': trace.repeat(200_000) })
    const child = start(folder, ['convert', 'a.txt'])
    let stderr = ''
    child.stderr?.on('data', chunk => {
      stderr += chunk
    })
    child.stdout?.once('data', () => child.stdout?.destroy())
    const [code] = await once(child, 'close')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

function sortedLines(bytes: Uint8Array): string {
  const lines = Buffer.from(bytes).toString().split('\n').filter(Boolean)
  return `${lines.sort().join('\n')}\n`
}

describe('trace.dat', () => {
  const packed = readFileSync('golden/trace-dat-v7/input.dat.gz')
  const dat = gunzipSync(packed)
  const args = ['convert', '-f', 'folded', '--quiet']
  const expected = sortedLines(readFileSync('golden/trace-dat-v7/folded.txt'))

  test('in place, packed, and through a pipe', async () => {
    const folder = folderWith({ 'a.dat': dat, 'b.dat.gz': packed })
    for (const inputs of [['a.dat'], ['b.dat.gz'], ['-', '--dialect', 'trace.dat']]) {
      const { code, stdout } = await fgraph(folder, [...args, ...inputs], dat)
      expect([code, sortedLines(stdout)]).toEqual([0, expected])
    }
  })

  test('as a process, from a file and from standard input', async () => {
    const folder = folderWith({ 'a.dat': dat })
    const file = await fgraphProcess(folder, [...args, 'a.dat'])
    const pipe = await fgraphProcess(folder, args, dat)
    for (const { code, stdout } of [file, pipe]) {
      expect([code, sortedLines(stdout)]).toEqual([0, expected])
    }
  })

  test('info tells what it knows', async () => {
    const folder = folderWith({ 'a.dat': dat })
    const { stdout } = await fgraph(folder, ['info', 'a.dat'])
    expect(stdout.toString().split('\n').slice(1, 6)).toEqual([
      'dialect   trace.dat',
      'file      version 7, compression zlib, by trace-cmd 3.4.0',
      'kernel    Linux example 7.2.0 x86_64',
      'buffers   top: cpus 0, 1; other: cpus 0, not read (--buffer other); clock local',
      'overruns  12 on cpu 0: events that newer ones had overwritten',
    ])
  })

  test.each([
    [['a.dat', '--buffer', 'foo'], /a\.dat: .* no buffer 'foo'; it has other, and 'all'/],
    [['a.dat#2'], /a\.dat: a trace\.dat has buffers, not captures/],
    [['a.txt', '--buffer', 'foo'], /--buffer is for trace\.dat, and this is text/],
    [['a.txt', '--dialect', 'trace.dat'], /a\.txt: is no trace\.dat of trace-cmd/],
    [['a.dat', '--dialect', 'kernel'], /which is no text; read it without --dialect/],
    [['cut.dat'], /cut\.dat: the recording ends before its data/],
  ])('refuses %j', async (inputs, message) => {
    const files = { 'a.dat': dat, 'a.txt': trace, 'cut.dat': dat.subarray(0, 500) }
    const { code, stderr } = await fgraph(folderWith(files), ['report', ...inputs])
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})
