import { UserError } from '../../base/user-error.js'
import type { FoldedWeight, ModulesShown } from '../../emit/folded/folded.js'
import type { FormatOptions } from '../../emit/formats.js'
import type { StackRoot } from '../../emit/stack-roots.js'
import { lastValue } from './last-value.js'

/** For whatever writes CSV. */
export const spreadsheetOption = {
  type: 'boolean',
  default: false,
  describe: "Put a ' before texts of CSV that a spreadsheet would run: = + - @",
} as const

/** For `convert`: the options of the formats. */
export const writingOptions = {
  root: {
    choices: ['none', 'comm', 'pid', 'cpu'] as const satisfies readonly StackRoot[],
    default: 'none' as StackRoot,
    requiresArg: true,
    coerce: lastValue<StackRoot>,
    describe: 'What stands below stacks: folded, flamegraph',
  },
  weight: {
    choices: ['self', 'calls'] as const satisfies readonly FoldedWeight[],
    default: 'self' as FoldedWeight,
    requiresArg: true,
    coerce: lastValue<FoldedWeight>,
    describe: 'Numbers of the folded format: nanoseconds of self time, or calls',
  },
  flamechart: {
    type: 'boolean',
    default: false,
    describe: 'Folded stacks in the order of time, for flamegraph.pl --flamechart',
  },
  annotate: {
    type: 'boolean',
    default: false,
    describe: "Mark folded frames with _[k] as the kernel's, for palettes",
  },
  modules: {
    choices: ['suffix', 'prefix', 'none'] as const satisfies readonly ModulesShown[],
    default: 'suffix' as ModulesShown,
    requiresArg: true,
    coerce: lastValue<ModulesShown>,
    describe: 'Modules in folded frames: ext4_read [ext4], ext4:ext4_read, ext4_read',
  },
  array: {
    type: 'boolean',
    default: false,
    describe: 'Chrome JSON as an array, which can be read wherever it is cut off',
  },
  'absolute-time': {
    type: 'boolean',
    default: false,
    describe: 'Keep the times of the trace: chrome, firefox, csv, ndjson, parquet',
  },
  spreadsheet: spreadsheetOption,
  'min-percent': {
    type: 'number',
    requiresArg: true,
    coerce: percentage,
    describe: 'Percent of all time that dot draws (default: 0.5, at most 80 boxes)',
  },
} as const

interface WritingArguments {
  readonly root: StackRoot
  readonly weight: FoldedWeight
  readonly flamechart: boolean
  readonly annotate: boolean
  readonly modules: ModulesShown
  readonly array: boolean
  readonly 'absolute-time': boolean
  readonly spreadsheet: boolean
  readonly 'min-percent': number | undefined
}

/** The values of these options, as formats take them. */
export function formatOptionsOf(args: WritingArguments): Omit<FormatOptions, 'title'> {
  const { root, weight, flamechart, annotate, modules, array, spreadsheet } = args
  const { 'absolute-time': absoluteTime, 'min-percent': minPercent } = args
  const stacks = { root, weight, flamechart, annotate, modules, minPercent }
  return { ...stacks, array, absoluteTime, spreadsheet }
}

function percentage(value: number | number[]): number {
  const percent = lastValue(value)
  if (percent >= 0 && percent <= 100) return percent
  throw new UserError('--min-percent: is no percentage; give 0 to 100')
}
