import { isDigit, MINUS, SPACE } from '../../base/ascii.js'
import { Interner } from '../../base/interner.js'
import { ABSENT } from './trace-line.js'

/** A task as a cell of the text names it: `python3-215`, `<idle>-0`, `<...>-99`. */
export interface Task {
  readonly pid: number
  /** At most 15 bytes, in the kernel's own text 7; '' where it did not know the name (`<...>`). */
  readonly comm: string
}

/** The distinct task cells of a trace; a task that changes its name has several. */
export class Tasks {
  readonly #cells: Interner
  readonly #tasks: Task[] = []

  /** `added` is called for each new cell, which comes without its padding. */
  constructor(added: (id: number, cell: string) => void = () => {}) {
    this.#cells = new Interner((id, cell) => {
      this.#tasks[id] = taskOf(cell)
      added(id, cell)
    })
  }

  /**
   * The id of the task in the cell bytes[start..end), padding included; ABSENT if this is no task
   * cell. The name may hold any byte, `-` too: the pid stands after the last one.
   */
  idOf(bytes: Uint8Array, start: number, end: number): number {
    let from = start
    let to = end
    while (from < to && bytes[from] === SPACE) from++
    while (to > from && bytes[to - 1] === SPACE) to--
    let digit = to
    while (digit > from && isDigit(bytes[digit - 1])) digit--
    if (digit === to || digit === from || bytes[digit - 1] !== MINUS) return ABSENT
    if (to - digit > LONGEST_PID) return ABSENT
    return this.#cells.intern(bytes, from, to)
  }

  /** The id of the task in a whole cell, made from its name and its pid. */
  idOfCell(cell: Uint8Array): number {
    return this.#cells.intern(cell, 0, cell.length)
  }

  task(id: number): Task {
    return this.#tasks[id]
  }
}

/** Digits of the largest pid (PID_MAX_LIMIT is 4194304). */
const LONGEST_PID = 7

function taskOf(cell: string): Task {
  const dash = cell.lastIndexOf('-')
  const comm = cell.slice(0, dash)
  return { pid: Number(cell.slice(dash + 1)), comm: comm === '<...>' ? '' : comm }
}
