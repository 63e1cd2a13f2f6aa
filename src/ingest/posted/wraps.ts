import { callStart, isGraphLine, isSwitchLine, startsAsGraphLine } from './trace-form.js'
import { filtered, type LineFilter, type OpenFilter, type Undoing } from './undoing.js'

/** A mailer breaks a line of a trace in two, seldom in more. */
const MOST_PIECES = 4

/** A line of a layout without columns in front of the duration may be broken, too. */
const duration = /^[ \t]*(?:(?:[+!#*@$][ \t]*)?\d+(?:\.\d+)?[ \t]+us[ \t]*)?\|/

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

/** Joins parts of a line of the graph; blank lines take the place of the joined parts. */
class Joiner implements LineFilter {
  readonly #tell: (line: string) => void
  readonly #depths = new Depths()
  /** Lines from one on that may be the start of a broken one. */
  #pieces: string[] = []

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  take(line: string): void {
    if (this.#pieces.length > 0) this.#goOn(line)
    else if (mayBeBroken(line)) this.#pieces = [line]
    else this.#tellWhole(line)
  }

  end(): void {
    while (this.#pieces.length > 0) this.#giveUp()
  }

  #goOn(line: string): void {
    this.#pieces.push(line)
    const isWhole = isGraphLine(line)
    const isNoPiece = line.trim() === '' || isNameTail(line)
    const isOther = isNoPiece || (isWhole && hasSameCells(this.#pieces[0], line))
    const joined = isOther ? undefined : [' ', ''].map(glue => this.#joined(glue)).find(isWholeLine)
    if (joined !== undefined) {
      this.#tellWhole(joined)
      for (let piece = 1; piece < this.#pieces.length; piece++) this.#tell('')
      this.#pieces = []
    } else if (isWhole || isNoPiece || this.#pieces.length === MOST_PIECES) {
      this.#giveUp()
    }
  }

  /**
   * A mailer breaks at blanks, of which it keeps some or none: behind a bar these are the depth. A
   * terminal breaks anywhere.
   */
  #joined(glue: string): string {
    return this.#pieces.reduce((start, piece) => {
      const text = start.trimEnd()
      if (!text.endsWith('|')) return text + glue + piece.trimStart()
      const blanks = start.length - text.length + indentOf(piece)
      const indent = blanks > 1 ? blanks : 2 + 2 * this.#depths.of(start, piece)
      return text + ' '.repeat(indent) + piece.trimStart()
    })
  }

  #tellWhole(line: string): void {
    this.#depths.see(line)
    this.#tell(line)
  }

  /** The first piece is a line by itself; the others may be joined. */
  #giveUp(): void {
    const [first, ...rest] = this.#pieces
    this.#pieces = []
    this.#tellWhole(first)
    for (const piece of rest) this.take(piece)
  }
}

function isWholeLine(line: string): boolean {
  return isGraphLine(line) || isSwitchLine(line)
}

function mayBeBroken(line: string): boolean {
  return (startsAsGraphLine(line) || duration.test(line)) && !isWholeLine(line)
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length
}

/** Parts that a line of a trace has once: a time, a task, a cpu, an event of trace-cmd. */
const cells = [
  /\d\.\d{6}[ \t]*[|:]/,
  /\S-\d{1,7}[ \t]+(?:\||\[)/,
  /^[ \t]*\d{1,5}\)|\[\d{3,}\]/,
  /\bf(?:unc)?graph_\w+:/,
]

/** Whether two lines cannot be pieces of one. */
function hasSameCells(a: string, b: string): boolean {
  return cells.some(cell => cell.test(a) && cell.test(b))
}

/** A name with a line feed in it is no wrapped line: `-833   |   1.000 us    |  f();`. */
function isNameTail(line: string): boolean {
  return /^\S{0,15}-\d{1,7} +(?:\||=>)|^-\d{1,7} *$/.test(line)
}

/** The depths that calls must have, from the lines before: of each task, or each cpu. */
class Depths {
  readonly #next = new Map<string, number>()

  /** The depth of the call that `body` is, whose line begins with `start`. */
  of(start: string, body: string): number {
    const next = this.#next.get(trackOf(start)) ?? 0
    return Math.max(body.trimStart().startsWith('}') ? next - 1 : next, 0)
  }

  see(line: string): void {
    const start = isGraphLine(line) ? callStart(line) : -1
    if (start < 0) return
    const bar = line.lastIndexOf('|', start)
    const depth = Math.max(start - bar - 3, 0) >> 1
    this.#next.set(trackOf(line), line.trimEnd().endsWith('{') ? depth + 1 : depth)
  }
}

/** `bash-12`, or ` 1)`. */
function trackOf(line: string): string {
  return (
    /\S.{0,40}?-\d{1,7}(?=[ \t]+(?:\||\[))/.exec(line)?.[0] ?? /\d+(?=\))/.exec(line)?.[0] ?? ''
  )
}
