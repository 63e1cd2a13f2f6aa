import { closeSync, fsync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { type ByteSink, recycle } from '../base/byte-writer.js'
import { type Opened, writingError } from './output-stream.js'

/**
 * A file that is being written to, at once: a stream would gather in memory what formats write when
 * the trace is at its end, and costs more where the system takes the bytes without waiting.
 */
export class RegularFile implements Opened {
  readonly closed = false
  readonly #name: string
  readonly #fd: number
  #isOpen = true
  #failure: unknown

  constructor(name: string, fd: number) {
    this.#name = name
    this.#fd = fd
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
      await promisify(fsync)(this.#fd)
    } catch (error) {
      this.#failure = error
      throw this.#error()
    }
    this.destroy()
  }

  destroy(): void {
    if (this.#isOpen) closeSync(this.#fd)
    this.#isOpen = false
  }

  #error(): unknown {
    return writingError(this.#name, this.#failure)
  }
}
