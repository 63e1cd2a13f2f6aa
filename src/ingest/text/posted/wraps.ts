import { isGraphLine, startsAsGraphLine } from './trace-form.js'
import { filtered, type LineFilter, type OpenFilter, type Undoing } from './undoing.js'

/** A mailer breaks a line of a trace in two, seldom in more. */
const MOST_PIECES = 4

/** A line of a layout without columns in front of the duration may be broken, too. */
const duration = /^[ \t]*(?:[+!#*@$]?[ \t]*\d+(?:\.\d+)?[ \t]+us[ \t]*)?\|/

/** Lines that a mailer has broken. */
export const wraps: Undoing = {
  name: 'with wrapped lines',
  find(lines) {
    const open: OpenFilter = tell => new Joiner(tell)
    return wholeIn(filtered(lines, open)) > wholeIn(lines) ? open : undefined
  },
}

/** How many lines of the graph are whole, less those that are not. */
function wholeIn(lines: readonly string[]): number {
  return lines.filter(isGraphLine).length - lines.filter(mayBeBroken).length
}

/** Joins lines to what is a line of the graph; blank lines take the place of what was joined. */
class Joiner implements LineFilter {
  readonly #tell: (line: string) => void
  /** Lines from one on that may be the start of a broken one. */
  #pieces: string[] = []

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  take(line: string): void {
    if (this.#pieces.length > 0) this.#goOn(line)
    else if (mayBeBroken(line)) this.#pieces = [line]
    else this.#tell(line)
  }

  end(): void {
    while (this.#pieces.length > 0) this.#giveUp()
  }

  #goOn(line: string): void {
    this.#pieces.push(line)
    const isWhole = isGraphLine(line)
    const joined = this.#pieces.reduce(join)
    if (isGraphLine(joined) && !(isWhole && startsAsGraphLine(line))) {
      this.#tell(joined)
      for (let piece = 1; piece < this.#pieces.length; piece++) this.#tell('')
      this.#pieces = []
    } else if (isWhole || line.trim() === '' || this.#pieces.length === MOST_PIECES) {
      this.#giveUp()
    }
  }

  /** The first piece is a line by itself; the others may be joined. */
  #giveUp(): void {
    const [first, ...rest] = this.#pieces
    this.#pieces = []
    this.#tell(first)
    for (const piece of rest) this.take(piece)
  }
}

function mayBeBroken(line: string): boolean {
  return (startsAsGraphLine(line) || duration.test(line)) && !isGraphLine(line)
}

/** A mailer breaks at blanks, of which it keeps one or none. Behind a bar there are two at least. */
function join(a: string, b: string): string {
  const start = a.trimEnd()
  return `${start}${start.endsWith('|') ? '  ' : ' '}${b.trimStart()}`
}
