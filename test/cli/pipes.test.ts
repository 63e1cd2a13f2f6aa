import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { isLong } from '../captures.js'
import { binary, ended, folderWith, namesIn, start, trace } from './run.js'

const FINISHING = 'fgraph: finishing with what has come; Ctrl-C again aborts\n'
const capture = Buffer.from(`${readFileSync('golden/udp_sendmsg/input.txt')}\n`)

describe('Ctrl-C', () => {
  test('finishes with what a pipe has brought, while it stays open', async () => {
    const folder = folderWith()
    const child = start(folder, ['convert', '-', '-o', 'a.folded', '--quiet'])
    const result = ended(child)
    child.stdin?.write(trace)
    while (namesIn(folder).length < 1) await wait(20)
    await wait(200)
    child.kill('SIGINT')
    expect(await result).toMatchObject({ signal: 'SIGINT', stderr: FINISHING })
    expect(namesIn(folder)).toEqual(['a.folded'])
    expect(readFileSync(join(folder, 'a.folded'), 'utf8')).toContain('foo 1000\n')
  })

  test('finishes where reading a path waits for more', async () => {
    const folder = folderWith()
    execFileSync('mkfifo', [join(folder, 'pipe')])
    const child = start(folder, ['convert', 'pipe', '-o', 'a.folded.gz', '--quiet'])
    const result = ended(child)
    const writer = createWriteStream(join(folder, 'pipe'))
    writer.write(trace)
    while (namesIn(folder).length < 2) await wait(20)
    await wait(200)
    child.kill('SIGINT')
    expect(await result).toMatchObject({ signal: 'SIGINT', stderr: FINISHING })
    expect(namesIn(folder)).toEqual(['a.folded.gz', 'pipe'])
    writer.destroy()
  })

  test.each(['report', 'graph', 'slowest', 'info'])('%s prints what has come', async command => {
    const child = start('.', [command, '-'])
    const result = ended(child)
    child.stdin?.write(trace)
    await wait(1500)
    child.kill('SIGINT')
    const { signal, stdout, stderr } = await result
    expect(signal).toBe('SIGINT')
    expect(stderr.startsWith(FINISHING)).toBe(true)
    expect(stdout.toString()).toMatch(command === 'info' ? /2 leaf/ : /\bfoo\b/)
  })

  test('a second one aborts, and leaves nothing behind', async () => {
    const folder = folderWith({ 'a.csv': 'old' })
    // Nobody reads its standard output, so it cannot finish.
    const child = start(folder, ['convert', '-', '-o', 'a.csv', '-o', '-', '-f', 'csv'])
    const said = firstText(child)
    const closed = new Promise(resolve => child.on('exit', (_, signal) => resolve(signal)))
    void repeated(200).pipe(child.stdin as NodeJS.WritableStream, { end: false })
    while (namesIn(folder).length < 2) await wait(20)
    await wait(500)
    child.kill('SIGINT')
    expect(await said).toBe(FINISHING)
    child.kill('SIGINT')
    expect(await closed).toBe('SIGINT')
    expect(namesIn(folder)).toEqual(['a.csv'])
    expect(readFileSync(join(folder, 'a.csv'), 'utf8')).toBe('old')
  })

  test('aborts at once where the input is a file', async () => {
    const folder = folderWith()
    writeFileSync(join(folder, 'a.txt'), Buffer.concat(Array(200).fill(capture)))
    const child = start(folder, ['convert', 'a.txt', '-o', 'a.csv', '-o', '-', '-f', 'csv'])
    const closed = new Promise(resolve => child.on('exit', (_, signal) => resolve(signal)))
    while (namesIn(folder).length < 2) await wait(20)
    child.kill('SIGINT')
    expect(await closed).toBe('SIGINT')
    expect(namesIn(folder)).toEqual(['a.txt'])
  })
})

test('what trickles in is handed on while the input pauses', async () => {
  const child = start('.', ['convert', '-', '-f', 'csv', '--quiet'])
  child.stdin?.write(Buffer.concat(Array(10).fill(capture)))
  child.stdin?.write(' 0)   7.777 us    |  the_last_of_them();\n')
  let seen = ''
  for await (const chunk of child.stdout as Readable) {
    seen += chunk
    if (seen.includes('the_last_of_them')) break
  }
  child.kill('SIGTERM')
})

test.runIf(process.platform === 'linux').each(isLong ? ['csv', 'chrome', 'perfetto'] : ['csv'])(
  '%s: a reader that does not read stops the input, in memory that does not grow',
  async format => {
    const child = spawn(process.execPath, [binary, 'convert', '-', '-f', format, '--quiet'])
    const megabytes = 200
    let taken = 0
    const source = Readable.from(
      (function* () {
        for (; taken < megabytes * 1e6; taken += capture.length) yield capture
      })(),
    )
    child.stdin.on('error', () => {})
    source.pipe(child.stdin)
    const before = await settled(() => taken)
    expect(before).toBeLessThan(40e6)
    // Then it reads a little, again and again; at first, all that is bounded becomes as large as it may.
    let early = 0
    for (let turn = 0; turn < (isLong ? 12 : 6); turn++) {
      if (turn === 3) early = residentBytes(child)
      for (let bytes = 0; bytes < 2e6; ) {
        const chunk: Buffer | null = child.stdout.read()
        bytes += chunk?.length ?? 0
        if (!chunk) await wait(5)
      }
      await settled(() => taken)
    }
    expect(taken).toBeLessThan(80e6)
    expect(early).toBeLessThan(150e6)
    expect(residentBytes(child)).toBeLessThan(early + 50e6)
    child.kill('SIGKILL')
    source.destroy()
  },
)

/** The first text on stderr. */
function firstText(child: ChildProcess): Promise<string> {
  return new Promise(resolve => child.stderr?.once('data', chunk => resolve(String(chunk))))
}

function repeated(times: number): Readable {
  return Readable.from(Array(times).fill(capture))
}

/** The value of a figure once it has not changed for a while. */
async function settled(figure: () => number): Promise<number> {
  for (let last = -1; last !== figure(); await wait(200)) last = figure()
  return figure()
}

function residentBytes({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}
