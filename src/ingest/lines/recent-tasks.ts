import { ABSENT } from './trace-line.js'

/** The task cell seen last on each cpu: the cell of the next line is nearly always the same bytes. */
export class RecentTasks {
  /** The length of the cell that `match` has found. */
  matched = 0
  readonly #cells: { bytes: Uint8Array; length: number; task: number }[] = []

  /** The task of the cell remembered for `cpu` if that cell stands at `at`, otherwise ABSENT. */
  match(cpu: number, bytes: Uint8Array, at: number): number {
    const cell = this.#cells[cpu + 1]
    if (cell === undefined) return ABSENT
    const own = cell.bytes
    const length = cell.length
    for (let i = 0; i < length; i++) if (own[i] !== bytes[at + i]) return ABSENT
    this.matched = length
    return cell.task
  }

  remember(cpu: number, bytes: Uint8Array, start: number, end: number, task: number): void {
    this.#cells[cpu + 1] = { bytes: bytes.slice(start, end), length: end - start, task }
  }
}
