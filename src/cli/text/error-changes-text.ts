/** The errors that only one of two traces has, as `fgraph diff` prints them. */
import { originDocument } from '../../analyze/error-document.js'
import type { ErrorOrigin, ErrorOrigins } from '../../analyze/error-origins.js'
import { functionName } from '../../timeline/names.js'
import type { ComparedErrors } from '../compared-errors.js'
import { errorColumns, errorRows, originText } from './errors-text.js'
import { markdownTable, type TableSpace } from './table.js'
import { count, counted } from './units.js'

/** Of so many origins the ways are shown. */
const SHOWN = 5

export function errorChangesText(compared: ComparedErrors, space: TableSpace): string {
  return lists(compared)
    .map(([head, origins, errors]) => {
      const ways = origins.slice(0, SHOWN).map(origin => originText(origin, errors, space))
      const more = origins.length - SHOWN
      const rest = more > 0 ? `${counted(more, 'more origin')}; fgraph errors shows all\n` : ''
      return `${head}:\n${ways.join('')}${rest}`
    })
    .join('')
}

export function errorChangesMarkdown(compared: ComparedErrors): string {
  return lists(compared)
    .map(([head, origins, errors]) => {
      const rows = errorRows(origins, errors, 'origin')
      return `\n${head}:\n\n${markdownTable(errorColumns('origin'), rows)}`
    })
    .join('')
}

/** For programs. */
export function errorChangesDocument({ before, after, changes }: ComparedErrors) {
  return {
    new: changes.appeared.map(origin => originDocument(origin, after)),
    gone: changes.gone.map(origin => originDocument(origin, before)),
  }
}

/** Of new errors that surfaced: `2 x ENOSPC from shmem_get_folio_gfp, and 1 more origin`; '' if there are none. */
export function newErrorsText({ after, changes }: ComparedErrors): string {
  const [first, ...others] = changes.appeared.filter(({ outcomes }) => outcomes.surfaced > 0)
  if (!first) return ''
  const more = others.length > 0 ? `, and ${counted(others.length, 'more origin')}` : ''
  const name = functionName(after.functions[first.func])
  return `${count(first.outcomes.surfaced)} x ${first.error} from ${name}${more}`
}

function lists({ before, after, changes }: ComparedErrors) {
  const all = [
    ['new errors', changes.appeared, after],
    ['errors that are gone', changes.gone, before],
  ] as const satisfies (readonly [string, readonly ErrorOrigin[], ErrorOrigins])[]
  return all.filter(([, origins]) => origins.length > 0)
}
