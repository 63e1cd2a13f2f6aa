/** The calls of every task, told in one form by what recorded them and by what was read. */

export interface ShownCall {
  /** '' for a gap, which is no call. */
  name: string
  begin: number
  end: number
  /** As the text has it; not a number for a call that is incomplete. */
  duration: number
  /** Whether its entry is there. */
  readonly hasEntry: boolean
  readonly callees: ShownCall[]
}

/** The calls at the bottom of each stack, by task: `pid 215`, and `cpu 1` for the cpu's idle task. */
export type Forest = ReadonlyMap<string, ShownCall[]>

/** In which respects forests are compared. */
export interface OutlineOptions {
  readonly durations: boolean
}

/** The calls in their order, each below its caller. Tasks without any are left out. */
export function outlineOf(forest: Forest, { durations }: OutlineOptions): Map<string, string[]> {
  const outlines = [...forest].flatMap(([task, roots]): [string, string[]][] => {
    const lines = withDepths(roots).map(({ call, depth }) => {
      const kind = call.hasEntry ? '' : ' late'
      const duration = Number.isNaN(call.duration) ? 'open' : durations ? call.duration : 'done'
      return `${'  '.repeat(depth)}${call.name} ${duration}${kind}`
    })
    return lines.length > 0 ? [[task, lines]] : []
  })
  return new Map(outlines)
}

/** All calls, callers before their callees. */
export function callsOf(forest: Forest): ShownCall[] {
  return [...forest.values()].flatMap(roots => withDepths(roots).map(({ call }) => call))
}

/** Nanoseconds by stack, `vfs_write;down_write`: durations less those of callees. */
export function selfByStack(forest: Forest): Map<string, number> {
  const totals = new Map<string, number>()
  for (const roots of forest.values()) for (const root of roots) addSelf(root, '', totals)
  return totals
}

/** Nanoseconds by function, wherever it was called. */
export function selfByFunction(forest: Forest): Map<string, number> {
  const totals = new Map<string, number>()
  for (const [stack, nanos] of selfByStack(forest)) {
    const name = stack.slice(stack.lastIndexOf(';') + 1)
    totals.set(name, (totals.get(name) ?? 0) + nanos)
  }
  return totals
}

/** The durations of all calls of a function. */
export function nanosByFunction(forest: Forest): Map<string, number> {
  const totals = new Map<string, number>()
  for (const { name, duration } of callsOf(forest)) {
    if (!Number.isNaN(duration)) totals.set(name, (totals.get(name) ?? 0) + duration)
  }
  return totals
}

/** Adds the self time of a call and all below it; returns what its caller has spent in it. */
function addSelf(call: ShownCall, callers: string, totals: Map<string, number>): number {
  const stack = callers + call.name
  let inside = 0
  for (const callee of call.callees) inside += addSelf(callee, `${stack};`, totals)
  if (Number.isNaN(call.duration)) return inside
  const self = Math.max(0, call.duration - inside)
  if (self > 0) totals.set(stack, (totals.get(stack) ?? 0) + self)
  return self + inside
}

function withDepths(calls: readonly ShownCall[], depth = 0): { call: ShownCall; depth: number }[] {
  return calls.flatMap(call => [{ call, depth }, ...withDepths(call.callees, depth + 1)])
}

/** The time of the calls that no measured call encloses. */
export function rootNanos(forest: Forest): number {
  return [...forest.values()].flat().reduce((sum, root) => sum + nanosOf(root), 0)
}

/** By how much callees took longer than their callers. */
export function excessOf(forest: Forest): number {
  return callsOf(forest).reduce((sum, { duration, callees }) => {
    const inside = callees.reduce((all, callee) => all + nanosOf(callee), 0)
    return sum + Math.max(0, Number.isNaN(duration) ? 0 : inside - duration)
  }, 0)
}

/** The time that a call takes of its caller: its duration, or the time measured within it if that is more. */
function nanosOf({ duration, callees }: ShownCall): number {
  const inside = callees.reduce((sum, callee) => sum + nanosOf(callee), 0)
  return Number.isNaN(duration) ? inside : Math.max(duration, inside)
}
