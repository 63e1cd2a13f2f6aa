import { closeSync, fsync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { type ByteSink, recycle } from '../base/byte-writer.js'
import { type Opened, writingError } from './output-stream.js'

/** How a file ends: flushed to disk and closed, closed, or left open. */
export type Ending = 'flush' | 'close' | 'leave'

/**
 * A file, or a device that never blocks, with synchronous writes. A stream would be slower, and
 * would gather in memory what formats write at the end of the trace.
 */
export class DirectOutput implements Opened {
  readonly closed = false
  readonly #name: string
  readonly #fd: number
  readonly #ending: Ending
  #isOpen = true
  #failure: unknown

  constructor(name: string, fd: number, ending: Ending) {
    this.#name = name
    this.#fd = fd
    this.#ending = ending
  }

  readonly write: ByteSink = block => {
    try {
      for (let at = 0; at < block.length && this.#failure === undefined; ) {
        at += writeSync(this.#fd, block, at)
      }
    } catch (error) {
      this.#failure = error
    }
    recycle(block)
  }

  ready(): Promise<void> | undefined {
    return this.#failure === undefined ? undefined : Promise.reject(this.#error())
  }

  async end(): Promise<void> {
    if (this.#failure !== undefined) throw this.#error()
    try {
      if (this.#ending === 'flush') await promisify(fsync)(this.#fd)
    } catch (error) {
      this.#failure = error
      throw this.#error()
    }
    this.destroy()
  }

  destroy(): void {
    if (this.#isOpen && this.#ending !== 'leave') closeSync(this.#fd)
    this.#isOpen = false
  }

  #error(): unknown {
    return writingError(this.#name, this.#failure)
  }
}
