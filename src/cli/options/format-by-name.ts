import { UserError } from '../../base/user-error.js'
import type { Format } from '../../emit/format.js'
import { formats } from '../../emit/formats.js'

const GZ = '.gz'

/** The format of a file name: the one with the longest ending that fits, `.gz` after it or not. */
export function formatByName(fileName: string): Format {
  const name = fileName.toLowerCase()
  let best: Format | undefined
  let longest = 0
  for (const format of formats) {
    for (const extension of format.extensions) {
      const known = name.endsWith(extension) || name.endsWith(extension + GZ)
      if (known && extension.length > longest) {
        best = format
        longest = extension.length
      }
    }
  }
  if (best) return best
  const endings = formats.map(format => `${format.extensions.join(' ')} (${format.name})`)
  throw new UserError(
    `${fileName || "''"}: no format has this ending; give one with -f, or end the name in ${endings.join(', ')}`,
  )
}

/** Whether to compress an output because its name ends in `.gz`. */
export function gzipByName(fileName: string, format: Format): boolean {
  return !format.compressed && fileName.toLowerCase().endsWith(GZ)
}
