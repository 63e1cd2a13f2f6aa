import type { OfferedFormat } from '../emit/browser/page/output-menu.js'
import { formats } from '../emit/formats.js'

/** The formats as menus offer them. */
export function offeredFormats(): OfferedFormat[] {
  return formats.map(({ name, viewer, extensions: [extension] }) => ({ name, viewer, extension }))
}
