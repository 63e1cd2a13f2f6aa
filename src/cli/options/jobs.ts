import { availableParallelism } from 'node:os'
import { UserError } from '../../base/user-error.js'
import type { RunOptions } from '../../convert.js'
import type { Format } from '../../emit/format.js'
import type { Input } from '../../node/input.js'
import { readerOnThread } from '../../threads/index.js'
import { lastValue } from './last-value.js'

const MOST = 8
/** Inputs of fewer bytes are read faster than a thread starts. */
const WORTH_A_THREAD = 8e6

/** For `convert`: how many threads to use. */
export const jobsOption = {
  jobs: {
    alias: 'j',
    type: 'number',
    requiresArg: true,
    defaultDescription: `processors, at most ${MOST}; 1 where that is as fast`,
    coerce: lastValue<number>,
    describe: 'Use this many threads; with 2 or more, one reads while another writes',
  },
} as const

/**
 * Decides whether to read on a thread of its own. For most formats it does not pay: writing them is
 * less work than handing the events to another thread.
 */
export function readerFor(
  jobs: number | undefined,
  inputs: readonly Input[],
  formats: readonly Format[],
): RunOptions {
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs > 0)) {
    throw new UserError('--jobs: give a number of threads, 1 or more')
  }
  const size = inputs.reduce((sum, input) => sum + (input.size ?? Number.POSITIVE_INFINITY), 0)
  const isSlow = formats.some(({ slow }) => slow)
  const wanted = jobs ?? (isSlow ? Math.min(availableParallelism(), MOST) : 1)
  if (wanted < 2 || size < WORTH_A_THREAD) return {}
  return { openReader: readerOnThread }
}
