import yargs, { type Argv } from 'yargs'
import { metrics } from '../../analyze/metrics.js'
import type { Command } from '../command.js'

/** A command as shells complete it. */
export interface CompletedCommand {
  readonly name: string
  readonly summary: string
  readonly options: readonly CompletedOption[]
  readonly words: CompletedValue
}

export interface CompletedOption {
  /** With their dashes, the long one last. */
  readonly names: readonly string[]
  readonly summary: string
  /** Whether it may be given again. */
  readonly isRepeated: boolean
  readonly value: CompletedValue
}

/** What can be said of a value: nothing follows, anything does, a file, or one of some words. */
export type CompletedValue = 'none' | 'any' | 'file' | readonly string[]

/** Options whose values are files. */
const files = ['output', 'junit']
/** Words that options take beside others. */
const words: Readonly<Record<string, readonly string[]>> = {
  sort: ['name', ...metrics.map(({ name }) => name)],
  columns: metrics.map(({ name }) => name),
}

/** How shells complete commands, from the options that these declare. */
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

/** What yargs knows but does not declare in its types. */
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

/** What stands without an option: the one word that is asked for, or else inputs. */
function wordsOf(
  positionals: readonly string[],
  declared: readonly CompletedOption[],
): CompletedValue {
  if (positionals.length === 0) return 'none'
  const [choices] = declared.filter(({ value }) => typeof value !== 'string')
  return choices?.value ?? 'file'
}
