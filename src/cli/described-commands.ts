import yargs, { type Argv } from 'yargs'
import { metrics } from '../../analyze/metrics.js'
import type { Command } from '../command.js'

/** A command, as far as shells need to know it for completion. */
export interface CompletedCommand {
  readonly name: string
  readonly summary: string
  readonly options: readonly CompletedOption[]
  readonly words: CompletedValue
}

export interface CompletedOption {
  /** With dashes, the long name last. */
  readonly names: readonly string[]
  readonly summary: string
  /** Whether it may be given several times. */
  readonly isRepeated: boolean
  readonly value: CompletedValue
}

/** The value of an option: none, anything, a file, or one of some words. */
export type CompletedValue = 'none' | 'any' | 'file' | readonly string[]

/** Options whose values are files. */
const files = ['output', 'junit']
/** Words for options that take other values, too. */
const words: Readonly<Record<string, readonly string[]>> = {
  sort: ['name', ...metrics.map(({ name }) => name)],
  columns: metrics.map(({ name }) => name),
}

/** What shells complete for each command, from the options that it declares. */
export async function completedCommands(commands: readonly Command[]): Promise<CompletedCommand[]> {
  return Promise.all(
    commands.map(async ({ usage, summary, load }) => {
      const { options } = await load()
      const declared = declaredBy(options(yargs()))
      const [name, ...positionals] = usage.split(' ') as [string, ...string[]]
      return {
        name,
        summary,
        options: declared.filter(({ isPositional }) => !isPositional),
        words: wordsOf(
          positionals,
          declared.filter(({ isPositional }) => isPositional),
        ),
      }
    }),
  )
}

/** Parts of yargs that its types do not declare. */
interface Declarations {
  getOptions(): {
    readonly key: Readonly<Record<string, unknown>>
    readonly alias: Readonly<Record<string, readonly string[]>>
    readonly boolean: readonly string[]
    readonly array: readonly string[]
    readonly choices: Readonly<Record<string, readonly string[]>>
  }
  getGroups(): Readonly<Record<string, readonly string[]>>
  getInternalMethods(): {
    getUsageInstance(): { getDescriptions(): Readonly<Record<string, string | undefined>> }
  }
}

function declaredBy(parser: Argv): (CompletedOption & { readonly isPositional: boolean })[] {
  const declarations = parser as unknown as Declarations
  const { key, alias, boolean, array, choices } = declarations.getOptions()
  const summaries = declarations.getInternalMethods().getUsageInstance().getDescriptions()
  const positionals = declarations.getGroups()['Positionals:'] ?? []
  const aliases = new Set(Object.values(alias).flat())
  return Object.keys(key)
    .filter(name => !aliases.has(name))
    .map(name => ({
      names: [...(alias[name] ?? []), name].map(each =>
        each.length === 1 ? `-${each}` : `--${each}`,
      ),
      summary: (summaries[name] ?? '').replace('__yargsString__:', ''),
      isRepeated: array.includes(name),
      value: boolean.includes(name) ? 'none' : (choices[name] ?? words[name] ?? otherValue(name)),
      isPositional: positionals.includes(name),
    }))
}

function otherValue(name: string): CompletedValue {
  return files.includes(name) ? 'file' : 'any'
}

/** The value of positional arguments: one of some words, or else files. */
function wordsOf(
  positionals: readonly string[],
  declared: readonly CompletedOption[],
): CompletedValue {
  if (positionals.length === 0) return 'none'
  const [choices] = declared.filter(({ value }) => typeof value !== 'string')
  return choices?.value ?? 'file'
}
