import { UserError } from '../base/user-error.js'
import { functionName } from './names.js'
import type { KernelFunction } from './sink.js'

/** Whether a function is meant. */
export type FunctionPattern = (func: KernelFunction) => boolean

/**
 * `vfs_read` and `ext4_read [ext4]` mean that function, `tcp_*` and `tcp_?end` all that match, and
 * `/^tcp_.*msg$/` is a regular expression. A pattern without a module matches any module.
 */
export function functionPattern(text: string): FunctionPattern {
  const matches = namePattern(text)
  return func => matches(func.name) || matches(functionName(func))
}

/** The same for other names, such as those of tasks. */
export function namePattern(text: string): (name: string) => boolean {
  const [, expression] = /^\/(.+)\/$/.exec(text) ?? []
  const tested = expression === undefined ? globbed(text) : regular(text, expression)
  return name => tested.test(name)
}

/** Up to three of the names that a misspelt one may have meant. */
export function similarNames(text: string, names: readonly string[]): string[] {
  const wanted = text.toLowerCase().replace(/[^a-z0-9]/g, '')
  const scored = names.map(name => ({ name, score: pairsInCommon(wanted, name.toLowerCase()) }))
  return scored
    .filter(({ score }) => score >= 0.4)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ name }) => name)
}

function globbed(text: string): RegExp {
  const literal = text.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}

function regular(text: string, expression: string): RegExp {
  try {
    return new RegExp(expression)
  } catch {
    throw new UserError(
      `${text}: not a valid regular expression; correct it, or use a name or a glob such as tcp_*`,
    )
  }
}

/** Similarity of two names by their pairs of letters (Dice), 0 to 1. */
function pairsInCommon(wanted: string, name: string): number {
  const own = pairsOf(wanted)
  const other = pairsOf(name.replace(/[^a-z0-9]/g, ''))
  if (own.size + other.size === 0) return 0
  const common = [...own].filter(pair => other.has(pair)).length
  return (2 * common) / (own.size + other.size)
}

function pairsOf(text: string): Set<string> {
  return new Set(
    Array.from({ length: Math.max(text.length - 1, 0) }, (_, at) => text.slice(at, at + 2)),
  )
}
