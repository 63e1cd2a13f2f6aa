import { availableParallelism } from 'node:os'
import { UserError } from '../../base/user-error.js'
import type { RunOptions } from '../../convert.js'
import type { Format } from '../../emit/format.js'
import type { Input } from '../../node/input.js'
import { readerOnThread } from '../../threads/index.js'
import { lastValue } from './last-value.js'

const MOST = 8
/** Below, a thread takes longer to start than it saves. */
const WORTH_A_THREAD = 8e6

/** For every command that reads traces. */
export const jobsOption = {
  jobs: {
    alias: 'j',
    type: 'number',
    requiresArg: true,
    defaultDescription: `processors, at most ${MOST}; 1 where that is as fast`,
    coerce: lastValue<number>,
    describe: 'Threads to use: with 2 or more, one reads while another writes',
  },
} as const

/**
 * How a run reads that may take so many threads. Most formats are less work to write than to hand on
 * to another thread.
 */
export function readerFor(
  jobs: number | undefined,
  inputs: readonly Input[],
  formats: readonly Format[],
): RunOptions {
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs > 0)) {
    throw new UserError('--jobs: is no number of threads; give 1, 2 or more')
  }
  const size = inputs.reduce((sum, input) => sum + (input.size ?? Number.POSITIVE_INFINITY), 0)
  const isSlow = formats.some(({ slow }) => slow)
  const wanted = jobs ?? (isSlow ? Math.min(availableParallelism(), MOST) : 1)
  if (wanted < 2 || size < WORTH_A_THREAD) return {}
  return { openReader: readerOnThread }
}
