import { compressionOf } from '../node/compression.js'
import { openInput } from '../node/input.js'
import { openOutputs } from '../node/output.js'
import type { Io } from './io.js'
import { namedCaptures } from './options/capture-numbers.js'

export interface TextFile {
  /** `-` is standard output; a name that ends in .gz or .zst is compressed. */
  readonly path: string
  readonly text: string
}

/** Writes text files: all of them or none. Refuses to write over one of the `inputs`. */
export async function writeTexts(
  files: readonly TextFile[],
  inputs: readonly string[],
  { stdin, stdout }: Io,
): Promise<void> {
  const targets = files.map(({ path }) => ({
    path,
    binary: false,
    compression: compressionOf(path),
  }))
  const opened = inputs.map(name => openInput(namedCaptures(name).path, stdin))
  const outputs = openOutputs(targets, opened, stdout)
  const encoder = new TextEncoder()
  for (const [index, { text }] of files.entries()) {
    outputs.list[index]?.write(encoder.encode(text))
  }
  await outputs.commit()
}
