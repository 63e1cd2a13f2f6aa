import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  open,
  openSync,
  read,
  readSync,
} from 'node:fs'
import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { BytesAt } from '../base/bytes-at.js'
import { UserError } from '../base/user-error.js'
import { unpacked } from '../unpack/unpacked.js'
import { type FileIdentity, fileIdentity, statOf } from './file-identity.js'
import { stoppable } from './stoppable.js'
import { hasCode, systemReason } from './system-error.js'
import { readFully, TemporaryFile } from './temporary-file.js'
import { onThreads } from './unpack/on-threads.js'

/** A file or standard input, as bytes of text. */
export interface Input {
  /** As the user named it; `standard input` for `-`. */
  readonly name: string
  /** Size in bytes, if it is known beforehand. */
  readonly size: number | undefined
  /** How many bytes have been read so far; packed bytes if the input is packed. */
  readonly bytesRead: number
  readonly identity: FileIdentity
  /** Can be read once. A chunk is valid until the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>
  /**
   * The unpacked bytes at any place: those of the file itself, or, of a pipe and of packed data, in a copy
   * without a name. `start` are the first of them, and `chunks` all.
   */
  atAnyPlace(start: Uint8Array, chunks: AsyncIterable<Uint8Array>): Promise<BytesAt>
  /** Ends an input that may never end, such as a pipe. Absent for files on disk. */
  readonly stop?: () => void
}

const CHUNK = 256 * 1024
/** After so many chunks of a file on disk, the event loop has its turn. */
const TURN = 64

/** Such as `process.stdin`. Without a descriptor it is read like a pipe. */
export type StandardInput = Readable & {
  readonly fd?: number
  readonly isTTY?: boolean
  /** Of a terminal: whether keys come as they are typed. */
  setRawMode?(isRaw: boolean): unknown
}

/**
 * Prepares to read a path, or `-` for standard input. gzip, zstd and xz are unpacked, whatever the
 * name. Throws a `UserError` if the file cannot be read; opens it when the first chunk is asked
 * for. `stdin` is that of the process by default.
 */
export function openInput(path: string, stdin?: StandardInput): Input {
  const raw = path === '-' ? standardInput(stdin ?? process.stdin) : fileInput(path)
  const { name, stats } = raw
  const text = unpacked(counted(), name, onThreads)
  const input = {
    name,
    size: isSized(stats) ? Number(stats.size) : undefined,
    bytesRead: 0,
    identity: stats && fileIdentity(stats),
    ...(isSized(stats) ? { chunks: text } : stoppable(text)),
    async atAnyPlace(start: Uint8Array, chunks: AsyncIterable<Uint8Array>): Promise<BytesAt> {
      return inPlace(raw, start, counting) ?? copied(chunks)
    },
  }
  return input

  function counting(bytes: number): void {
    input.bytesRead += bytes
  }

  async function* counted(): AsyncGenerator<Uint8Array> {
    try {
      for await (const block of raw.blocks()) {
        input.bytesRead += block.length
        yield block
      }
    } catch (error) {
      throw readError(name, error)
    }
  }
}

/** Whether a path, or `-`, can be read only once, such as a pipe. Throws a `UserError` if it cannot be read at all. */
export function isReadOnce(path: string): boolean {
  return path === '-' || !isSized(statOfReadable(path))
}

/** An input before unpacking. */
interface RawInput {
  readonly name: string
  /** Undefined for a stream without a descriptor. */
  readonly stats: BigIntStats | undefined
  blocks(): AsyncIterable<Uint8Array>
  /** Of a file on disk. */
  openFile?(): { readonly descriptor: number; close(): void }
}

function standardInput(stdin: StandardInput): RawInput {
  const { fd } = stdin
  const name = 'standard input'
  if (fd === undefined) return { name, stats: undefined, blocks: () => stdin }
  const stats = statOf(fd)
  const blocks = () => (stats.isFile() ? descriptorBlocks(fd, stats) : stdin)
  return {
    name,
    stats,
    blocks,
    ...(isSized(stats) && { openFile: () => ({ descriptor: fd, close() {} }) }),
  }
}

function fileInput(path: string): RawInput {
  const stats = statOfReadable(path)
  const blocks = () => fileBlocks(path, stats)
  return { name: path, stats, blocks, ...(isSized(stats) && { openFile: () => opened(path) }) }
}

function opened(path: string) {
  const descriptor = openSync(path, 'r')
  return { descriptor, close: () => closeSync(descriptor) }
}

function statOfReadable(path: string): BigIntStats {
  try {
    const stats = statOf(path)
    if (stats.isDirectory()) throw new UserError(`${path}: is a folder; name a trace file in it`)
    accessSync(path, constants.R_OK)
    return stats
  } catch (error) {
    throw readError(path, error)
  }
}

async function* fileBlocks(path: string, stats: BigIntStats): AsyncGenerator<Uint8Array> {
  const descriptor = await promisify(open)(path, 'r')
  try {
    yield* descriptorBlocks(descriptor, stats)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Reads into the same buffer again and again. Files on disk are read synchronously on this thread,
 * so that the bytes are still in the cpu's cache when they are parsed: that saves a tenth of the
 * whole time. Signals and timers have their turn every `TURN` chunks.
 */
async function* descriptorBlocks(
  descriptor: number,
  stats: BigIntStats,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK)
  const isOnDisk = isSized(stats)
  for (let turn = 1; ; turn++) {
    const bytesRead = isOnDisk
      ? readSync(descriptor, buffer)
      : (await promisify(read)(descriptor, buffer, 0, CHUNK, null)).bytesRead
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    if (isOnDisk && turn % TURN === 0) await setImmediate()
  }
}

/** Of a file, so many first bytes tell whether it is packed: what is unpacked begins otherwise. */
const START = 16

/** The bytes of a file on disk; undefined if it is packed, as its begin is not `start`. */
function inPlace(
  { stats, openFile }: RawInput,
  start: Uint8Array,
  counting: (bytes: number) => void,
): BytesAt | undefined {
  if (!openFile) return undefined
  const { descriptor, close } = openFile()
  const begin = new Uint8Array(Math.min(start.length, START))
  readFully(descriptor, 0, begin)
  if (begin.some((byte, index) => byte !== start[index])) {
    close()
    return undefined
  }
  return {
    size: Number(stats?.size),
    read(at, target) {
      const read = readFully(descriptor, at, target)
      counting(read)
      return read
    },
    close,
  }
}

/** Bytes in a temporary file without a name. */
async function copied(chunks: AsyncIterable<Uint8Array>): Promise<BytesAt> {
  const file = new TemporaryFile('the recording is unpacked there')
  let size = 0
  for await (const chunk of chunks) {
    file.write(size, chunk)
    size += chunk.length
  }
  return { size, read: (at, target) => file.read(at, target), close: () => file.close() }
}

/** Files in tracefs and /proc claim to be empty, and reading some of them blocks. */
function isSized(stats: BigIntStats | undefined): stats is BigIntStats {
  return stats?.isFile() === true && stats.size > 0n
}

function readError(name: string, error: unknown): unknown {
  if (error instanceof UserError || (error as NodeJS.ErrnoException).syscall === undefined) {
    return error
  }
  return new UserError(`${name}: ${systemReason(error)}; ${remedy(error)}`)
}

function remedy(error: unknown): string {
  if (hasCode(error, 'ENOENT', 'ENOTDIR')) return 'check the path'
  if (hasCode(error, 'EACCES', 'EPERM')) return 'make it readable, or run as a user who may read it'
  return 'copy it to a sound disk and try again'
}
