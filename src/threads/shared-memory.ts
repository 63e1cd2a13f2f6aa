import { EventColumns } from '../timeline/sinks/index.js'

const CHUNKS = 4
/** Of text that one slot holds. */
export const CHUNK_BYTES = 1024 * 1024
const BLOCKS = 4

/** What the two threads have in common: slots for text on its way in, and for events on theirs out. */
export class SharedMemory {
  readonly buffer: SharedArrayBuffer
  readonly chunks: readonly Uint8Array[]
  readonly blocks: readonly EventColumns[]
  /** Of each block 1 as long as it has not been told. */
  readonly #inUse: Int32Array

  /** Of new memory, or of that of another thread's. */
  constructor(buffer = new SharedArrayBuffer(BYTES)) {
    this.buffer = buffer
    this.chunks = slots(CHUNKS, slot => new Uint8Array(buffer, slot * CHUNK_BYTES, CHUNK_BYTES))
    this.blocks = slots(
      BLOCKS,
      slot => new EventColumns(buffer, CHUNKS * CHUNK_BYTES + slot * EventColumns.bytes),
    )
    this.#inUse = new Int32Array(buffer, BYTES - BLOCKS * 4, BLOCKS)
  }

  /** Waits until the block is free; not for the thread that frees it. */
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
