import { LF, SPACE } from '../../base/ascii.js'
import { scanBuffer, trimmedEnd } from '../text/scanning.js'

/** A broken line is given up when it is longer than two cells of tasks. */
const LONGEST_START = 80

const latin1 = new TextDecoder('latin1')

/**
 * Joins lines that the name of a task has broken, for such a name may hold line feeds:
 *
 *        67.725228 |    7)    a
 *     b-223     |               |  do_nanosleep() {
 */
export class BrokenLine {
  readonly #hasTasks: boolean
  #start: Uint8Array | undefined

  /** `hasTasks`: the layout has a task column. */
  constructor(hasTasks: boolean) {
    this.#hasTasks = hasTasks
  }

  /**
   * Keeps bytes[at..feed) if it may be the start of a broken line: it ends inside of the task
   * column, or of the first line of a switch block, which stands behind a rule.
   */
  mayStart(bytes: Uint8Array, at: number, feed: number, isBehindRule: boolean): boolean {
    const text = latin1.decode(bytes.subarray(at, trimmedEnd(bytes, at, feed)))
    const isStart = isBehindRule ? /^ *\d+\) /.test(text) : this.#hasTasks && endsInTask.test(text)
    if (isStart) this.#start = bytes.slice(at, feed)
    return isStart
  }

  /** Takes the start of a broken line, if there is one, with a blank and bytes[at..feed] behind it. */
  take(bytes: Uint8Array, at: number, feed: number): Uint8Array | undefined {
    const start = this.#start
    if (!start) return undefined
    this.#start = undefined
    const whole = scanBuffer(start.length + 1 + feed + 1 - at)
    whole.set(start)
    whole[start.length] = SPACE
    whole.set(bytes.subarray(at, feed), start.length + 1)
    whole[whole.length - 1] = LF
    return whole
  }

  /** Keeps a line that was taken and is still not whole; false if it is too long to be one. */
  keep(whole: Uint8Array): boolean {
    if (whole.length > LONGEST_START + 1) return false
    this.#start = whole.subarray(0, -1)
    return true
  }

  drop(): void {
    this.#start = undefined
  }
}

/** `   67.725228 |    7)    a` */
const endsInTask = /^(?: *\d+\.\d{6} \| {2}| *\d+ us \| {2})? *\d+\) [^|]{0,15}$/
