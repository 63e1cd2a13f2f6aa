import { isGraphLine } from './trace-form.js'
import { eachLine, type Undoing } from './undoing.js'

/** Colours and other commands to a terminal (ECMA-48), and titles of its window. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are told by them.
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78M])/g
/** A letter and the backspace that prints another one over it, as in manual pages. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: so are they by this one.
const overstrikes = /[^\b]\x08/g
/** Blanks that do not break, or have another width, in UTF-8: U+00A0, U+2000 to U+200A, U+202F, U+205F, U+3000. */
const oddBlanks = /\xc2\xa0|\xe2\x80[\x80-\x8a\xaf]|\xe2\x81\x9f|\xe3\x80\x80/g
/** The one of Latin-1, and characters in UTF-8, which may have such a byte. */
const latinBlanks =
  /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|\xa0/g
/** Characters without a width: U+00AD, U+200B to U+200F, U+2060, U+FEFF. */
const widthless = /\xc2\xad|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf/g
/** Text that a terminal has written over. */
const overwritten = /^.*\r(?=[^\r])/

/** Terminals colour text and write over it; pages and mails have blanks of their own. */
export const characters: Undoing = {
  name: 'without the colours and odd blanks of terminals and pages',
  find(lines) {
    const helps = lines.some(line => {
      const cleaned = clean(line)
      return cleaned !== line && isGraphLine(cleaned) && !isGraphLine(line)
    })
    return helps ? eachLine(clean) : undefined
  },
}

function clean(line: string): string {
  return line
    .replace(escapes, '')
    .replace(overstrikes, '')
    .replace(oddBlanks, ' ')
    .replace(latinBlanks, found => (found === '\xa0' ? ' ' : found))
    .replace(widthless, '')
    .replace(/\r+$/, '')
    .replace(overwritten, '')
}
