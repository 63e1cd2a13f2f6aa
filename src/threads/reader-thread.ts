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
 * A `TraceReader` on a thread of its own. The sink gets the same events in the same order as
 * without a thread, while the reader goes on.
 */
export class ReaderThread {
  readonly #worker: Worker
  readonly #sink: TimelineSink
  readonly #memory = new SharedMemory()
  /** The slot that is being filled, and how many bytes are in it. */
  #chunk = 0
  #filled = 0
  /** The number of requests without an answer. */
  #asked = 0
  #failure: unknown
  #summary: TraceSummary | undefined
  #wake = () => {}

  /** `worker` has to run `reader-worker.ts`. */
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

  /** As `TraceReader.push`, but the error of a chunk may be thrown by a later call. */
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

  /** As `TraceReader.passOver`. */
  async passOver(captures: number, lines: number): Promise<void> {
    this.#sendChunk()
    this.#ask({ ask: 'passOver', captures, lines })
    await this.#answered(0)
  }

  /** As `TraceReader.endInput`, once the thread has read all that was pushed. */
  async endInput(): Promise<void> {
    this.#sendChunk()
    this.#ask({ ask: 'endInput' })
    await this.#answered(0)
  }

  /** As `TraceReader.finish`, once the thread has read all that was pushed. */
  async finish(): Promise<TraceSummary> {
    this.#ask({ ask: 'finish' })
    await this.#answered(0)
    return this.#summary as TraceSummary
  }

  /** Ends the thread at once. */
  close(): void {
    endThread(this.#worker)
  }

  /** Slots are sent when they are full, or when the reader has nothing else to do. */
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

  /** Resolves when at most `open` requests are without an answer. */
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

  #tell({ block, ...events }: SharedEvents): void {
    const columns = this.#memory.blocks[block]
    sendBlock({ columns, ...events }, this.#sink)
    this.#memory.free(block)
  }
}
