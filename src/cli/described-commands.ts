/** The declarations of the commands, for help, completion and the man page. */
import yargs, { type Argv } from 'yargs'
import { metrics } from '../analyze/metrics.js'
import type { Command } from './command.js'

export interface DescribedCommand {
  readonly name: string
  readonly summary: string
  /** In the order of the command line. */
  readonly positionals: readonly Positional[]
  /** Everything behind the name, as in a usage line. */
  readonly usage: string
  readonly options: readonly DescribedOption[]
  /** The completions of a word that is not an option. */
  readonly words: OptionValue
  readonly examples: readonly (readonly [command: string, purpose: string])[]
  /** '' if there is nothing else to know. */
  readonly notes: string
}

export interface Positional {
  /** As in a usage line: `[TRACE..]`. */
  readonly usage: string
  /** As it is declared. */
  readonly name: string
  /** `TRACE` */
  readonly valueName: string
  readonly summary: string
}

export interface DescribedOption {
  /** With dashes, the long name last. */
  readonly names: readonly string[]
  readonly summary: string
  /** Whether it may be given several times. */
  readonly isRepeated: boolean
  readonly value: OptionValue
  /** `FILE`; '' if it takes no value. */
  readonly valueName: string
  /** '' if there is none to be told. */
  readonly usual: string
  /** `Filters`, `Reading`; '' for those of the command itself. */
  readonly group: string
}

/** The value of an option: none, anything, a file, or one of some words. */
export type OptionValue = 'none' | 'any' | 'file' | readonly string[]

/** The placeholder for a value; an option with choices shows WHAT. */
const valueNames: Readonly<Record<string, string>> = {
  'fail-on': 'CONDITION',
  'min-duration': 'TIME',
  'min-percent': 'PERCENT',
  'buffer-size': 'SIZE',
  against: 'WHAT',
  caller: 'FUNCTION',
  capture: 'NUMBERS',
  clock: 'CLOCK',
  columns: 'NAMES',
  conditions: 'CONDITION|TRACE',
  cpu: 'CPUS',
  depth: 'N',
  event: 'EVENT',
  filter: 'FUNCTION',
  for: 'TIME',
  functions: 'FUNCTION',
  hide: 'FUNCTION',
  jobs: 'N',
  junit: 'FILE',
  levels: 'N',
  limit: 'N',
  linear: 'TIME',
  module: 'MODULE',
  n: 'N',
  notrace: 'FUNCTION',
  only: 'FUNCTION',
  output: 'FILE',
  pid: 'PIDS',
  range: 'TIMES',
  shell: 'SHELL',
  sort: 'COLUMN',
  task: 'TASK',
  trace: 'TRACE',
  tracefs: 'FOLDER',
  via: 'COMMAND',
  words: 'FUNCTION|TRACE',
}

/** Words for options that take other values, too. */
const words: Readonly<Record<string, readonly string[]>> = {
  sort: ['name', ...metrics.map(({ name }) => name)],
  columns: metrics.map(({ name }) => name),
}

export async function describedCommands(commands: readonly Command[]): Promise<DescribedCommand[]> {
  return Promise.all(commands.map(describedCommand))
}

/** The declarations of one command. */
export async function describedCommand({
  usage,
  summary,
  load,
}: Command): Promise<DescribedCommand> {
  const { options, examples, tail, notes = '' } = await load()
  const parser = options(yargs())
  const [name, ...usages] = usage.split(' ') as [string, ...string[]]
  const summaries = summariesOf(parser)
  const positionals = usages.map(text => {
    const name = text.replace(/\W/g, '')
    const valueName = valueNames[name] ?? 'WHAT'
    return { usage: text.replace(name, valueName), name, valueName, summary: summaries(name) }
  })
  const names = new Set(positionals.map(({ name }) => name))
  return {
    name,
    summary,
    positionals,
    usage: ['[OPTION..]', ...positionals.map(each => each.usage), ...(tail ? [tail] : [])].join(
      ' ',
    ),
    options: declaredOptions(parser).filter(option => !names.has(nameOf(option))),
    words: wordsOf(parser, positionals),
    examples,
    notes,
  }
}

/** The names of all options that a parser knows, with dashes. */
export function optionNames(parser: Argv): string[] {
  return Object.keys((parser as unknown as Declarations).getOptions().key).map(dashed)
}

/** Parts of yargs that its types do not declare. */
interface Declarations {
  getOptions(): {
    readonly key: Readonly<Record<string, unknown>>
    readonly alias: Readonly<Record<string, readonly string[]>>
    readonly boolean: readonly string[]
    readonly array: readonly string[]
    readonly choices: Readonly<Record<string, readonly string[]>>
    readonly default: Readonly<Record<string, unknown>>
    readonly defaultDescription: Readonly<Record<string, string | undefined>>
  }
  getGroups(): Readonly<Record<string, readonly string[]>>
  getInternalMethods(): {
    getUsageInstance(): { getDescriptions(): Readonly<Record<string, string | undefined>> }
  }
}

function summariesOf(parser: Argv): (name: string) => string {
  const declarations = parser as unknown as Declarations
  const summaries = declarations.getInternalMethods().getUsageInstance().getDescriptions()
  return name => (summaries[name] ?? '').replace('__yargsString__:', '')
}

function declaredOptions(parser: Argv): DescribedOption[] {
  const declarations = parser as unknown as Declarations
  const { key, alias, boolean, array, choices, ...usual } = declarations.getOptions()
  const summaries = summariesOf(parser)
  const groups = Object.entries(declarations.getGroups())
  const aliases = new Set(Object.values(alias).flat())
  return Object.keys(key)
    .filter(name => !aliases.has(name) && name !== 'help' && name !== 'version')
    .map(name => {
      const isFlag = boolean.includes(name)
      const valueName = isFlag ? '' : (valueNames[name] ?? 'WHAT')
      const [group = ''] = groups.find(([, names]) => names.includes(name)) ?? []
      return {
        names: [...(alias[name] ?? []), name].map(dashed),
        summary: summaries(name),
        isRepeated: array.includes(name),
        value: isFlag ? 'none' : (choices[name] ?? words[name] ?? otherValue(valueName)),
        valueName,
        usual: usualText(usual.defaultDescription[name] ?? usual.default[name]),
        group: group.replace(/:$/, ''),
      }
    })
}

function usualText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function otherValue(valueName: string): OptionValue {
  return valueName === 'FILE' ? 'file' : 'any'
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

function nameOf({ names }: DescribedOption): string {
  return (names.at(-1) as string).replace(/^-+/, '')
}

/** The value of positional arguments: one of some words, or else files. */
function wordsOf(parser: Argv, positionals: readonly Positional[]): OptionValue {
  if (positionals.length === 0) return 'none'
  const { choices } = (parser as unknown as Declarations).getOptions()
  return positionals.map(({ name }) => choices[name]).find(Boolean) ?? 'file'
}
