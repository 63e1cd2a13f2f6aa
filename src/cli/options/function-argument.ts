import { existsSync } from 'node:fs'
import { restoreDash } from './single-dash.js'

/** Of commands whose function may be left out: the word before the inputs. */
export const functionArgument = {
  type: 'string',
  coerce: (word: string | undefined) => (word === undefined ? undefined : restoreDash(word)),
  describe:
    'A function: vfs_read, ext4_read [ext4], tcp_*, /^tcp_.*msg$/; a file of that name wins',
} as const

/** Which of the words is the function; all others are inputs. */
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
  if (word === '-' || existsSync(word)) return true
  // A path that does not exist: the message is to be about that.
  return /\.(txt|gz|log|trace|dat)$/.test(word) || (word.includes('/') && !/^\/.+\/$/.test(word))
}
