import { eventText, namedEvent } from '../lines/event-text.js'
import {
  COMMENT,
  CONTINUATION,
  type LineKind,
  OTHER,
  STACK,
  type TraceLine,
} from '../lines/trace-line.js'

/** Takes an event: the first of its lines, and the frames of its stack, the innermost first. */
export type EventConsumer = (
  line: TraceLine,
  name: string,
  text: string,
  frames: readonly string[],
) => void

const STACK_TRACE = '<stack trace>'
const USER_STACK_TRACE = '<user stack trace>'

/** Gathers the lines of an event: further lines of its text, then the frames of a stack. */
export class PendingEvent {
  readonly #tell: EventConsumer
  #line: TraceLine | undefined
  #text = ''
  #frames: string[] = []
  #isInStack = false

  constructor(tell: EventConsumer) {
    this.#tell = tell
  }

  /** Ends the event if a line of that kind is not part of it and cannot stand between its lines. */
  endUnless(kind: LineKind): void {
    if (this.#line && !mayContinue(kind)) this.end()
  }

  /** A COMMENT in `bytes`. */
  startComment(line: TraceLine, bytes: Uint8Array): void {
    const text = eventText(line, bytes)
    if (text.startsWith(USER_STACK_TRACE)) this.#startStack(line, USER_STACK_TRACE)
    else this.#start(line, text)
  }

  /** A STACK. */
  startStack(line: TraceLine): void {
    this.#startStack(line, STACK_TRACE)
  }

  /** A CONTINUATION in `bytes`. */
  continue(line: TraceLine, bytes: Uint8Array): void {
    if (!this.#line) return
    const text = eventText(line, bytes)
    if (this.#isInStack) this.#frames.push(text.replace(/^ *=> */, ''))
    else this.#text += `\n${text}`
  }

  end(): void {
    const line = this.#line
    if (!line) return
    this.#line = undefined
    const { name, text } = namedEvent(this.#text)
    this.#tell(line, name, text, this.#frames)
  }

  #start(line: TraceLine, text: string): void {
    this.end()
    this.#line = { ...line }
    this.#text = text
    this.#frames = []
    this.#isInStack = false
  }

  /** A stack belongs to the event before it on the same cpu, or is an event by itself. */
  #startStack(line: TraceLine, text: string): void {
    if (this.#line?.cpu !== line.cpu || this.#isInStack) this.#start(line, text)
    this.#isInStack = true
  }
}

/** A COMMENT is shown to the event that it may be a stack of. */
function mayContinue(kind: LineKind): boolean {
  return kind === CONTINUATION || kind === STACK || kind === COMMENT || kind === OTHER
}
