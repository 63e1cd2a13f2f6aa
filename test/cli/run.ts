/** Runs fgraph for tests: `fgraph` in this process, `start` and `fgraphProcess` as it is installed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import { main } from '../../src/cli/main.js'

export const binary = join(import.meta.dirname, '../../bin/fgraph.js')

export const trace = ' 0)   1.000 us    |  foo();\n 0)   2.500 us    |  bar();\n'
export const lossyTrace = `${trace}CPU:0 [LOST 7 EVENTS]\n${trace}`

export interface Result {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** A folder of its own for one test, with the given files in it. */
export function folderWith(files: Record<string, string | Uint8Array> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'fgraph-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

/** The names in a folder, hidden files too. */
export function namesIn(folder: string): string[] {
  return readdirSync(folder).sort()
}

export interface Surroundings {
  readonly env?: Io['env']
  /** Of a terminal, which standard output and stderr are then. */
  readonly columns?: number
  readonly rows?: number
  /** In place of streams of its own. */
  readonly streams?: Partial<Pick<Io, 'stdin' | 'stdout' | 'stderr'>>
}

/**
 * Runs the command line from src/ in a folder to its end, in this process, with `input` as its
 * standard input. The streams have no descriptor: to the command they are pipes.
 */
export function fgraph(
  folder: string,
  args: readonly string[],
  input: string | Uint8Array = '',
  surroundings: Surroundings = {},
): Promise<Result> {
  const run = last.then(() => runIn(folder, args, input, surroundings))
  last = run.catch(() => {})
  return run
}

/** The working directory belongs to the process, so commands run one after another. */
let last: Promise<unknown> = Promise.resolve()

async function runIn(
  folder: string,
  args: readonly string[],
  input: string | Uint8Array,
  { env = {}, streams = {}, ...size }: Surroundings,
): Promise<Result> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  let signal: NodeJS.Signals | null = null
  const screen = size.columns === undefined ? {} : { isTTY: true, rows: 40, ...size }
  const io: Io = Object.assign(new EventEmitter(), {
    stdin: Readable.from(chunksOf(Buffer.from(input)), { objectMode: false }),
    stdout: Object.assign(collecting(stdout), screen),
    stderr: Object.assign(collecting(stderr), screen),
    env,
    pid: 0,
    kill: (_: number, by: NodeJS.Signals) => {
      signal = by
    },
    ...streams,
  })
  const before = process.cwd()
  process.chdir(folder)
  try {
    const code = await main(args, io)
    return { code, signal, stdout: Buffer.concat(stdout), stderr: String(Buffer.concat(stderr)) }
  } finally {
    process.chdir(before)
  }
}

/** Pieces as a pipe hands them out. */
function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

/** Copies what is written: fgraph uses its blocks again. */
function collecting(chunks: Buffer[]): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
}

/** A stream that keeps what is written, and can wait for a text. */
export class Heard extends Writable {
  text = ''

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk
    done()
    this.emit('heard')
  }

  /** Resolves when all of these texts have come; takes what there is. */
  async until(...texts: readonly string[]): Promise<string> {
    while (!texts.every(text => this.text.includes(text))) await once(this, 'heard')
    const { text } = this
    this.text = ''
    return text
  }
}

/** Runs the built fgraph in a folder to its end, as a process, with `input` as its standard input. */
export function fgraphProcess(
  folder: string,
  args: readonly string[],
  input: string | Uint8Array = '',
  nodeOptions: readonly string[] = [],
): Promise<Result> {
  const child = start(folder, args, nodeOptions)
  child.stdin?.end(input)
  return ended(child)
}

/** Starts the built fgraph with its standard input left open. */
export function start(
  folder: string,
  args: readonly string[],
  nodeOptions: readonly string[] = [],
  env = process.env,
): ChildProcess {
  const child = spawn(process.execPath, [...nodeOptions, binary, ...args], { cwd: folder, env })
  child.stdin.on('error', () => {})
  return child
}

export function ended(child: ChildProcess): Promise<Result> {
  const stdout: Buffer[] = []
  let stderr = ''
  child.stdout?.on('data', chunk => stdout.push(chunk))
  child.stderr?.on('data', chunk => {
    stderr += chunk
  })
  return new Promise(resolve => {
    child.on('close', (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(stdout), stderr }),
    )
  })
}
