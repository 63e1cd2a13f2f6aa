import { randomUUID } from 'node:crypto'
import {
  accessSync,
  type BigIntStats,
  constants,
  createWriteStream,
  fchmodSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { isatty } from 'node:tty'
import type { ByteSink } from '../base/byte-writer.js'
import { UserError } from '../base/user-error.js'
import { DirectOutput } from './direct-output.js'
import { type FileIdentity, fileIdentity, statOf } from './file-identity.js'
import { type Opened, OutputStream } from './output-stream.js'
import { hasCode, systemReason } from './system-error.js'

/** Where one output goes, and how it is written. */
export interface OutputTarget {
  /** A path, or `-` for standard output. */
  readonly path: string
  /** No text: kept off terminals. */
  readonly binary: boolean
  /** To be packed with gzip. */
  readonly gzip: boolean
}

/** An output that has been opened. */
export interface Output {
  readonly write: ByteSink
  /** Undefined where it takes more at once; otherwise resolves when it does. */
  ready(): Promise<void> | undefined
}

/** The outputs of one run: they appear together or not at all. */
export interface Outputs {
  /** In the order of the targets. */
  readonly list: readonly Output[]
  /** Brings everything to the disk and the files under their names. */
  commit(): Promise<void>
  /** Leaves nothing behind. At once, so that a signal handler may call it. */
  discard(): void
}

/** Thrown where nobody is left to read any of the outputs: a quiet end, as after `| head`. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe'
  readonly code = 'EPIPE'
}

/** Such as `process.stdout`; one without a descriptor is written to like a pipe. */
export type StandardOutput = Writable & { readonly fd?: number; readonly isTTY?: boolean }

/**
 * Opens all targets, or throws a UserError and leaves none of them behind. `stdout` is that of the
 * process if it is left out.
 */
export function openOutputs(
  targets: readonly OutputTarget[],
  inputs: readonly Identified[],
  stdout: StandardOutput = process.stdout,
): Outputs {
  const places = targets.map(target => placeOf(target, inputs, stdout))
  refuseTwice(places)
  const open: OpenOutput[] = []
  const discard = () => {
    for (const { stream, temporary } of open) {
      stream.destroy()
      if (temporary !== undefined) rmSync(temporary, { force: true })
    }
  }
  const refuseClosed = () => {
    if (open.every(({ stream }) => stream.closed)) throw new ClosedPipe('nobody reads the output')
  }
  try {
    for (const place of places) open.push(openPlace(place, stdout))
  } catch (error) {
    discard()
    throw error
  }
  return {
    list: open.map(({ stream }) => ({
      write: stream.write,
      ready: () => (stream.closed ? attempt(refuseClosed) : stream.ready()),
    })),
    async commit() {
      await Promise.all(open.map(({ stream }) => stream.end()))
      for (const { place, temporary } of open) {
        if (temporary !== undefined) renameOver(temporary, place)
      }
      refuseClosed()
    },
    discard,
  }
}

/** Such as an `Input`. */
export interface Identified {
  readonly name: string
  readonly identity: FileIdentity
}

/** Where a target really is: its path goes through no links. */
interface Place extends OutputTarget {
  /** What the user calls it. */
  readonly name: string
  /** Absent for what does not exist yet. */
  readonly stats: BigIntStats | undefined
}

interface OpenOutput {
  readonly place: Place
  readonly stream: Opened
  /** What the file is called until it is complete. */
  readonly temporary: string | undefined
}

async function attempt(check: () => void): Promise<void> {
  check()
}

function placeOf(
  target: OutputTarget,
  inputs: readonly Identified[],
  { fd }: StandardOutput,
): Place {
  const { path } = target
  if (path === '') throw new UserError('-o: the file name is empty; name a file, or - for stdout')
  const name = path === '-' ? 'standard output' : path
  const stats = path === '-' ? (fd === undefined ? undefined : statOf(fd)) : statOfExisting(path)
  if (stats ? stats.isDirectory() && path !== '-' : path.endsWith('/')) {
    throw new UserError(`${path}: is a folder; name a file in it`)
  }
  const identity = stats && fileIdentity(stats)
  const input = inputs.find(other => identity !== undefined && other.identity === identity)
  if (input) {
    throw new UserError(`${name}: is also the input ${input.name}; write to another file`)
  }
  return { ...target, path: path === '-' ? path : realPath(path, stats), name, stats }
}

function statOfExisting(path: string): BigIntStats | undefined {
  try {
    return statOf(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw writeError(path, error)
  }
}

/** Through symbolic links, so that the file is replaced and not a link to it. */
function realPath(path: string, stats: BigIntStats | undefined): string {
  if (stats) return stats.isFile() ? realpathSync(path) : path
  const folder = dirname(path)
  try {
    return join(realpathSync(folder), basename(path))
  } catch (error) {
    throw writeError(path, error)
  }
}

function refuseTwice(places: readonly Place[]): void {
  const paths = places.filter(({ stats, path }) => !stats || stats.isFile() || path === '-')
  const twice = paths.find((place, index) => paths.findIndex(p => p.path === place.path) < index)
  if (twice) throw new UserError(`${twice.name}: is named as output twice; name it once`)
}

function openPlace(place: Place, stdout: StandardOutput): OpenOutput {
  const { path, name, stats, gzip } = place
  if (path === '-') return openStandardOutput(place, stdout)
  if (stats && !stats.isFile()) return openDevice(place)
  const temporary = join(dirname(path), `.fgraph-${randomUUID()}.tmp`)
  try {
    if (stats) accessSync(path, constants.W_OK)
    const fd = openSync(temporary, 'wx')
    if (stats) fchmodSync(fd, Number(stats.mode & 0o777n))
    const stream = gzip
      ? new OutputStream(path, createWriteStream(path, { fd, flush: true }), { gzip })
      : new DirectOutput(path, fd, 'flush')
    return { place, stream, temporary }
  } catch (error) {
    rmSync(temporary, { force: true })
    throw writeError(name, error)
  }
}

function openStandardOutput(place: Place, stdout: StandardOutput): OpenOutput {
  const { name, stats, gzip } = place
  const { fd } = stdout
  if (place.binary && stdout.isTTY) throw terminalError(place)
  const isDirect = fd !== undefined && !gzip && !mayWait(stats, fd)
  const stream = isDirect
    ? new DirectOutput(name, fd, 'leave')
    : new OutputStream(name, stdout, { gzip, leaveOpen: true })
  return { place, stream, temporary: undefined }
}

/** A pipe, a terminal, /dev/null: not to be replaced by a file. */
function openDevice(place: Place): OpenOutput {
  const { path, name, stats, gzip } = place
  try {
    // A pipe without a reader would block here; a stream waits for it beside everything else.
    const fd = stats?.isCharacterDevice() ? openSync(path, 'w') : undefined
    if (fd !== undefined && place.binary && isatty(fd)) throw terminalError(place)
    if (fd !== undefined && !gzip && !mayWait(stats, fd)) {
      return { place, stream: new DirectOutput(name, fd, 'close'), temporary: undefined }
    }
    const target = createWriteStream(path, fd === undefined ? {} : { fd })
    return { place, stream: new OutputStream(name, target, { gzip }), temporary: undefined }
  } catch (error) {
    throw writeError(name, error)
  }
}

/** Whether to write to it may take as long as somebody likes. */
function mayWait(stats: BigIntStats | undefined, fd: number): boolean {
  return !(stats?.isFile() || (stats?.isCharacterDevice() && !isatty(fd)))
}

function renameOver(temporary: string, place: Place): void {
  try {
    renameSync(temporary, place.path)
  } catch (error) {
    throw writeError(place.name, error)
  }
}

function terminalError(place: Place): UserError {
  return new UserError(
    `${place.name}: is a terminal and the format is binary; name a file with -o, or use a pipe`,
  )
}

function writeError(path: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).syscall === undefined) return error
  const folder = dirname(path)
  const remedy = hasCode(error, 'ENOENT', 'ENOTDIR')
    ? `create the folder first: mkdir -p ${folder}`
    : 'write to another place'
  return new UserError(`${path}: ${systemReason(error)}; ${remedy}`)
}
