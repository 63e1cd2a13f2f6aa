import { UserError } from '../../base/user-error.js'
import type { FoldedWeight, ModulesShown } from '../../emit/folded/folded.js'
import type { Format } from '../../emit/format.js'
import type { FormatName, FormatOptions } from '../../emit/formats.js'
import { sourceUrlProblem, sourceUrlText } from '../../emit/source-url.js'
import type { StackRoot } from '../../emit/stack-roots.js'
import { lastValue } from './last-value.js'

/** For whatever writes CSV. */
export const spreadsheetOption = {
  type: 'boolean',
  default: false,
  describe: "Put a ' before CSV cells that a spreadsheet would run: = + - @",
} as const

/** For pages. */
export const sourceUrlOption = {
  type: 'string',
  requiresArg: true,
  coerce: (value: string | string[]) => checkedSourceUrl(lastValue(value)),
  describe: sourceUrlText,
} as const

/** Which formats an option of `convert` is for, by the name of the option. */
const formatsOf = {
  root: ['folded', 'flamegraph'],
  weight: ['folded'],
  flamechart: ['folded'],
  annotate: ['folded'],
  modules: ['folded'],
  array: ['chrome'],
  'absolute-time': ['chrome', 'firefox', 'csv', 'ndjson', 'parquet'],
  spreadsheet: ['csv'],
  'min-percent': ['dot'],
  'source-url': ['html'],
} as const satisfies Record<string, readonly FormatName[]>

/** For `convert`: the options of the formats. */
export const writingOptions = {
  root: {
    choices: ['none', 'comm', 'pid', 'cpu'] as const satisfies readonly StackRoot[],
    default: 'none' as StackRoot,
    requiresArg: true,
    coerce: lastValue<StackRoot>,
    describe: saying('root', 'Root frame below the stacks'),
  },
  weight: {
    choices: ['self', 'calls'] as const satisfies readonly FoldedWeight[],
    default: 'self' as FoldedWeight,
    requiresArg: true,
    coerce: lastValue<FoldedWeight>,
    describe: saying('weight', 'Count ns of self time, or calls'),
  },
  flamechart: {
    type: 'boolean',
    default: false,
    describe: saying('flamechart', 'Stacks in order of time, for flamegraph.pl --flamechart'),
  },
  annotate: {
    type: 'boolean',
    default: false,
    describe: saying('annotate', 'Add _[k] to frames, for the palettes of flamegraph.pl'),
  },
  modules: {
    choices: ['suffix', 'prefix', 'none'] as const satisfies readonly ModulesShown[],
    default: 'suffix' as ModulesShown,
    requiresArg: true,
    coerce: lastValue<ModulesShown>,
    describe: saying('modules', 'How to show modules: ext4_read [ext4], ext4:ext4_read, ext4_read'),
  },
  array: {
    type: 'boolean',
    default: false,
    describe: saying('array', 'Write an array, which viewers read even if it is cut off'),
  },
  'absolute-time': {
    type: 'boolean',
    default: false,
    describe: saying('absolute-time', 'Keep the timestamps of the trace'),
  },
  spreadsheet: {
    ...spreadsheetOption,
    describe: saying('spreadsheet', spreadsheetOption.describe),
  },
  'min-percent': {
    type: 'number',
    requiresArg: true,
    coerce: percentage,
    describe: saying('min-percent', 'Draw functions with at least this share (default: 0.5)'),
  },
  'source-url': {
    ...sourceUrlOption,
    describe: saying('source-url', sourceUrlOption.describe),
  },
} as const

/** The same options, under another heading of the help. */
export function inGroup<Options extends Readonly<Record<string, object>>>(
  group: string,
  options: Options,
): Options {
  const grouped = Object.entries(options).map(([name, option]) => [name, { ...option, group }])
  return Object.fromEntries(grouped)
}

type WritingOption = keyof typeof formatsOf

function saying(option: WritingOption, text: string): string {
  return `${text} (${formatsOf[option].join(', ')})`
}

/** Throws a UserError if an option is given that is for none of the chosen formats. */
export function refuseUnused(args: WritingArguments, chosen: readonly Format[]): void {
  for (const option of Object.keys(formatsOf) as WritingOption[]) {
    const given = args[option]
    const { default: usual } = writingOptions[option] as { readonly default?: unknown }
    const formats: readonly string[] = formatsOf[option]
    if (given === usual || chosen.some(({ name }) => formats.includes(name))) continue
    const written = chosen.map(({ name }) => name).join(' and ')
    throw new UserError(`--${option} has no effect on ${written}; it is for ${formats.join(', ')}`)
  }
}

/** These options, out of all arguments of a command. */
export interface WritingArguments {
  readonly root: StackRoot
  readonly weight: FoldedWeight
  readonly flamechart: boolean
  readonly annotate: boolean
  readonly modules: ModulesShown
  readonly array: boolean
  readonly 'absolute-time': boolean
  readonly spreadsheet: boolean
  readonly 'min-percent': number | undefined
  readonly 'source-url': string | undefined
}

/** The values of these options, as formats take them. */
export function formatOptionsOf(args: WritingArguments): Omit<FormatOptions, 'title'> {
  const { root, weight, flamechart, annotate, modules, array, spreadsheet } = args
  const { 'absolute-time': absoluteTime, 'min-percent': minPercent, 'source-url': sourceUrl } = args
  const stacks = { root, weight, flamechart, annotate, modules, minPercent }
  return { ...stacks, array, absoluteTime, spreadsheet, sourceUrl }
}

function checkedSourceUrl(text: string): string {
  const problem = sourceUrlProblem(text)
  if (problem === undefined) return text
  throw new UserError(`--source-url: ${problem}`)
}

function percentage(value: number | number[]): number {
  const percent = lastValue(value)
  if (percent >= 0 && percent <= 100) return percent
  throw new UserError('--min-percent: give a percentage from 0 to 100')
}
