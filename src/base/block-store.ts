/** Keeps blocks of bytes until they are read again: in memory, or in a file. */
export interface BlockStore {
  /** Keeps a block, which belongs to the store from then on, and returns its number. */
  add(block: Uint8Array): number
  /** The caller must not change it. */
  get(number: number): Uint8Array
}

/** A store that keeps blocks in memory. */
export function blocksInMemory(): BlockStore {
  const blocks: Uint8Array[] = []
  return {
    add: block => blocks.push(block) - 1,
    get: number => blocks[number],
  }
}
