import { UserError } from '../../base/user-error.js'
import type { Format } from '../../emit/format.js'
import { formats } from '../../emit/formats.js'

const GZ = '.gz'

/** The format of a file name: the one with the longest ending that fits, `.gz` after it or not. */
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

function knownEnding(fileName: string): { format: Format; extension: string } | undefined {
  const name = fileName.toLowerCase()
  return formats
    .flatMap(format => format.extensions.map(extension => ({ format, extension })))
    .filter(({ extension }) => name.endsWith(extension) || name.endsWith(extension + GZ))
    .sort((a, b) => b.extension.length - a.extension.length)[0]
}

/** Whether to compress an output because its name ends in `.gz`. */
export function gzipByName(fileName: string, format: Format): boolean {
  return !format.compressed && fileName.toLowerCase().endsWith(GZ)
}
