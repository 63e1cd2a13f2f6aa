import { UserError } from '../../base/user-error.js'
import type { Format } from '../../emit/format.js'
import { formats } from '../../emit/formats.js'
import { type Compression, compressionOf, uncompressedName } from '../../node/compression.js'

/** The format of a file name: the one with the longest ending that fits, before `.gz` or `.zst`. */
export function formatByName(fileName: string): Format {
  const known = knownEnding(fileName)
  if (known) return known.format
  const endings = formats.map(format => `${format.extensions.join(' ')} (${format.name})`)
  throw new UserError(
    `${fileName || "''"}: no format has this ending; choose one with -f, or end the name in ${endings.join(', ')}`,
  )
}

/** Throws a UserError if a file would be written in one format and called as one of another. */
export function refuseOtherEnding(fileName: string, format: Format): void {
  const known = knownEnding(fileName)
  // Firefox profiles and speedscope files are JSON, too.
  if (!known || format.extensions.some(own => own.endsWith(known.extension))) return
  throw new UserError(
    `${fileName}: this name is for ${known.format.name}, but -f ${format.name} would fill the file; ` +
      `leave out -f, or end the name in ${format.extensions[0]}`,
  )
}

/** Whether the name of a file tells a format. */
export function hasKnownEnding(fileName: string): boolean {
  return knownEnding(fileName) !== undefined
}

function knownEnding(fileName: string): { format: Format; extension: string } | undefined {
  const name = fileName.toLowerCase()
  const uncompressed = uncompressedName(name)
  return formats
    .flatMap(format => format.extensions.map(extension => ({ format, extension })))
    .filter(({ format, extension }) =>
      (format.compressed ? name : uncompressed).endsWith(extension),
    )
    .sort((a, b) => b.extension.length - a.extension.length)[0]
}

/** How to compress an output by its name. Formats that are compressed anyway stay as they are. */
export function compressionByName(fileName: string, format: Format): Compression | undefined {
  return format.compressed ? undefined : compressionOf(fileName)
}
