import type { Writable } from 'node:stream'
import { type ByteSink, recycle } from '../base/byte-writer.js'
import { UserError } from '../base/user-error.js'
import { type Compression, compressor } from './compression.js'
import { hasCode, systemReason } from './system-error.js'

/** With more pending bytes than this, the writer waits until there are no more than FEW_PENDING. */
const MOST_PENDING = 512 * 1024
const FEW_PENDING = MOST_PENDING / 2

/** Takes the bytes of one output. */
export interface Opened {
  readonly write: ByteSink
  /** Whether its reader has left: nothing more can be written, and nothing needs to be. */
  readonly closed: boolean
  /** Undefined if it can take more now; otherwise resolves when it can. */
  ready(): Promise<void> | undefined
  /** Resolves when the system has taken all that was written. Standard output stays open. */
  end(): Promise<void>
  destroy(): void
}

export interface OutputStreamOptions {
  readonly compression?: Compression | undefined
  /** Whether the target stays open at the end, as standard output does. */
  readonly leaveOpen?: boolean
}

/** An output that may block, such as a pipe or a terminal, or one that is compressed. */
export class OutputStream implements Opened {
  readonly #name: string
  readonly #target: Writable
  /** Where bytes are written to: the target, or a compressor before it. */
  readonly #head: Writable
  #pending = 0
  #failure: unknown
  readonly #leaveOpen: boolean
  #wake = () => {}

  constructor(name: string, target: Writable, options: OutputStreamOptions) {
    const { compression, leaveOpen = false } = options
    this.#name = name
    this.#target = target
    this.#leaveOpen = leaveOpen
    target.on('close', () => this.#wake())
    target.on('error', error => this.#fail(error))
    if (compression) {
      const packed = compressor(compression)
      packed.on('error', error => this.#fail(error))
      packed.pipe(target)
      this.#head = packed
    } else {
      this.#head = target
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

/** The error to show for an output that could not be written completely. */
export function writingError(name: string, failure: unknown): unknown {
  if ((failure as NodeJS.ErrnoException).syscall === undefined) return failure
  return new UserError(
    `${name}: ${systemReason(failure)}; nothing is left of it, write to another place`,
  )
}
