/** What Node adds to fgraph: files, pipes, and gzip, zstd and xz. */

export { type Compression, compressionOf, gzip } from './compression.js'
export type { FileIdentity } from './file-identity.js'
export { type Input, openInput, type StandardInput } from './input.js'
export {
  ClosedPipe,
  type Identified,
  type Output,
  type Outputs,
  type OutputTarget,
  openOutputs,
  type StandardOutput,
} from './output.js'
export { type SpillingBlocks, spillingBlocks } from './spilling-blocks.js'
