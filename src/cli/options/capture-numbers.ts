import { existsSync } from 'node:fs'
import { UserError } from '../../base/user-error.js'

/** For all commands that read traces. */
export const captureOption = {
  type: 'string',
  array: true,
  nargs: 1,
  requiresArg: true,
  describe: 'Read only these captures of a text that has several: 2 or 1,3-4; FILE#2 is the same',
} as const

/** The numbers that `--capture` names; undefined for all. */
export function captureNumbers(texts: readonly string[] | undefined): number[] | undefined {
  if (!texts?.length) return undefined
  return texts.flatMap(text => {
    const numbers = numbersOf(text)
    if (numbers) return numbers
    throw new UserError(`--capture: '${text}' is not a list of captures; write it like 2 or 1,3-4`)
  })
}

/** A path as a user named it: `mail.txt#2` is a capture of a file, unless a file is called so. */
export function namedCaptures(name: string): {
  readonly path: string
  readonly captures: number[] | undefined
} {
  const [, path, list = ''] = /^(.+)#([\d,-]+)$/s.exec(name) ?? []
  if (path === undefined || existsSync(name)) return { path: name, captures: undefined }
  const captures = numbersOf(list)
  if (captures) return { path, captures }
  throw new UserError(`${name}: '${list}' is not a list of captures; write it like #2 or #1,3-4`)
}

/** `1,3-4`; undefined for anything else. */
function numbersOf(text: string): number[] | undefined {
  const numbers: number[] = []
  for (const part of text.split(',')) {
    const [, from, to = from] = /^([1-9]\d{0,5})(?:-([1-9]\d{0,5}))?$/.exec(part.trim()) ?? []
    if (from === undefined || Number(to) < Number(from)) return undefined
    for (let number = Number(from); number <= Number(to); number++) numbers.push(number)
  }
  return numbers
}
