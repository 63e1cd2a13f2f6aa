/** Bytes that can be read at any place: those of a file on disk, or in memory. */
export interface BytesAt {
  readonly size: number
  /** Fills `target` with the bytes from `at` on, as far as there are some; returns how many. */
  read(at: number, target: Uint8Array): number
  /** Frees what holds the bytes. */
  close?(): void
}

/** Bytes in memory. */
export function bytesInMemory(bytes: Uint8Array): BytesAt {
  return {
    size: bytes.length,
    read(at, target) {
      const part = bytes.subarray(at, at + target.length)
      target.set(part)
      return part.length
    },
  }
}
