import { isGraphLine } from './trace-form.js'
import type { LineFilter, Undoing } from './undoing.js'

const breaks = /<br *\/?>|<\/(?:p|div|li|tr|h[1-6]|pre|blockquote)>/gi
/** `<idle>-0` and `<...>-12` are none. */
const tags =
  /<\/?(?:a|abbr|b|blockquote|body|code|div|dd|dl|dt|em|font|h[1-6]|head|hr|html|i|img|input|kbd|li|mark|meta|ol|p|pre|s|samp|script|section|small|span|strong|style|sub|sup|table|tbody|td|th|thead|title|tr|tt|u|ul|var|wbr)(?:\s[^<>]*)?\/?>/gi
const entities = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(gt|lt|amp|quot|apos|nbsp));/gi

/** Elements of a page that contain text. */
const pages = /^ *<(?:!doctype html|html|body|pre)\b/i
// The kernel prints such characters too: a-1 => b-2   /* <-foo+0x1 */   <idle>-0   <...>-12
const kernels = /-\d+ +=&gt; .*-\d+|\/\* &lt;-|&lt;(?:idle|\.\.\.)&gt;-\d/

const named: ReadonlyMap<string, string> = new Map([
  ['gt', '>'],
  ['lt', '<'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
])

/** The source of a page: tags around the text, and entities in it. */
export const html: Undoing = {
  name: 'out of the source of a page',
  find(lines) {
    const helps = lines.some(line => {
      const texts = textsOf(line)
      if (texts.length === 1 && texts[0] === line) return false
      return (
        pages.test(line) || kernels.test(line) || (texts.some(isGraphLine) && !isGraphLine(line))
      )
    })
    return helps ? open : undefined
  },
}

function open(tell: (line: string) => void): LineFilter {
  return {
    take(line) {
      for (const text of textsOf(line)) tell(text)
    },
    end: () => {},
  }
}

/** The lines that a line of the source shows. */
function textsOf(line: string): string[] {
  if (!/[<&]/.test(line)) return [line]
  const texts = line
    .replace(breaks, '\n')
    .replace(tags, '')
    .split('\n')
    .map(text => text.replace(entities, characterOf))
  // A break ends the line where the source ends it, too.
  return texts.length > 1 && texts.at(-1) === '' ? texts.slice(0, -1) : texts
}

function characterOf(entity: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return named.get(name.toLowerCase()) ?? entity
  const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal)
  if (code === 0xa0) return ' '
  return code > 0x10ffff ? entity : utf8(String.fromCodePoint(code))
}

/** Its bytes, each as a character. */
function utf8(character: string): string {
  return String.fromCharCode(...new TextEncoder().encode(character))
}
