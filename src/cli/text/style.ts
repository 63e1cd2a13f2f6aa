import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'cyan'

/** Puts a style on a text. */
export type Paint = (style: Style, text: string) => string

export const painted: Paint = (style, text) =>
  text === '' ? '' : styleText(style, text, { validateStream: false })

export const plain: Paint = (_, text) => text
