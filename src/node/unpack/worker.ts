/** A thread that unpacks one input. */
import { on } from 'node:events'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Damage } from '../../unpack/unpacker.js'
import { type UnpackerName, unpackers } from '../../unpack/unpackers.js'

/** The first message to the thread, which answers with an empty one. */
export interface WorkerStart {
  readonly name: UnpackerName
  /**
   * Brings packed blocks, and undefined at the end. The worker asks for each block with a message.
   */
  readonly blocks: MessagePort
}

/** A piece, whose buffer has to be sent back; at the end an empty message, or the damage. */
export interface FromWorker {
  readonly piece?: Uint8Array
  readonly damage?: { readonly what: string; readonly at: number }
}

const PIECE = 256 * 1024
/** How many pieces may be under way before the first buffer has to be back. */
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
// Open ports would keep the thread alive.
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
