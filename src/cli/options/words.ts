/** The words of a command line that are no options: functions and traces, in any order. */
import { existsSync } from 'node:fs'
import { type FunctionPattern, functionPattern } from '../../timeline/function-pattern.js'
import type { Io } from '../io.js'
import { namedCaptures } from './capture-numbers.js'
import { restoreDashes } from './single-dash.js'

/** For commands that tell about functions. */
export const wordsArgument = {
  type: 'string',
  array: true,
  default: [] as string[],
  defaultDescription: 'standard input',
  coerce: restoreDashes,
  describe:
    'Functions and traces, in any order: a word that is a file is a trace, any other a function, ' +
    'such as vfs_read, ext4_read [ext4], tcp_* or /^tcp_.*msg$/. Traces are read as one; - is standard input',
} as const

export interface Words {
  /** As they were typed. */
  readonly functions: readonly string[]
  readonly inputs: readonly string[]
  /** Whether one of the functions is meant; undefined if none was named. */
  readonly matches: FunctionPattern | undefined
}

/** Tells functions from traces; says so where a word may be meant as either. */
export function wordsOf(words: readonly string[], { stderr }: Pick<Io, 'stderr'>): Words {
  const inputs = words.filter(isInput)
  const functions = words.filter(word => !isInput(word))
  for (const word of inputs) {
    if (/^\w+$/.test(word)) {
      stderr.write(`fgraph: ${word} is taken as a file; /^${word}$/ is the function\n`)
    }
  }
  const patterns = functions.map(functionPattern)
  const matches = patterns.length > 0 ? anyOf(patterns) : undefined
  return { functions, inputs, matches }
}

function anyOf(patterns: readonly FunctionPattern[]): FunctionPattern {
  return func => patterns.some(matches => matches(func))
}

/** Whether a word names a trace: a file, a capture of one, `-`, or a path that looks like one. */
export function isInput(word: string): boolean {
  const { path, captures } = namedCaptures(word)
  if (word === '-' || captures || existsSync(path)) return true
  // Probably a path that does not exist: the error should say that.
  return (
    /\.(txt|gz|xz|zst|log|trace|dat)$/.test(word) || (word.includes('/') && !/^\/.+\/$/.test(word))
  )
}
