import { UserError } from '../../base/user-error.js'
import type { SleepShown } from '../../ingest/calls/stacks.js'
import { spreadsheetOption } from './writing-options.js'

const forms = ['json', 'csv', 'markdown'] as const

/** How a table is printed: for people, or as one of these. */
export type TableForm = (typeof forms)[number] | 'table'

/** For commands that print tables. */
export const formOptions = {
  json: { type: 'boolean', default: false, describe: 'Print JSON with everything there is' },
  csv: { type: 'boolean', default: false, describe: 'Print CSV with times in ns' },
  spreadsheet: spreadsheetOption,
  markdown: { type: 'boolean', default: false, describe: 'Print a Markdown table' },
} as const

/** People ask where the time of cpus goes; programs get every duration as it is printed. */
export function usualSleep(form: TableForm): SleepShown {
  return form === 'table' || form === 'markdown' ? 'drop' : 'inline'
}

/** The form that these options ask for. */
export function formOf(args: Readonly<Record<(typeof forms)[number], boolean>>): TableForm {
  const asked = forms.filter(form => args[form])
  if (asked.length < 2) return asked[0] ?? 'table'
  throw new UserError(`--${asked.join(' and --')} cannot be combined; choose one`)
}
