/** C0, DEL, C1, and characters that change the direction or the lines of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal.
const unprintable = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Text of a trace as a terminal may show it: `\x1b[31m` in place of what that would do. */
export function shown(text: string): string {
  return text.replace(unprintable, character => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`
  })
}

/** The same of a message, which may have several lines. */
export function shownLines(text: string): string {
  return text.split('\n').map(shown).join('\n')
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
