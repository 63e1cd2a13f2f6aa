/** The bytes that trace text is made of, by name. */
export const TAB = 0x09
export const LF = 0x0a
export const CR = 0x0d
export const SPACE = 0x20
export const HASH = 0x23
export const DOLLAR = 0x24
export const PAREN_OPEN = 0x28
export const PAREN_CLOSE = 0x29
export const STAR = 0x2a
export const COMMA = 0x2c
export const MINUS = 0x2d
export const DOT = 0x2e
export const SLASH = 0x2f
export const ZERO = 0x30
export const NINE = 0x39
export const COLON = 0x3a
export const SEMICOLON = 0x3b
export const LESS = 0x3c
export const EQUALS = 0x3d
export const BRACKET_OPEN = 0x5b
export const BRACKET_CLOSE = 0x5d
export const LETTER_S = 0x73
export const LETTER_U = 0x75
export const BRACE_OPEN = 0x7b
export const BAR = 0x7c
export const BRACE_CLOSE = 0x7d

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}

/** Whether the bytes at `at` spell `text`, which is plain ASCII. */
export function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}
