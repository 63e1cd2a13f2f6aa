/** Reading on one thread while another one writes. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type ReadOptions, TraceReader } from '../ingest/trace-reader.js'
import type { TimelineSink } from '../timeline/sink.js'
import { ReaderThread } from './reader-thread.js'

export { ReaderThread }

/**
 * What `convert` and `read` take as `openReader`: it reads on a thread of its own, or on this one
 * where no other can be had.
 */
export async function readerOnThread(
  sink: TimelineSink,
  options: ReadOptions,
): Promise<ReaderThread | TraceReader> {
  const worker = await startedWorker()
  return worker ? new ReaderThread(worker, sink, options) : new TraceReader(sink, options)
}

/** Undefined where there can be none: it is not allowed, or memory or the file of it is missing. */
async function startedWorker(): Promise<Worker | undefined> {
  try {
    const worker = new Worker(new URL(import.meta.resolve('#reader-worker')))
    await once(worker, 'online')
    return worker
  } catch {
    return undefined
  }
}
