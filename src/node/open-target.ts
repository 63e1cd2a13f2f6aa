import { randomUUID } from 'node:crypto'
import {
  accessSync,
  type BigIntStats,
  constants,
  createWriteStream,
  fchmodSync,
  openSync,
  rmSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { isatty } from 'node:tty'
import { UserError } from '../base/user-error.js'
import { DirectOutput } from './direct-output.js'
import { type Opened, OutputStream } from './output-stream.js'
import { type ResolvedTarget, type StandardOutput, writeError } from './output-target.js'

export interface OpenOutput {
  readonly target: ResolvedTarget
  readonly stream: Opened
  /** The name of the file until it is complete. */
  readonly temporary: string | undefined
}

/** Opens a file under a temporary name, a device, or standard output. */
export function openTarget(target: ResolvedTarget, stdout: StandardOutput): OpenOutput {
  const { path, name, stats, compression } = target
  if (path === '-') return openStandardOutput(target, stdout)
  if (stats && !stats.isFile()) return openDevice(target)
  const temporary = join(dirname(path), `.fgraph-${randomUUID()}.tmp`)
  try {
    if (stats) accessSync(path, constants.W_OK)
    const fd = openSync(temporary, 'wx')
    if (stats) fchmodSync(fd, Number(stats.mode & 0o777n))
    const stream = compression
      ? new OutputStream(path, createWriteStream(path, { fd, flush: true }), { compression })
      : new DirectOutput(path, fd, 'flush')
    return { target, stream, temporary }
  } catch (error) {
    rmSync(temporary, { force: true })
    throw writeError(name, error)
  }
}

function openStandardOutput(target: ResolvedTarget, stdout: StandardOutput): OpenOutput {
  const { name, stats, compression } = target
  const { fd } = stdout
  if (target.binary && stdout.isTTY) throw terminalError(target)
  const isDirect = fd !== undefined && !compression && !mayWait(stats, fd)
  const stream = isDirect
    ? new DirectOutput(name, fd, 'leave')
    : new OutputStream(name, stdout, { compression, leaveOpen: true })
  return { target, stream, temporary: undefined }
}

/** A pipe, a terminal, /dev/null: written to, not replaced by a file. */
function openDevice(target: ResolvedTarget): OpenOutput {
  const { path, name, stats, compression } = target
  try {
    // Opening a pipe blocks until it has a reader; a stream waits for that in the background.
    const fd = stats?.isCharacterDevice() ? openSync(path, 'w') : undefined
    if (fd !== undefined && target.binary && isatty(fd)) throw terminalError(target)
    if (fd !== undefined && !compression && !mayWait(stats, fd)) {
      return { target, stream: new DirectOutput(name, fd, 'close'), temporary: undefined }
    }
    const file = createWriteStream(path, fd === undefined ? {} : { fd })
    return { target, stream: new OutputStream(name, file, { compression }), temporary: undefined }
  } catch (error) {
    throw writeError(name, error)
  }
}

/** Whether writing to it may block: pipes and terminals do. */
function mayWait(stats: BigIntStats | undefined, fd: number): boolean {
  return !(stats?.isFile() || (stats?.isCharacterDevice() && !isatty(fd)))
}

function terminalError(target: ResolvedTarget): UserError {
  return new UserError(
    `${target.name}: is a terminal and the format is binary; name a file with -o, or use a pipe`,
  )
}
