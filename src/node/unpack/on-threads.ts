import type { Unpacking } from '../../unpack/unpacked.js'
import { unpackedApart } from './apart.js'
import { gunzipped } from './gzip.js'

/** Unpacks each input on a thread of its own. */
export const onThreads: Unpacking = {
  gzip: gunzipped,
  zstd: source => unpackedApart('zstd', source),
  xz: source => unpackedApart('xz', source),
}
