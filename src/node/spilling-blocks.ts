import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlockStore } from '../base/block-store.js'
import { UserError } from '../base/user-error.js'
import { systemReason } from './system-error.js'

const MEBI = 2 ** 20

export interface SpillingBlocks extends BlockStore {
  /** Frees memory and disk space. */
  close(): void
}

/** Keeps blocks in memory up to a limit, and further ones in a temporary file. */
export function spillingBlocks(limit = 256 * MEBI): SpillingBlocks {
  const held: Uint8Array[] = []
  let size = 0
  /** The ends of the further blocks in the file. */
  const ends: number[] = []
  let file: number | undefined
  return {
    add(block) {
      if (ends.length === 0 && size + block.length <= limit) {
        size += block.length
        return held.push(block) - 1
      }
      const begin = ends.at(-1) ?? 0
      file ??= openTemporary()
      writeAll(file, block, begin)
      return held.length + ends.push(begin + block.length) - 1
    },
    get(number) {
      const block = held[number]
      if (block) return block
      const index = number - held.length
      const begin = ends[index - 1] ?? 0
      const length = ends[index] - begin
      const bytes = new Uint8Array(length)
      readAll(file as number, bytes, begin)
      return bytes
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
      held.length = 0
    },
  }
}

/** A file without a name: it vanishes with the process, even after a crash. */
function openTemporary(): number {
  const path = join(tmpdir(), `fgraph-${randomUUID()}.tmp`)
  return orSayWhere(() => {
    const file = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    return file
  })
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  orSayWhere(() => {
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(file, bytes, at, bytes.length - at, position + at)
    }
  })
}

function readAll(file: number, bytes: Uint8Array, position: number): void {
  orSayWhere(() => {
    for (let at = 0; at < bytes.length; ) {
      at += readSync(file, bytes, at, bytes.length - at, position + at)
    }
  })
}

function orSayWhere<T>(use: () => T): T {
  try {
    return use()
  } catch (error) {
    throw new UserError(
      `${tmpdir()}: ${systemReason(error)}; events wait there for the end of the trace: make room, or set TMPDIR to a folder that has some`,
    )
  }
}
