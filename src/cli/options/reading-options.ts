import type { InterruptsShown } from '../../ingest/calls/interrupts.js'
import type { SleepShown, TracksShown } from '../../ingest/calls/stacks.js'
import { type DialectName, dialects } from '../../ingest/dialects.js'
import type { ReadOptions } from '../../ingest/trace-reader.js'
import { captureOption } from './capture-numbers.js'
import { lastValue } from './last-value.js'

/** For all commands that read traces: how to read the text, and what to put on separate tracks. */
export const readingOptions = {
  ...captureOption,
  dialect: {
    choices: dialects.map(({ name }) => name),
    requiresArg: true,
    coerce: lastValue<DialectName>,
    describe: 'Form of the text (default: what the text looks like)',
  },
  interrupts: {
    choices: ['inline', 'apart', 'drop'] as const satisfies readonly InterruptsShown[],
    default: 'inline' as InterruptsShown,
    requiresArg: true,
    coerce: lastValue<InterruptsShown>,
    describe:
      'Calls of interrupts: among those that they hit, on a track of their cpu, or left out',
  },
  sleep: {
    choices: ['inline', 'apart'] as const satisfies readonly SleepShown[],
    default: 'inline' as SleepShown,
    requiresArg: true,
    coerce: lastValue<SleepShown>,
    describe: 'Time off the cpu: as time of what has slept, or as a call [off-cpu] in it',
  },
  tracks: {
    choices: ['task', 'cpu'] as const satisfies readonly TracksShown[],
    default: 'task' as TracksShown,
    requiresArg: true,
    coerce: lastValue<TracksShown>,
    describe: 'What a track is: a task, or a cpu with what ran on it',
  },
} as const

/** The values of these options, out of all arguments of a command. */
export function readOptionsOf({ dialect, interrupts, sleep, tracks }: ReadOptions): ReadOptions {
  return { dialect, interrupts, sleep, tracks }
}
