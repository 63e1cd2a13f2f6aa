import type { InterruptsShown } from '../ingest/interrupts.js'
import { last } from './last.js'

/** For every command that shows calls. */
export const interruptsOption = {
  choices: ['inline', 'apart', 'drop'] as const satisfies readonly InterruptsShown[],
  default: 'inline' as InterruptsShown,
  requiresArg: true,
  coerce: last<InterruptsShown>,
  describe: 'Calls of interrupts: among those that they hit, on a track of their cpu, or left out',
} as const
