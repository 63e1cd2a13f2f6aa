/** The calls that were read from a text. */
import type { TraceSummary } from '../../src/ingest/trace-summary.js'
import { functionName } from '../../src/timeline/names.js'
import { type TimelineSink, type Track, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { ignored, tee } from '../../src/timeline/sinks/index.js'
import { StackWeights } from '../../src/timeline/stacks/index.js'
import { readTrace } from '../read-trace.js'
import type { Forest, ShownCall } from './forest.js'

export interface ReadCalls {
  readonly forest: Forest
  /** Nanoseconds by stack, `vfs_write;down_write`, as folded stacks have them. */
  readonly self: ReadonlyMap<string, number>
  readonly summary: TraceSummary
}

/** Reads a text, and checks on the way that its timeline keeps the contract. */
export function readCalls(text: Uint8Array): ReadCalls {
  const calls = new ForestSink()
  const weights = new StackWeights({ byTrack: false, byCpu: false })
  const summary = readTrace(text, tee([calls, weights]))
  return { forest: calls.forest, self: selfIn(weights), summary }
}

function selfIn({ tree, functions, groups }: StackWeights): Map<string, number> {
  const totals = new Map<string, number>()
  const stacks: string[] = []
  tree.walk(groups[0]?.root ?? 0, (node, depth) => {
    const func = functions[tree.functionOf(node)]
    const name = func ? functionName(func) : 'never named'
    const stack = depth === 0 ? name : `${stacks[depth - 1]};${name}`
    stacks[depth] = stack
    if (tree.self(node) > 0) totals.set(stack, tree.self(node))
  })
  return totals
}

interface ShownTrack {
  readonly track: Track
  readonly roots: ShownCall[]
  readonly open: ShownCall[]
}

/** A sink that makes a forest of a timeline. */
class ForestSink implements TimelineSink {
  readonly #names: string[] = []
  readonly #tracks: ShownTrack[] = []

  /** A cpu that never switches is not known to idle: it has one stack under either name. */
  get forest(): Forest {
    const forest = new Map<string, ShownCall[]>()
    for (const { track, roots } of this.#tracks) {
      const key = track.pid ? `pid ${track.pid}` : `cpu ${track.cpu ?? 0}`
      forest.set(key, [...(forest.get(key) ?? []), ...roots.flatMap(withoutGaps)])
    }
    return forest
  }

  defineFunction: TimelineSink['defineFunction'] = (id, definition) => {
    this.#names[id] = functionName(definition)
  }

  defineTrack: TimelineSink['defineTrack'] = (id, track) => {
    const { roots = [], open = [] } = this.#tracks[id] ?? {}
    this.#tracks[id] = { track, roots, open }
  }

  begin: TimelineSink['begin'] = (track, func, at) => {
    const { roots, open } = this.#track(track)
    const call: ShownCall = {
      name: '',
      begin: at,
      end: Number.NaN,
      duration: Number.NaN,
      hasEntry: func !== UNNAMED,
      callees: [],
    }
    const siblings = open.at(-1)?.callees ?? roots
    siblings.push(call)
    open.push(call)
  }

  end: TimelineSink['end'] = (track, func, at, duration) => {
    const call = this.#track(track).open.pop() as ShownCall
    call.name = this.#names[func] ?? ''
    call.end = at
    if (duration !== UNMEASURED) call.duration = duration
  }

  start = ignored.start
  defineLane = ignored.defineLane
  migrate = ignored.migrate
  instant = ignored.instant
  beginSection = ignored.beginSection
  endSection = ignored.endSection
  count = ignored.count
  lost = ignored.lost
  finish = ignored.finish

  #track(id: number): ShownTrack {
    return this.#tracks[id]
  }
}

/** A call that is UNNAMED to its end is a gap: its callees stand in its place. */
function withoutGaps(call: ShownCall): ShownCall[] {
  const callees = call.callees.flatMap(withoutGaps)
  return call.name === '' ? callees : [{ ...call, callees }]
}
