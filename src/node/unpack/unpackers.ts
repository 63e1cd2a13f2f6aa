import type { Unpacker } from './unpacker.js'

/** The unpackers that nobody else runs on a thread of their own. */
export const unpackers = {
  zstd: async () => (await import('./zstd.js')).openZstd(),
  xz: async () => (await import('./xz.js')).openXz(),
} as const satisfies Readonly<Record<string, () => Promise<Unpacker>>>

export type UnpackerName = keyof typeof unpackers
