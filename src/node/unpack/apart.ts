import { on, once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { endThread } from '../../base/end-thread.js'
import { Damage } from '../../unpack/unpacker.js'
import { type UnpackerName, unpackedHere } from '../../unpack/unpackers.js'
import type { FromWorker, WorkerStart } from './worker.js'

/**
 * Unpacks on a separate thread, or on this one if no thread can be started. The thread runs ahead
 * by at most two packed blocks and a few unpacked pieces. Throws `Damage`.
 */
export async function* unpackedApart(
  name: UnpackerName,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { port1: blocks, port2 } = new MessageChannel()
  const worker = await startedWorker({ name, blocks: port2 })
  try {
    yield* worker ? unpackedIn(worker, blocks, source) : unpackedHere(name, source)
  } finally {
    blocks.close()
    if (worker) endThread(worker)
  }
}

/** Undefined if threads are not allowed, memory is short, or the worker's file is missing. */
async function startedWorker(start: WorkerStart): Promise<Worker | undefined> {
  try {
    const worker = new Worker(new URL(import.meta.resolve('#unpack-worker')), {
      workerData: start,
      transferList: [start.blocks],
    })
    await once(worker, 'message')
    return worker
  } catch {
    return undefined
  }
}

async function* unpackedIn(
  worker: Worker,
  blocks: MessagePort,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const failed = new AbortController()
  feed(blocks, source).catch(error => failed.abort(error))
  try {
    for await (const [message] of on(worker, 'message', { signal: failed.signal })) {
      const { piece, damage } = message as FromWorker
      if (damage) throw new Damage(damage.what, damage.at)
      if (!piece) return
      yield piece
      worker.postMessage(piece.buffer, [piece.buffer as ArrayBuffer])
    }
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error
  }
}

/**
 * Sends a block whenever the worker asks for one: at its start, and after each block that it has
 * used.
 */
async function feed(blocks: MessagePort, source: AsyncIterable<Uint8Array>): Promise<void> {
  const asked = on(blocks, 'message')
  for await (const block of source) {
    const copy = new Uint8Array(block)
    blocks.postMessage(copy, [copy.buffer])
    await asked.next()
  }
  blocks.postMessage(undefined)
}
