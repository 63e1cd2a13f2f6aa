import { existsSync } from 'node:fs'
import { namedCaptures } from './capture-numbers.js'
import { restoreDash } from './single-dash.js'

/** For commands with an optional function: the word before the inputs. */
export const functionArgument = {
  type: 'string',
  coerce: (word: string | undefined) => (word === undefined ? undefined : restoreDash(word)),
  describe:
    'A function: vfs_read, ext4_read [ext4], tcp_*, /^tcp_.*msg$/; a file of that name wins',
} as const

/** Tells whether the first word is a function or an input; all others are inputs. */
export function functionAndInputs(
  first: string | undefined,
  others: readonly string[],
): { readonly func: string | undefined; readonly inputs: readonly string[] } {
  if (first === undefined) return { func: undefined, inputs: others }
  return isInput(first)
    ? { func: undefined, inputs: [first, ...others] }
    : { func: first, inputs: others }
}

function isInput(word: string): boolean {
  const { path, captures } = namedCaptures(word)
  if (word === '-' || captures || existsSync(path)) return true
  // Probably a path that does not exist: the error should say that.
  return /\.(txt|gz|log|trace|dat)$/.test(word) || (word.includes('/') && !/^\/.+\/$/.test(word))
}
