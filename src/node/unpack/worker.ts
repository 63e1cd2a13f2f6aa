/** A thread that unpacks one input. */
import { on } from 'node:events'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Damage } from './unpacker.js'
import { type UnpackerName, unpackers } from './unpackers.js'

/** How it starts; then it says that it is there. */
export interface WorkerStart {
  readonly name: UnpackerName
  /** Brings blocks, and at the end undefined; takes a word for each block that may come. */
  readonly blocks: MessagePort
}

/** Pieces, whose buffers are to be sent back, and in the end nothing, or what is damaged. */
export interface FromWorker {
  readonly piece?: Uint8Array
  readonly damage?: { readonly what: string; readonly at: number }
}

const PIECE = 256 * 1024
/** So many pieces are made before the first has to be back. */
const AHEAD = 8

const port = parentPort as MessagePort
const { name, blocks } = workerData as WorkerStart
const buffers = Array.from({ length: AHEAD }, () => new ArrayBuffer(PIECE))
const returned = on(port, 'message')
const incoming = on(blocks, 'message')

try {
  const unpacker = await unpackers[name]()
  port.postMessage(undefined)
  blocks.postMessage(undefined)
  for await (const [block] of incoming) {
    if (!block) break
    for (const piece of unpacker.push(block)) await send(piece)
    blocks.postMessage(undefined)
  }
  unpacker.end()
  tell({})
} catch (error) {
  if (!(error instanceof Damage)) throw error
  tell({ damage: { what: error.message, at: error.at } })
}
// Nothing comes any more, but the ports would wait for it.
port.close()
blocks.close()

async function send(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    const buffer = buffers.pop() ?? ((await returned.next()).value[0] as ArrayBuffer)
    const part = bytes.subarray(at, at + PIECE)
    const piece = new Uint8Array(buffer, 0, part.length)
    piece.set(part)
    tell({ piece }, [buffer])
  }
}

function tell(message: FromWorker, transferred: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transferred)
}
