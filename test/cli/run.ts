import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

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

/** What is in a folder, hidden files too. */
export function namesIn(folder: string): string[] {
  return readdirSync(folder).sort()
}

/** Runs fgraph in a folder to its end, with `input` as its standard input. */
export function fgraph(
  folder: string,
  args: readonly string[],
  input: string | Uint8Array = '',
  nodeOptions: readonly string[] = [],
): Promise<Result> {
  const child = start(folder, args, nodeOptions)
  child.stdin?.end(input)
  return ended(child)
}

/** Starts fgraph with its standard input left open. */
export function start(
  folder: string,
  args: readonly string[],
  nodeOptions: readonly string[] = [],
): ChildProcess {
  const child = spawn(process.execPath, [...nodeOptions, binary, ...args], { cwd: folder })
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
