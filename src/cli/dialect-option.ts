import { type DialectName, dialects } from '../ingest/dialects.js'
import { last } from './last.js'

/** For every command that reads traces. */
export const dialectOption = {
  choices: dialects.map(({ name }) => name),
  requiresArg: true,
  coerce: last<DialectName>,
  describe: 'Form of the text (default: what the text looks like)',
} as const
