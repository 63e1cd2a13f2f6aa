import { resolve } from 'node:path'
import { UserError } from '../base/user-error.js'
import { ANY_BROWSER, type Format } from '../emit/format.js'
import type { Compression } from '../node/compression.js'
import type { Io } from './io.js'
import { shown } from './text/shown.js'

/** A file that is written. `-` is standard output. */
export interface WrittenFile {
  readonly path: string
  readonly format: Format
  readonly compression?: Compression | undefined
}

/** Throws a UserError if none of the files is one that a browser shows. */
export function refuseUnopenable(files: readonly WrittenFile[]): void {
  if (files.some(isForBrowser)) return
  throw new UserError('--open shows .html and .svg files; name one, such as -o trace.html')
}

/** Opens files in the user's browser. Where that fails, says which file to open. */
export async function openInBrowser(
  files: readonly WrittenFile[],
  io: Pick<Io, 'env' | 'stderr'>,
): Promise<void> {
  for (const { path } of files.filter(isForBrowser)) {
    const file = resolve(path)
    const problem = await openAddress(file, io)
    if (problem) io.stderr.write(`fgraph: --open: ${problem}; open ${shown(file)} yourself\n`)
  }
}

/** Opens a file or an address in the user's browser. Returns why that failed, if it did. */
export async function openAddress(
  address: string,
  { env }: Pick<Io, 'env'>,
): Promise<string | undefined> {
  if (!hasScreen(env)) return 'no screen here'
  const { default: open } = await import('open')
  return failure(open(address))
}

function isForBrowser({ path, format, compression }: WrittenFile): boolean {
  return path !== '-' && format.viewer === ANY_BROWSER && !compression
}

async function failure(opened: Promise<unknown>): Promise<string | undefined> {
  try {
    await opened
    return undefined
  } catch (error) {
    return `no browser found (${(error as Error).message})`
  }
}

/** Browsers of Linux need a display server. */
function hasScreen({ DISPLAY, WAYLAND_DISPLAY }: Io['env']): boolean {
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY)
}
