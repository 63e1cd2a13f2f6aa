import { UserError } from '../../base/user-error.js'
import { lastValue } from './last-value.js'

/** For commands that print trees of calls: how much of them to show. */
export const treeOptions = {
  'min-percent': {
    type: 'number',
    default: 1,
    requiresArg: true,
    coerce: lastValue<number>,
    describe: 'Fold calls that take less than this share of the whole; 0 shows everything',
  },
  levels: {
    type: 'number',
    requiresArg: true,
    coerce: lastValue<number>,
    describe: 'Show this many levels of calls (default: all)',
  },
} as const

/** The largest depth, and the share of the whole below which calls are folded. */
export function treeLimitsOf(args: {
  readonly levels: number | undefined
  readonly 'min-percent': number
}) {
  const { levels = Number.POSITIVE_INFINITY, 'min-percent': percent } = args
  if (!(levels >= 1)) throw new UserError('--levels: give 1 or more')
  if (!(percent >= 0 && percent <= 100)) {
    throw new UserError('--min-percent: give a percentage from 0 to 100')
  }
  return { depth: levels, share: percent / 100 }
}
