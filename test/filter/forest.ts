import { functionName } from '../../src/timeline/names.js'
import { type KernelFunction, type TimelineSink, UNNAMED } from '../../src/timeline/sink.js'
import { ignored } from '../../src/timeline/sinks/index.js'

/** A call that has a name, with what it calls. */
export interface Call {
  readonly func: KernelFunction
  readonly name: string
  readonly cpu: number
  readonly hasEntry: boolean
  readonly begin: number
  readonly end: number
  readonly duration: number
  readonly callees: readonly Call[]
}

/** By the pid of their track, the calls that no other one calls. */
export type Forest = ReadonlyMap<string, readonly Call[]>

interface OpenCall {
  readonly hasEntry: boolean
  readonly begin: number
  readonly cpu: number
  readonly callees: Call[]
}

interface OpenTrack {
  name: string
  cpu: number
  /** The first one is what the outermost calls stand on. */
  readonly open: OpenCall[]
}

/** A sink that keeps the whole timeline as trees, gaps left out. */
export class ForestKeeper implements TimelineSink {
  readonly #functions: KernelFunction[] = []
  readonly #tracks: OpenTrack[] = []

  start(): void {}

  get forest(): Forest {
    const grown = this.#tracks.map(({ name, open }) => [name, open[0]?.callees ?? []] as const)
    return new Map(grown.filter(([, calls]) => calls.length > 0))
  }

  defineFunction: TimelineSink['defineFunction'] = (id, func) => {
    this.#functions[id] = func
  }

  defineTrack: TimelineSink['defineTrack'] = (id, { pid, cpu = -1, isInterrupts }) => {
    const name = `${isInterrupts ? 'interrupts' : pid} ${pid ? '' : cpu}`
    const ground = { hasEntry: true, begin: 0, cpu: -1, callees: [] }
    this.#tracks[id] ??= { name, cpu, open: [ground] }
    this.#tracks[id].name = name
  }

  begin: TimelineSink['begin'] = (track, func, begin) => {
    const { open, cpu } = this.#tracks[track]
    open.push({ hasEntry: func !== UNNAMED, begin, cpu, callees: [] })
  }

  end: TimelineSink['end'] = (track, id, end, duration) => {
    const { open } = this.#tracks[track]
    const { callees, hasEntry, begin, cpu } = open.pop() as OpenCall
    const siblings = open.at(-1)?.callees as Call[]
    const func = this.#functions[id]
    if (id === UNNAMED) siblings.push(...callees)
    else {
      siblings.push({
        func,
        name: functionName(func),
        cpu,
        hasEntry,
        begin,
        end,
        duration,
        callees,
      })
    }
  }

  migrate: TimelineSink['migrate'] = (track, cpu) => {
    const row = this.#tracks[track]
    row.cpu = cpu
  }

  defineLane = ignored.defineLane
  instant = ignored.instant
  beginSection = ignored.beginSection
  endSection = ignored.endSection
  count = ignored.count
  lost = ignored.lost
  finish = ignored.finish
}

/** A forest with each call made into any number of others, callees first. */
export function mapped(
  forest: Forest,
  make: (call: Call, callees: readonly Call[], callers: readonly Call[]) => readonly Call[],
): Forest {
  const visit = (call: Call, callers: readonly Call[]): readonly Call[] => {
    const callees = call.callees.flatMap(callee => visit(callee, [...callers, call]))
    return make(call, callees, callers)
  }
  const made = [...forest].map(
    ([track, calls]) => [track, calls.flatMap(call => visit(call, []))] as const,
  )
  return new Map(made.filter(([, calls]) => calls.length > 0))
}

export function callsIn(forest: Forest): number {
  let count = 0
  mapped(forest, () => {
    count++
    return []
  })
  return count
}
