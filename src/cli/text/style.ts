import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'cyan'

/** Styles a text for a terminal. */
export type Paint = (style: Style, text: string) => string

export const painted: Paint = (style, text) =>
  text === '' ? '' : styleText(style, text, { validateStream: false })

export const plain: Paint = (_, text) => text
