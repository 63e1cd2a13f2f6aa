/** Unpacks one format, synchronously on the calling thread. */
export interface Unpacker {
  /**
   * Takes a packed block of any size and yields what can be unpacked. A piece is valid until the
   * next one is asked for. Throws `Damage`.
   */
  push(block: Uint8Array): Iterable<Uint8Array>
  /** The end of the input. Throws `Damage` if the packed data are not complete. */
  end(): void
}

/** Packed data are damaged, after so many bytes. */
export class Damage extends Error {
  override readonly name = 'Damage'
  readonly at: number

  /** `what` continues a message: "the xz data end too early". */
  constructor(what: string, at: number) {
    super(what)
    this.at = at
  }
}

export const TRUNCATED = 'ends too early'
export const DAMAGED = 'is damaged'
