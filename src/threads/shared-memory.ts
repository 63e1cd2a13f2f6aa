import { EventColumns } from '../timeline/sinks/index.js'

const CHUNKS = 4
/** How much text a slot holds. */
export const CHUNK_BYTES = 1024 * 1024
const BLOCKS = 4

/**
 * Memory that both threads share: slots for text on its way in, and blocks for events on their way
 * out.
 */
export class SharedMemory {
  readonly buffer: SharedArrayBuffer
  readonly chunks: readonly Uint8Array[]
  readonly blocks: readonly EventColumns[]
  /** By block: 1 while it is in use. */
  readonly #inUse: Int32Array

  /** Allocates memory, or uses that of the other thread. */
  constructor(buffer = new SharedArrayBuffer(BYTES)) {
    this.buffer = buffer
    this.chunks = slots(CHUNKS, slot => new Uint8Array(buffer, slot * CHUNK_BYTES, CHUNK_BYTES))
    this.blocks = slots(
      BLOCKS,
      slot => new EventColumns(buffer, CHUNKS * CHUNK_BYTES + slot * EventColumns.bytes),
    )
    this.#inUse = new Int32Array(buffer, BYTES - BLOCKS * 4, BLOCKS)
  }

  /** Blocks the thread until the block is free; not to be called by the thread that frees it. */
  take(block: number): EventColumns {
    Atomics.wait(this.#inUse, block, 1)
    Atomics.store(this.#inUse, block, 1)
    return this.blocks[block]
  }

  free(block: number): void {
    Atomics.store(this.#inUse, block, 0)
    Atomics.notify(this.#inUse, block)
  }
}

const BYTES = CHUNKS * CHUNK_BYTES + BLOCKS * EventColumns.bytes + BLOCKS * 4

function slots<T>(count: number, make: (slot: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, slot) => make(slot))
}
