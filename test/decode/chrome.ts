import type { FunctionTotals } from './perfetto.js'
import type { PlacedEvent } from './placed-event.js'

/** The calls of a trace in Trace Event JSON, by time; the order of the file holds among equal times. */
export function eventsOfChrome(file: Uint8Array): PlacedEvent[] {
  const { traceEvents } = JSON.parse(new TextDecoder().decode(file)) as {
    traceEvents: readonly RawEvent[]
  }
  return traceEvents
    .flatMap(({ ph, pid, tid, ts, name = '', cat = '' }): PlacedEvent[] => {
      if ((ph !== 'B' && ph !== 'E') || LANES.includes(cat)) return []
      if (ts === undefined) throw new Error('an event without a time')
      const type = ph === 'B' ? 'BEGIN' : 'END'
      return [{ track: `${pid}/${tid}`, type, at: exactNanos(ts), name }]
    })
    .sort((a, b) => a.at - b.at)
}

/** How many calls are marked as incomplete. */
export function incompleteOfChrome(file: Uint8Array): number {
  const { traceEvents } = JSON.parse(new TextDecoder().decode(file)) as {
    traceEvents: readonly RawEvent[]
  }
  return traceEvents.filter(({ ph, args }) => ph === 'E' && args?.incomplete === true).length
}

/**
 * Calls of each function, incomplete ones too, and self time as a timeline shows it: extents less
 * the extents of callees. Throws where the events do not nest.
 */
export function totalsOfExtents(events: readonly PlacedEvent[]): Map<string, FunctionTotals> {
  const totals = new Map<string, FunctionTotals>()
  const stacks = new Map<string, { name: string; begin: number; inside: number }[]>()
  for (const { track, type, at, name } of events) {
    const stack = stacks.get(track) ?? []
    stacks.set(track, stack)
    if (type === 'BEGIN') {
      stack.push({ name, begin: at, inside: 0 })
      continue
    }
    const call = stack.pop()
    if (!call) throw new Error(`end of nothing at ${at} on ${track}`)
    if (name !== '' && name !== call.name) {
      throw new Error(`end of ${name} at ${at} on ${track}, where ${call.name} is open`)
    }
    const extent = at - call.begin
    const caller = stack.at(-1)
    if (caller) caller.inside += extent
    const { calls, self } = totals.get(call.name) ?? { calls: 0, self: 0 }
    totals.set(call.name, { calls: calls + 1, self: self + extent - call.inside })
  }
  for (const [track, stack] of stacks) if (stack.length > 0) throw new Error(`open on ${track}`)
  return totals
}

interface RawEvent {
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts?: number
  readonly name?: string
  readonly cat?: string
  readonly args?: Readonly<Record<string, unknown>>
}

/** The categories of what is no call. */
export const LANES = ['markers', 'async', 'interrupts', 'tasks']

/** Microseconds of three decimals, as integer nanoseconds. */
function exactNanos(micros: number): number {
  const nanos = Math.round(micros * 1000)
  if (nanos / 1000 !== micros) throw new Error(`${micros} us is no integer of nanoseconds`)
  return nanos
}
