import { type Metric, metricNamed, metricNames } from '../../analyze/metrics.js'
import { UserError } from '../../base/user-error.js'
import type { Io, TextOutput } from '../io.js'
import { lastValue } from './last-value.js'

export const limitOption = {
  type: 'number',
  requiresArg: true,
  coerce: lastValue<number>,
  describe: 'Show this many rows; 0 shows all (default: as many as fit the terminal)',
} as const

/** Lines of a terminal that are not for rows: the head, the notes below, the next prompt. */
const OTHER_LINES = 4

/** How many rows to show; 0 for all. */
export function limitOf(
  limit: number | undefined,
  isTable: boolean,
  { isTTY, rows }: TextOutput,
): number {
  if (limit === undefined) {
    return isTable && isTTY ? Math.max((rows || 24) - OTHER_LINES, 10) : 0
  }
  if (Number.isInteger(limit) && limit >= 0) return limit
  throw new UserError('--limit: give a number of rows, or 0 for all')
}

/** The metric that `option` names. `others` are further names that the option takes. */
export function metricOf(option: string, name: string, others = ''): Metric {
  const metric = metricNamed(name)
  if (metric) return metric
  throw new UserError(`${option}: unknown column '${name}'; choose of ${others}${metricNames}`)
}

export type ColorChoice = 'auto' | 'always' | 'never'

export const colorOption = {
  choices: ['auto', 'always', 'never'] as const,
  default: 'auto' as const,
  requiresArg: true,
  coerce: lastValue<ColorChoice>,
  describe: 'Use colour; auto is on terminals, NO_COLOR and FORCE_COLOR decide otherwise',
} as const

/** For commands that print tables of times. */
export const tableOptions = {
  ns: { type: 'boolean', default: false, describe: 'Print times in plain nanoseconds' },
  color: colorOption,
} as const

/**
 * Whether standard output is coloured. NO_COLOR refuses unless it is empty (no-color.org), and FORCE_COLOR
 * asks for it where there is no terminal (force-color.org).
 */
export function isColored(
  choice: ColorChoice,
  { stdout, env }: Pick<Io, 'stdout' | 'env'>,
): boolean {
  if (choice !== 'auto') return choice === 'always'
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0'
  return stdout.isTTY === true && env.TERM !== 'dumb'
}
