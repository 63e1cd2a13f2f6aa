/** The reader's thread: text comes in, events go out. */
import { parentPort } from 'node:worker_threads'
import { UserError } from '../base/user-error.js'
import { type ReadOptions, TraceReader } from '../ingest/trace-reader.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import { EventBlocks } from '../timeline/sinks/index.js'
import type { FromReader, SharedEvents, ToReader } from './messages.js'
import { SharedMemory } from './shared-memory.js'

class ReaderWorker {
  readonly #memory: SharedMemory
  readonly #events: EventBlocks
  readonly #reader: TraceReader
  #block = -1
  /** Events that go out with the next answer: every message has to wake up the other thread. */
  #ready: SharedEvents | undefined

  constructor(buffer: SharedArrayBuffer, options: ReadOptions) {
    this.#memory = new SharedMemory(buffer)
    const { blocks } = this.#memory
    this.#events = new EventBlocks(
      () => {
        this.#block = (this.#block + 1) % blocks.length
        return this.#memory.take(this.#block)
      },
      ({ length, notes, others }) => {
        if (this.#ready) answer({ answer: 'events', events: this.#ready })
        this.#ready = { block: this.#block, length, notes, others }
      },
    )
    this.#reader = new TraceReader(this.#events, options)
  }

  take(message: ToReader): void {
    try {
      const summary = this.#summaryOf(message)
      this.#events.flush()
      const events = this.#ready
      this.#ready = undefined
      answer({ answer: 'done', ...(events && { events }), ...(summary && { summary }) })
    } catch (error) {
      answer({ answer: 'failed', error, isUserError: error instanceof UserError })
    }
  }

  #summaryOf(message: ToReader): TraceSummary | undefined {
    if (message.ask === 'push') {
      const chunk = this.#memory.chunks[message.chunk]
      this.#reader.push(chunk.subarray(0, message.length))
    }
    if (message.ask === 'passOver') this.#reader.passOver(message.captures, message.lines)
    if (message.ask === 'endInput') this.#reader.endInput()
    return message.ask === 'finish' ? this.#reader.finish() : undefined
  }
}

function answer(message: FromReader): void {
  parentPort?.postMessage(message)
}

let worker: ReaderWorker | undefined
parentPort?.on('message', (message: ToReader) => {
  if (message.ask === 'open') worker = new ReaderWorker(message.buffer, message.options)
  else worker?.take(message)
})
