import type { Worker } from 'node:worker_threads'
import { endThread } from '../base/end-thread.js'
import { UserError } from '../base/user-error.js'
import type { ReadOptions } from '../ingest/trace-reader.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import type { TimelineSink } from '../timeline/sink.js'
import { sendBlock } from '../timeline/sinks/index.js'
import type { FromReader, SharedEvents, ToReader } from './messages.js'
import { CHUNK_BYTES, SharedMemory } from './shared-memory.js'

/**
 * A `TraceReader` on a thread of its own. What it reads is told here, in the same order, while it
 * reads on: the sink notices no difference.
 */
export class ReaderThread {
  readonly #worker: Worker
  readonly #sink: TimelineSink
  readonly #memory = new SharedMemory()
  /** The slot that is being filled, and how far it is. */
  #chunk = 0
  #filled = 0
  /** What has been asked and is not answered yet. */
  #asked = 0
  #failure: unknown
  #summary: TraceSummary | undefined
  #wake = () => {}

  /** `worker` is one that runs `reader-worker.ts`. */
  constructor(worker: Worker, sink: TimelineSink, options: ReadOptions) {
    this.#worker = worker
    this.#sink = sink
    worker.on('message', (message: FromReader) => {
      try {
        if (this.#failure === undefined) this.#take(message)
      } catch (error) {
        this.#failure = error
      }
      this.#wake()
    })
    worker.on('error', error => {
      this.#failure ??= error
      this.#wake()
    })
    this.#post({ ask: 'open', buffer: this.#memory.buffer, options })
  }

  /** As that of `TraceReader`; what is wrong with a chunk may be thrown with one of the next. */
  async push(chunk: Uint8Array): Promise<void> {
    const { chunks } = this.#memory
    for (let at = 0; at < chunk.length; ) {
      await this.#answered(chunks.length - 1)
      const piece = chunk.subarray(at, at + CHUNK_BYTES - this.#filled)
      chunks[this.#chunk]?.set(piece, this.#filled)
      this.#filled += piece.length
      at += piece.length
      if (this.#filled === CHUNK_BYTES || this.#asked === 0) this.#sendChunk()
    }
  }

  async endInput(): Promise<void> {
    this.#sendChunk()
    this.#ask({ ask: 'endInput' })
    await this.#answered(0)
  }

  async finish(): Promise<TraceSummary> {
    this.#ask({ ask: 'finish' })
    await this.#answered(0)
    return this.#summary as TraceSummary
  }

  /** Ends the thread, whatever it is doing. */
  close(): void {
    endThread(this.#worker)
  }

  /** What a slot holds goes when it is full, or when there is nothing else to do. */
  #sendChunk(): void {
    if (this.#filled === 0) return
    this.#ask({ ask: 'push', chunk: this.#chunk, length: this.#filled })
    this.#chunk = (this.#chunk + 1) % this.#memory.chunks.length
    this.#filled = 0
  }

  #ask(message: ToReader): void {
    this.#asked++
    this.#post(message)
  }

  #post(message: ToReader): void {
    this.#worker.postMessage(message)
  }

  /** Resolves when no more than so many questions are open. */
  async #answered(open: number): Promise<void> {
    while (this.#asked > open && this.#failure === undefined) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  #take(message: FromReader): void {
    if (message.answer === 'failed') {
      const { error, isUserError } = message
      this.#failure = isUserError ? new UserError((error as Error).message) : error
      return
    }
    if (message.events) this.#tell(message.events)
    if (message.answer === 'events') return
    this.#asked--
    this.#summary = message.summary
    if (this.#asked === 0) this.#sendChunk()
  }

  #tell({ block, length, others }: SharedEvents): void {
    const columns = this.#memory.blocks[block]
    sendBlock({ columns, length, others }, this.#sink)
    this.#memory.free(block)
  }
}
