import { styleText } from 'node:util'

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

export function paintFor(stream: NodeJS.WriteStream, choice: ColorChoice | undefined): Paint {
  const isColoured = choice === 'always' || (choice !== 'never' && stream.isTTY && !isRefused())
  if (!isColoured) return (_, text) => text
  return (style, text) => (text === '' ? '' : styleText(style, text, { validateStream: false }))
}

/** no-color.org: whatever it is set to, but for the empty text. */
function isRefused(): boolean {
  return Boolean(process.env.NO_COLOR) || process.env.TERM === 'dumb'
}
