import { type BigIntStats, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { UserError } from '../base/user-error.js'
import type { Compression } from './compression.js'
import { type FileIdentity, fileIdentity, statOf } from './file-identity.js'
import { hasCode, systemReason } from './system-error.js'

/** Where one output goes, and how it is written. */
export interface OutputTarget {
  /** A path, or `-` for standard output. */
  readonly path: string
  /** Binary outputs are not written to terminals. */
  readonly binary: boolean
  /** How to compress it, if at all. */
  readonly compression?: Compression | undefined
}

/** Such as `process.stdout`. Without a descriptor it is written to like a pipe. */
export type StandardOutput = Writable & { readonly fd?: number; readonly isTTY?: boolean }

/** Such as an `Input`. */
export interface Identified {
  readonly name: string
  readonly identity: FileIdentity
}

/** A target with its real path, free of symbolic links. */
export interface ResolvedTarget extends OutputTarget {
  /** As the user named it, for messages. */
  readonly name: string
  /** Undefined if it does not exist yet, or if standard output has no descriptor. */
  readonly stats: BigIntStats | undefined
}

/** Throws a `UserError` for folders, for outputs that are also inputs, and for other mistakes. */
export function resolveTarget(
  target: OutputTarget,
  inputs: readonly Identified[],
  { fd }: StandardOutput,
): ResolvedTarget {
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

/** Resolves symbolic links, so that the file is replaced and not the link. */
function realPath(path: string, stats: BigIntStats | undefined): string {
  if (stats) return stats.isFile() ? realpathSync(path) : path
  const folder = dirname(path)
  try {
    return join(realpathSync(folder), basename(path))
  } catch (error) {
    throw writeError(path, error)
  }
}

export function refuseDuplicates(targets: readonly ResolvedTarget[]): void {
  const paths = targets.filter(({ stats, path }) => !stats || stats.isFile() || path === '-')
  const twice = paths.find((target, index) => paths.findIndex(p => p.path === target.path) < index)
  if (twice) throw new UserError(`${twice.name}: is an output twice; name it once`)
}

/** The error to show for a path that cannot be opened or renamed. */
export function writeError(path: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).syscall === undefined) return error
  const folder = dirname(path)
  const remedy = hasCode(error, 'ENOENT', 'ENOTDIR')
    ? `create the folder first: mkdir -p ${folder}`
    : 'write to another place'
  return new UserError(`${path}: ${systemReason(error)}; ${remedy}`)
}
