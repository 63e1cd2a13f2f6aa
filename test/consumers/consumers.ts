import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Format } from '../../src/emit/format.js'
import { type FormatName, type FormatOptions, formats } from '../../src/emit/formats.js'
import { convertCapture } from '../emit/captures.js'

/** Deep stacks of the whole kernel, without timestamps: 33,000 events of one cpu. */
export const deep = 'test/bench/plain.txt.gz'
/** The same of four tasks on two cpus, with timestamps. */
export const tasks = 'test/bench/proc-abstime.txt.gz'
/** The form that the README begins with. */
export const seed = 'golden/udp_sendmsg/input.txt'

/** By the program, the package of Debian that has it. */
const packages = {
  bash: 'bash',
  busybox: 'busybox',
  callgrind_annotate: 'valgrind',
  chromium: 'chromium',
  dash: 'dash',
  dot: 'graphviz',
  'firefox-esr': 'firefox-esr',
  'g++': 'g++',
  go: 'golang-go',
  mksh: 'mksh',
  shellcheck: 'shellcheck',
  xmllint: 'libxml2-utils',
}

type Program = keyof typeof packages

/** Where a program of Debian's is; throws how to install it. */
export function programPath(program: Program): string {
  const folders = (process.env.PATH ?? '').split(':')
  const path = folders.map(folder => join(folder, program)).find(existsSync)
  if (path !== undefined) return path
  throw new Error(`${program} is missing; install it: apt-get install ${packages[program]}`)
}

/** Where a file of a package of npm's is; throws how to install it. */
export function packagePath(path: string): string {
  const found = join('test/consumers/node_modules', path)
  if (existsSync(found)) return join(process.cwd(), found)
  throw new Error(`${path} is missing; install it: npm ci --prefix test/consumers`)
}

/** The output of a program; throws its complaints. */
export function said(program: Program, args: readonly string[], input?: Uint8Array): string {
  return outputOf(programPath(program), args, { input })
}

interface RunOptions {
  readonly input?: Uint8Array | undefined
  readonly env?: NodeJS.ProcessEnv
  /** Messages beside the output that are not complaints. */
  readonly remark?: RegExp
}

export function outputOf(path: string, args: readonly string[], options: RunOptions = {}): string {
  const { input, env = process.env, remark } = options
  const result = spawnSync(path, args, { input, env, maxBuffer: 2 ** 30, encoding: 'utf8' })
  if (result.error) throw result.error
  const complaint = remark ? result.stderr.replace(remark, '') : result.stderr
  if (result.status === 0 && complaint === '') return result.stdout
  throw new Error(`${path} ${args.join(' ')}: ${result.status}\n${result.stderr}`)
}

/** A capture in a format, as a file that lasts as long as the test. */
export async function fileOf(
  name: FormatName,
  capture: string,
  wanted: Partial<FormatOptions> = {},
) {
  const format = formats.find(format => format.name === name) as Format
  const open = await format.load()
  const converted = convertCapture((out, options) => open(out, { ...options, ...wanted }), capture)
  const folder = temporaryFolder()
  const path = join(folder, `trace${format.extensions[0]}`)
  writeFileSync(path, converted.bytes)
  return { ...converted, folder, path }
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fgraph-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The functions with self time, for readers that know nothing else. */
export function selfTimes(totals: ReadonlyMap<string, { readonly self: number }>) {
  return new Map([...totals].flatMap(([name, { self }]) => (self > 0 ? [[name, self]] : [])))
}
