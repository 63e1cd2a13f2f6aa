import type { BlockStore } from '../base/block-store.js'
import { TemporaryFile } from './temporary-file.js'

const MEBI = 2 ** 20

export interface SpillingBlocks extends BlockStore {
  /** Frees memory and disk space. */
  close(): void
}

/** Keeps blocks in memory up to a limit, and further ones in a temporary file. */
export function spillingBlocks(limit = 256 * MEBI): SpillingBlocks {
  const held: Uint8Array[] = []
  let size = 0
  /** The ends of the further blocks in the file. */
  const ends: number[] = []
  let file: TemporaryFile | undefined
  return {
    add(block) {
      if (ends.length === 0 && size + block.length <= limit) {
        size += block.length
        return held.push(block) - 1
      }
      const begin = ends.at(-1) ?? 0
      file ??= new TemporaryFile('events wait there for the end of the trace')
      file.write(begin, block)
      return held.length + ends.push(begin + block.length) - 1
    },
    get(number) {
      const block = held[number]
      if (block) return block
      const index = number - held.length
      const begin = ends[index - 1] ?? 0
      const length = ends[index] - begin
      const bytes = new Uint8Array(length)
      file?.read(begin, bytes)
      return bytes
    },
    close() {
      file?.close()
      file = undefined
      held.length = 0
    },
  }
}
