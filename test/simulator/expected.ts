/** The calls that must be read from a text, by the simulator's own knowledge. */
import { printedNanos } from './cells.js'
import type { ShownCall } from './forest.js'
import type { Buffers, Call, Task, TraceRecord } from './machine.js'
import { type PrintOptions, RETFUNC_DEPTH } from './printer.js'
import { merged } from './ring-buffers.js'

/**
 * The calls that the buffers tell of, each below the innermost of its callers that has been told of
 * by then. Positions are nanoseconds since the time that the first line shows.
 */
export function expectedForest(buffers: Buffers, options: PrintOptions): Map<string, ShownCall[]> {
  const records = merged(buffers)
  const origin = originOf(buffers)
  const told = new Map<Call, { entry?: TraceRecord; exit?: TraceRecord }>()
  for (const record of records) {
    told.set(record.call, { ...told.get(record.call), [record.kind]: record })
  }
  const calls = [...told].map(([call, { entry, exit }]) => {
    const node: ShownCall = {
      name: entry || isNamed(call, options) ? call.func : '[unknown]',
      begin: (entry?.at ?? call.begin) - origin,
      end: call.end - origin,
      duration: exit ? durationOf(call, options) : Number.NaN,
      hasEntry: entry !== undefined,
      callees: [],
    }
    return { call, node }
  })
  const shown = new Map<Call, ShownCall>()
  const forest = new Map<string, ShownCall[]>()
  for (const { call, node } of calls.sort((a, b) => a.node.begin - b.node.begin)) {
    shown.set(call, node)
    siblings(call, shown, forest).push(node)
  }
  return forest
}

/** The self time of every call: its duration less those of its callees. */
export function ownNanos(buffers: Buffers, options: PrintOptions): Map<Call, number> {
  const own = new Map<Call, number>()
  const add = (call: Call, nanos: number) => own.set(call, (own.get(call) ?? 0) + nanos)
  for (const { kind, call } of buffers.flat()) {
    if (kind === 'entry') continue
    const duration = durationOf(call, options)
    add(call, duration)
    if (call.caller) add(call.caller, -duration)
  }
  return own
}

/** As a track is called in a forest. */
export function taskKey({ pid, idleOf }: Task): string {
  return idleOf === undefined ? `pid ${pid}` : `cpu ${idleOf}`
}

/** When a recording begins by its own account, which tells whole microseconds. */
export function originOf(buffers: Buffers): number {
  const first = Math.min(...buffers.flatMap(([record]) => record?.at ?? []))
  return Math.floor(first / 1000) * 1000
}

function durationOf({ begin, end, asleep }: Call, { noSleepTime }: PrintOptions): number {
  return printedNanos(end - begin - (noSleepTime ? asleep : 0))
}

/** Whether the text names a call at its exit: what stands there is read by the kernel's slots. */
function isNamed({ depth }: Call, { tail }: PrintOptions): boolean {
  return depth < RETFUNC_DEPTH || tail === true
}

/** Where a call stands: below a caller that is told of, or at the bottom of its task's stack. */
function siblings(
  { caller, task }: Call,
  shown: ReadonlyMap<Call, ShownCall>,
  forest: Map<string, ShownCall[]>,
): ShownCall[] {
  for (let call = caller; call; call = call.caller) {
    const node = shown.get(call)
    if (node) return node.callees
  }
  const key = taskKey(task)
  const roots = forest.get(key) ?? []
  forest.set(key, roots)
  return roots
}
