/** The contents of a machine's ring buffers when somebody reads them. */
import type { Buffers, Task, TraceRecord } from './machine.js'
import type { Random } from './random.js'

/** All records of all cpus, in the order in which the file `trace` merges them. */
export function merged(buffers: Buffers): TraceRecord[] {
  return buffers.flat().sort((a, b) => a.at - b.at || a.cpu - b.cpu)
}

/** The recording is switched on after a share of the records, and off after another. */
export function cutTo(buffers: Buffers, from: number, to: number): Buffers {
  const records = merged(buffers)
  const at = (share: number) => records[Math.floor(share * (records.length - 1))]?.at ?? 0
  return buffers.map(buffer =>
    buffer.filter(record => record.at >= at(from) && record.at <= at(to)),
  )
}

/** Records that the reader of a cpu's buffer came too late for. */
export interface Loss {
  readonly cpu: number
  readonly records: readonly TraceRecord[]
  readonly before: TraceRecord
  readonly after: TraceRecord
}

/** Up to 99 records in a row. Every cpu has three at least, of its idle task. */
export function randomLoss(random: Random, buffers: Buffers): Loss {
  const cpu = random.between(0, buffers.length - 1)
  const buffer = buffers[cpu]
  const start = random.between(1, buffer.length - 2)
  const end = Math.min(start + random.between(1, 99), buffer.length - 1)
  return {
    cpu,
    records: buffer.slice(start, end),
    before: buffer[start - 1],
    after: buffer[end],
  }
}

/** The buffers without the records, and with the number of them. */
export function without(buffers: Buffers, { records, after }: Loss): Buffers {
  const lost = new Set(records)
  return buffers.map(buffer =>
    buffer
      .filter(record => !lost.has(record))
      .map(record => (record === after ? { ...record, lostBefore: records.length } : record)),
  )
}

/** The tasks that ran last on the cpu of a loss, as far as one knows where that shows. */
export function lastRunBefore(buffers: Buffers, { cpu, records, after }: Loss): Task[] {
  const lastCpu = new Map<Task, number>()
  const lost = new Set(records)
  for (const record of merged(buffers)) {
    if (record === after) break
    if (!lost.has(record)) lastCpu.set(record.call.task, record.cpu)
  }
  return [...lastCpu].flatMap(([task, last]) => (last === cpu ? task : []))
}
