/** Where blocks of bytes wait until they are asked for: in memory, or in a file behind it. */
export interface BlockStore {
  /** Keeps a block, which belongs to the store from then on, and returns its number. */
  add(block: Uint8Array): number
  /** To be read, not to be changed. */
  get(number: number): Uint8Array
}

export function blocksInMemory(): BlockStore {
  const blocks: Uint8Array[] = []
  return {
    add: block => blocks.push(block) - 1,
    get: number => blocks[number],
  }
}
