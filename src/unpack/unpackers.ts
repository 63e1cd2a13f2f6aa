import type { Unpacker } from './unpacker.js'

/** The decoders of zstd and xz. (Every environment has one of gzip.) */
export const unpackers = {
  zstd: async () => (await import('./zstd.js')).openZstd(),
  xz: async () => (await import('./xz.js')).openXz(),
} as const satisfies Readonly<Record<string, () => Promise<Unpacker>>>

export type UnpackerName = keyof typeof unpackers

/** Unpacks on the thread that asks. Throws `Damage`. */
export async function* unpackedHere(
  name: UnpackerName,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const unpacker = await unpackers[name]()
  for await (const block of source) yield* unpacker.push(block)
  unpacker.end()
}
