import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../base/user-error.js'
import { systemReason } from './system-error.js'

/** A file without a name: it vanishes with the process, even after a crash. */
export class TemporaryFile {
  readonly #descriptor: number
  /** What waits in it, for messages: `events wait there for the end of the trace`. */
  readonly #purpose: string

  /** Throws a UserError, as all methods do, where the disk has no room. */
  constructor(purpose: string) {
    this.#purpose = purpose
    const path = join(tmpdir(), `fgraph-${randomUUID()}.tmp`)
    this.#descriptor = this.#orSayWhere(() => {
      const descriptor = openSync(path, 'wx+', 0o600)
      unlinkSync(path)
      return descriptor
    })
  }

  write(at: number, bytes: Uint8Array): void {
    this.#orSayWhere(() => {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, at + done)
      }
    })
  }

  /** Fills `target` as far as there are bytes; returns how many. */
  read(at: number, target: Uint8Array): number {
    return this.#orSayWhere(() => readFully(this.#descriptor, at, target))
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #orSayWhere<T>(use: () => T): T {
    try {
      return use()
    } catch (error) {
      throw new UserError(
        `${tmpdir()}: ${systemReason(error)}; ${this.#purpose}: make room, or set TMPDIR to a folder that has some`,
      )
    }
  }
}

/** Reads from a place of a file on, as far as there are bytes; returns how many. */
export function readFully(descriptor: number, at: number, target: Uint8Array): number {
  let done = 0
  while (done < target.length) {
    const read = readSync(descriptor, target, done, target.length - done, at + done)
    if (read === 0) break
    done += read
  }
  return done
}
