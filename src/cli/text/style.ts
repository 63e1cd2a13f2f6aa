import { styleText } from 'node:util'
import type { Io } from '../io.js'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'cyan'

/** Puts a style on a text, or none where there is no colour. */
export type Paint = (style: Style, text: string) => string

/** For every command that prints tables. */
export const colorOption = {
  choices: ['auto', 'always', 'never'] as const,
  default: 'auto' as const,
  requiresArg: true,
  coerce: (value: ColorChoice | ColorChoice[]) => (Array.isArray(value) ? value.at(-1) : value),
  describe: 'Colour: auto is on terminals, unless NO_COLOR is set',
}

export type ColorChoice = 'auto' | 'always' | 'never'

/** Colours for standard output. */
export function paintFor(
  { stdout, env }: Pick<Io, 'stdout' | 'env'>,
  choice: ColorChoice | undefined,
): Paint {
  const isColoured = choice === 'always' || (choice !== 'never' && stdout.isTTY && !isRefused(env))
  if (!isColoured) return (_, text) => text
  return (style, text) => (text === '' ? '' : styleText(style, text, { validateStream: false }))
}

/** no-color.org: whatever it is set to, but for the empty text. */
function isRefused(env: Io['env']): boolean {
  return Boolean(env.NO_COLOR) || env.TERM === 'dumb'
}
