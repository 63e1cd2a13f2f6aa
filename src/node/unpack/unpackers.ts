import type { Unpacker } from './unpacker.js'

/** The unpackers that need a thread from us. (gzip runs on the threads of zlib.) */
export const unpackers = {
  zstd: async () => (await import('./zstd.js')).openZstd(),
  xz: async () => (await import('./xz.js')).openXz(),
} as const satisfies Readonly<Record<string, () => Promise<Unpacker>>>

export type UnpackerName = keyof typeof unpackers
