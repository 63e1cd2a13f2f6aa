/** Reads a trace on one thread while another one writes the outputs. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type ReadOptions, TraceReader } from '../ingest/trace-reader.js'
import type { TimelineSink } from '../timeline/sink.js'
import { ReaderThread } from './reader-thread.js'

export { ReaderThread }

/**
 * For the option `openReader` of `convert` and `read`: a reader on a thread of its own, or on this
 * one if no thread can be started.
 */
export async function readerOnThread(
  sink: TimelineSink,
  options: ReadOptions,
): Promise<ReaderThread | TraceReader> {
  const worker = await startedWorker()
  return worker ? new ReaderThread(worker, sink, options) : new TraceReader(sink, options)
}

/** Undefined if threads are not allowed, memory is short, or the worker's file is missing. */
async function startedWorker(): Promise<Worker | undefined> {
  try {
    const worker = new Worker(new URL(import.meta.resolve('#reader-worker')))
    await once(worker, 'online')
    return worker
  } catch {
    return undefined
  }
}
