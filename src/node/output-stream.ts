import type { Writable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { type ByteSink, recycle } from '../base/byte-writer.js'
import { UserError } from '../base/user-error.js'
import { GZIP } from './gzip.js'
import { hasCode, systemReason } from './system-error.js'

/**
 * So many bytes may be on their way before the writer has to wait, and when it goes on.
 */
const MOST_PENDING = 512 * 1024
const FEW_PENDING = MOST_PENDING / 2

/** What takes the bytes of one output. */
export interface Opened {
  readonly write: ByteSink
  /** Its reader has left: nothing more can be written, and nothing more needs to be. */
  readonly closed: boolean
  /** Undefined where it takes more at once; otherwise resolves when it does. */
  ready(): Promise<void> | undefined
  /** Resolves when the system has all that was written. Standard output stays open. */
  end(): Promise<void>
  destroy(): void
}

export interface OutputStreamOptions {
  readonly gzip: boolean
  /** Whether the target goes on when all is written, as standard output does. */
  readonly leaveOpen?: boolean
}

/** A pipe or terminal that is being written to, or what is packed with gzip on its way. */
export class OutputStream implements Opened {
  readonly #name: string
  readonly #target: Writable
  /** What takes the bytes: the target itself, or what packs for it. */
  readonly #head: Writable
  #pending = 0
  #failure: unknown
  readonly #leaveOpen: boolean
  #wake = () => {}

  constructor(name: string, target: Writable, options: OutputStreamOptions) {
    const { gzip, leaveOpen = false } = options
    this.#name = name
    this.#target = target
    this.#head = gzip ? createGzip(GZIP) : target
    this.#leaveOpen = leaveOpen
    target.on('close', () => this.#wake())
    target.on('error', error => this.#fail(error))
    if (gzip) {
      this.#head.on('error', error => this.#fail(error))
      ;(this.#head as ReturnType<typeof createGzip>).pipe(target)
    }
  }

  get closed(): boolean {
    return hasCode(this.#failure, 'EPIPE')
  }

  readonly write: ByteSink = block => {
    if (this.#failure !== undefined) return
    this.#pending += block.length
    this.#head.write(block, () => {
      this.#pending -= block.length
      recycle(block)
      if (this.#pending <= FEW_PENDING) this.#wake()
    })
  }

  ready(): Promise<void> | undefined {
    if (this.#failure === undefined && this.#pending <= MOST_PENDING) return undefined
    return this.#until(() => this.#pending <= FEW_PENDING)
  }

  async end(): Promise<void> {
    let flushed = false
    if (this.#leaveOpen) {
      this.#target.write('', error => {
        flushed = true
        if (error) this.#fail(error)
        this.#wake()
      })
    } else {
      this.#head.end()
    }
    await this.#until(() => flushed || this.#target.closed)
  }

  destroy(): void {
    if (this.#leaveOpen) return
    this.#head.destroy()
    this.#target.destroy()
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#wake()
  }

  async #until(met: () => boolean): Promise<void> {
    while (this.#failure === undefined && !met()) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    if (this.#failure !== undefined && !this.closed) throw writingError(this.#name, this.#failure)
  }
}

/** What to say where an output cannot be written to its end. */
export function writingError(name: string, failure: unknown): unknown {
  if ((failure as NodeJS.ErrnoException).syscall === undefined) return failure
  return new UserError(
    `${name}: ${systemReason(failure)}; nothing is left of it, write to another place`,
  )
}
