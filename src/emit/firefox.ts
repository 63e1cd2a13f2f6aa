/**
 * The Firefox Profiler's processed profile, for profiler.firefox.com
 * (github.com/firefox-devtools/profiler, docs-developer/CHANGELOG-formats.md).
 *
 * Written as version 60, the first in which threads share their tables: newer viewers bring it up
 * to their own. A track is a thread, all of whose time is in samples, with positions for the stack
 * chart and weights for everything that adds up: these are the measured self times (`Samples`).
 * Modules are libraries. Instants, sections, counters, lost events and calls without an exit are
 * markers; those of cpus have threads of their own. Times count from the start of the trace, or are if asked
 * for the trace's own; the viewer's ruler starts at 0 either way.
 *
 * Lost: the number of calls, notes on calls, which cpu a task ran on. Samples are kept until the end
 * of the trace, some six bytes each.
 */
import { blocksInMemory } from '../base/block-store.js'
import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import { CallTree, NONE, type NodeId } from '../timeline/call-tree.js'
import { ignored } from '../timeline/ignored.js'
import { functionName } from '../timeline/names.js'
import { NO_TIME, printedTime } from '../timeline/printed-time.js'
import {
  type FunctionId,
  type KernelFunction,
  type LaneKind,
  type Nanos,
  type TimelineSink,
  type Track,
  UNMEASURED,
  UNNAMED,
} from '../timeline/sink.js'
import { eventCategory } from './event-category.js'
import { type Marker, type MarkerCategory, writeProfile } from './firefox-profile.js'
import { Samples } from './firefox-samples.js'
import type { EmitOptions } from './formats.js'

interface OpenThread {
  track: Track
  readonly samples: Samples
  readonly markers: Marker[]
}

interface OpenLane {
  readonly row: string
  readonly category: MarkerCategory
  readonly thread: OpenThread
  readonly open: { readonly name: string; readonly begin: Nanos }[]
}

export function openFirefox(
  out: ByteSink,
  { title, absoluteTime = false, store = blocksInMemory() }: EmitOptions,
): TimelineSink {
  const functions: KernelFunction[] = []
  const tree = new CallTree()
  const root = tree.addRoot()
  /** By track. */
  const threads: OpenThread[] = []
  const cpuThreads = new Map<number, OpenThread>()
  const lanes: OpenLane[] = []
  /** What markers of calls without an exit are called. */
  const incomplete: string[] = []
  /** Of each call that began UNNAMED: the tree has it under a number below 0, by its place here. */
  const lateNames: FunctionId[] = []

  const newThread = (track: Track) => ({ track, samples: new Samples(root, store), markers: [] })
  const threadOfCpu = (cpu: number) => {
    const thread = cpuThreads.get(cpu) ?? newThread({ pid: undefined, comm: '', cpu })
    cpuThreads.set(cpu, thread)
    return thread
  }

  return {
    ...ignored,
    defineFunction(id, definition) {
      functions[id] = definition
    },
    defineTrack(id, track) {
      const thread = threads[id] ?? newThread(track)
      thread.track = track
      threads[id] = thread
    },
    begin(id, func, at) {
      const { samples } = threads[id] as OpenThread
      const key = func === UNNAMED ? -lateNames.push(UNNAMED) : func
      samples.begin(key, tree, at)
    },
    end(id, func, at, duration) {
      const { samples, markers } = threads[id] as OpenThread
      const key = tree.functionOf(samples.node)
      if (key < 0) lateNames[-key - 1] = func
      if (func === UNNAMED) {
        samples.endGap(at)
        return
      }
      if (duration === UNMEASURED) {
        incomplete[func] ??= `incomplete: ${functionName(functions[func] as KernelFunction)}`
        markers.push({ type: 'Call', name: incomplete[func], begin: samples.beginOfNode, end: at })
      }
      samples.end(at, duration)
    },
    instant(id, at, name, text, frames) {
      const data = { ...(text && { text }), ...(frames && { stack: frames }) }
      const category = eventCategory(name)
      threads[id]?.markers.push({ type: 'Event', name, category, begin: at, data })
    },
    defineLane(id, { owner, kind, name: row }) {
      const thread = 'cpu' in owner ? threadOfCpu(owner.cpu) : (threads[owner.track] as OpenThread)
      lanes[id] = { row, category: laneCategories[kind], thread, open: [] }
    },
    beginSection(id, at, name) {
      lanes[id]?.open.push({ name, begin: at })
    },
    endSection(id, at) {
      const { row, category, thread, open } = lanes[id] as OpenLane
      const section = open.pop() as OpenLane['open'][number]
      thread.markers.push({ type: 'Section', ...section, category, end: at, data: { row } })
    },
    count(id, at, name, value) {
      threads[id]?.markers.push({ type: 'Counter', name, begin: at, data: { value } })
    },
    lost(cpu, at, events) {
      const data = events > 0 ? { events } : {}
      threadOfCpu(cpu).markers.push({ type: 'Lost', name: 'lost events', begin: at, data })
    },
    finish(facts) {
      const writer = new ByteWriter(out)
      const [stacks, stackOf] = namedStacks(tree, lateNames)
      const written = [...shownThreads(threads), ...cpuThreads.values()]
      for (const { samples } of written) samples.finish()
      const origin = absoluteTime ? printedTime(facts.origin) : NO_TIME
      writeProfile(writer, { title, facts, origin, functions, stacks, stackOf, threads: written })
      writer.flush()
    },
  }
}

const laneCategories: Readonly<Record<LaneKind, MarkerCategory>> = {
  markers: undefined,
  async: undefined,
  interrupts: 'irq',
  tasks: 'sched',
}

/** The busiest task first; idle tasks after all others; tracks without anything not at all. */
function shownThreads(threads: readonly OpenThread[]): OpenThread[] {
  const isIdle = ({ track }: OpenThread) => Number(track.pid === 0)
  return threads
    .filter(({ samples, markers }) => samples.length > 0 || markers.length > 0)
    .sort((a, b) => isIdle(a) - isIdle(b) || b.samples.measured - a.samples.measured)
}

/** The stacks under the names that came late, and for each node of `tree` its place in them. */
function namedStacks(tree: CallTree, lateNames: readonly FunctionId[]): [CallTree, NodeId[]] {
  const stacks = new CallTree()
  const places = [stacks.addRoot()]
  for (let node = 1; node < tree.length; node++) {
    const caller = places[tree.parent(node)] as NodeId
    const key = tree.functionOf(node)
    const func = key < 0 ? (lateNames[-key - 1] as FunctionId) : key
    // What was never named was no call.
    places.push(func === UNNAMED ? caller : stacks.child(caller, func, NONE))
  }
  return [stacks, places]
}
