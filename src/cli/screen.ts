import type { Io } from './io.js'

/** A terminal that shows one text after another in the same place. */
export interface Screen {
  show(text: string): void
  /** Gives the terminal back as it was. */
  close(): void
}

/** Another page of the terminal, without a cursor. Keys that are typed reach `takeKey` one by one. */
export function terminalScreen(
  { stdin, stdout }: Pick<Io, 'stdin' | 'stdout'>,
  takeKey: (key: string) => void,
): Screen {
  const takeKeys = (keys: Buffer | string) => {
    for (const key of String(keys)) takeKey(key)
  }
  const hasKeys = stdin.isTTY === true && stdin.setRawMode !== undefined
  if (hasKeys) {
    stdin.setRawMode?.(true)
    stdin.on('data', takeKeys)
    stdin.resume()
  }
  stdout.write(OTHER_PAGE + HIDE_CURSOR)
  return {
    show(text) {
      const lines = text.split('\n').slice(0, stdout.rows)
      stdout.write(HOME + lines.map(line => line + REST_OF_LINE).join('\r\n') + REST_OF_PAGE)
    },
    close() {
      if (hasKeys) {
        stdin.setRawMode?.(false)
        stdin.off('data', takeKeys)
        stdin.pause()
      }
      stdout.write(SHOW_CURSOR + FIRST_PAGE)
    },
  }
}

/** Control sequences of terminals (ECMA-48, and xterm's private modes). */
const OTHER_PAGE = '\x1b[?1049h'
const FIRST_PAGE = '\x1b[?1049l'
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const HOME = '\x1b[H'
const REST_OF_LINE = '\x1b[K'
const REST_OF_PAGE = '\x1b[J'
