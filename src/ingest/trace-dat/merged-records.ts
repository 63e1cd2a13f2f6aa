import type { CpuRecords } from './cpu-records.js'

/** The records of several cpus in the order of time: a heap of cpus by their next record. */
export class MergedRecords {
  readonly #heap: CpuRecords[] = []
  #isFresh = true

  /** Each of these stands before its first record. */
  constructor(cpus: readonly CpuRecords[]) {
    for (const cpu of cpus) if (cpu.next()) this.#heap.push(cpu)
    for (let index = (this.#heap.length >> 1) - 1; index >= 0; index--) this.#sink(index)
  }

  /** The cpu that has come to the next record; undefined where there is none. */
  next(): CpuRecords | undefined {
    const heap = this.#heap
    if (!this.#isFresh && heap.length > 0) {
      if (!(heap[0] as CpuRecords).next()) {
        const last = heap.pop() as CpuRecords
        if (heap.length > 0) heap[0] = last
      }
      this.#sink(0)
    }
    this.#isFresh = false
    return heap[0]
  }

  #sink(from: number): void {
    const heap = this.#heap
    let index = from
    for (;;) {
      let first = index
      const left = 2 * index + 1
      if (left < heap.length && isEarlier(heap[left], heap[first])) first = left
      if (left + 1 < heap.length && isEarlier(heap[left + 1], heap[first])) first = left + 1
      if (first === index) return
      const moved = heap[index]
      heap[index] = heap[first]
      heap[first] = moved
      index = first
    }
  }
}

/** Of records of one time, that of the lower cpu comes first. */
function isEarlier(a: CpuRecords, b: CpuRecords): boolean {
  const [x, y] = [a.clock, b.clock]
  if (x.seconds !== y.seconds) return x.seconds < y.seconds
  return x.nanos !== y.nanos ? x.nanos < y.nanos : a.cpu < b.cpu
}
