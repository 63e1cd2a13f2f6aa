/** Unpacks one kind of packed data. Works on the thread that it is called on, and waits for nothing. */
export interface Unpacker {
  /**
   * Takes packed bytes, in blocks of any size, and gives what can be unpacked of them; a piece is
   * valid until the next is asked for. Throws `Damage`.
   */
  push(block: Uint8Array): Iterable<Uint8Array>
  /** No more comes. Throws `Damage` if more had to. */
  end(): void
}

/** What those packed data have that cannot be unpacked, and how many bytes stand before it. */
export class Damage extends Error {
  override readonly name = 'Damage'
  readonly at: number

  /** `what` goes on after "the xz data". */
  constructor(what: string, at: number) {
    super(what)
    this.at = at
  }
}

export const TRUNCATED = 'ends too early'
export const DAMAGED = 'is damaged'
