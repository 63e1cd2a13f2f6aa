import type { TraceLine } from '../lines/trace-line.js'
import type { Doubt } from './doubts.js'
import type { Stacks } from './stacks.js'

/** The contents of a line, kept until its meaning is known. */
interface HeldLine {
  /** Its number in the text. */
  readonly number: number
  readonly line: TraceLine
  /** Tells what is no call. */
  readonly tell: ((line: TraceLine) => void) | undefined
}

/** The most lines that wait for an answer. */
const MOST_HELD = 65_536
/**
 * Stands before `Stacks`. A line in doubt, and all that follow, wait until later lines have settled
 * it. The result depends on the text alone, not on how it was cut.
 */
export class LookAhead {
  readonly #stacks: Stacks
  readonly #counter: { readonly number: number }
  readonly #held: HeldLine[] = []
  /** The number of those that have been told. */
  #told = 0
  /** About the first line that has not. */
  #doubt: Doubt | undefined
  #line: number | undefined

  /** `counter` has the number of the line that is being read. */
  constructor(stacks: Stacks, counter: { readonly number: number }) {
    this.#stacks = stacks
    this.#counter = counter
  }

  get isHolding(): boolean {
    return this.#doubt !== undefined
  }

  /** The number of the line that is being told. */
  get line(): number {
    return this.#line ?? this.#counter.number
  }

  /** Takes a line of a call. */
  call(line: TraceLine): void {
    if (this.#doubt) {
      this.#hold(line)
    } else if (!this.#stacks.call(line)) {
      this.#held.push({ number: this.#counter.number, line: { ...line }, tell: undefined })
      if (this.#look()) this.#goOn()
    }
  }

  /** Takes any other line; `tell` hands it on. */
  other(line: TraceLine, tell: (line: TraceLine) => void): void {
    if (this.#doubt) this.#hold(line, tell)
    else tell(line)
  }

  /** Nothing follows. */
  end(): void {
    while (this.#doubt) this.#goOn()
  }

  #hold(line: TraceLine, tell?: (line: TraceLine) => void): void {
    const doubt = this.#doubt as Doubt
    const number = this.#held.push({ number: this.#counter.number, line: { ...line }, tell })
    const isFull = number - this.#told > MOST_HELD
    if (doubt.see(line) || isFull) {
      this.#stacks.countLooks(number - 1 - this.#told)
      this.#goOn()
    }
  }

  /** Settles the doubt, and tells lines up to the next one that waits for an answer. */
  #goOn(): void {
    do {
      const doubt = this.#doubt as Doubt
      this.#doubt = undefined
      this.#tell(line => this.#stacks.settle(line, doubt))
      if (!this.#tellHeld()) return
    } while (this.#look())
  }

  /** Returns true where a line is in doubt. */
  #tellHeld(): boolean {
    while (this.#told < this.#held.length) {
      const { line, tell } = this.#held[this.#told]
      if (tell) this.#tell(tell)
      else if (this.#stacks.isInDoubt(line)) return true
      else this.#tell(line => this.#stacks.call(line))
    }
    this.#held.length = 0
    this.#told = 0
    return false
  }

  #tell(how: (line: TraceLine) => void): void {
    const { number, line } = this.#held[this.#told++]
    this.#line = number
    how(line)
    this.#stacks.send()
    this.#line = undefined
  }

  /** Looks for the answer in the lines that are there. */
  #look(): boolean {
    const doubt = this.#stacks.doubt(this.#held[this.#told].line)
    this.#doubt = doubt
    if (!this.#stacks.mayLook()) return true
    for (let index = this.#told; index < this.#held.length; index++) {
      if (!doubt.see(this.#held[index].line)) continue
      this.#stacks.countLooks(index - this.#told)
      return true
    }
    return false
  }
}
