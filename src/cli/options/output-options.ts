import type { Format } from '../../emit/format.js'
import { formats } from '../../emit/formats.js'
import type { Target } from '../convert-inputs.js'
import { refuseUnopenable } from '../open-in-browser.js'
import { compressionByName, formatByName, refuseOtherEnding } from './format-by-name.js'
import { lastValue } from './last-value.js'
import { restoreDashes } from './single-dash.js'
import { refuseUnused, type WritingArguments } from './writing-options.js'

const formatNames = formats.map(format => format.name)

/** For commands that write formats: where they go. */
export const outputOptions = {
  output: {
    alias: 'o',
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    defaultDescription: 'standard output',
    coerce: restoreDashes,
    describe: 'Write this file; a name that ends in .gz or .zst is compressed',
  },
  format: {
    alias: 'f',
    choices: formatNames,
    requiresArg: true,
    coerce: lastValue<(typeof formatNames)[number]>,
    describe: 'Write this format (default: by the name of the file, or chrome)',
  },
} as const

/** For the same: what else to do with them. */
export const outcomeOptions = {
  open: {
    type: 'boolean',
    default: false,
    describe: 'Open the written pages and pictures in the browser',
  },
  strict: {
    type: 'boolean',
    default: false,
    describe: 'Exit with 1 if the trace has lost data',
  },
  quiet: {
    type: 'boolean',
    default: false,
    describe: 'Print no summary and no progress',
  },
} as const

interface OutputArguments extends WritingArguments {
  readonly format: string | undefined
  readonly open: boolean
}

/**
 * The targets with these paths. `formatOf` finds the format of a file by its name. Throws a UserError for a format
 * that no path may have, and for options that none of the formats takes.
 */
export function targetsOf(
  paths: readonly string[],
  args: OutputArguments,
  formatOf: (path: string) => Format = formatByName,
): Target[] {
  const targets = paths.map(path => {
    const format = namedFormat(path, args.format) ?? formatOf(path)
    return { path, format, binary: format.binary, compression: compressionByName(path, format) }
  })
  refuseUnused(
    args,
    targets.map(({ format }) => format),
  )
  if (args.open) refuseUnopenable(targets)
  return targets
}

function namedFormat(path: string, name: string | undefined): Format | undefined {
  const named = formats.find(format => format.name === (name ?? (path === '-' && 'chrome')))
  if (named && path !== '-') refuseOtherEnding(path, named)
  return named
}
